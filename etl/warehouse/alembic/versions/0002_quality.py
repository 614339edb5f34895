"""warehouse_sql/migrations/0002_quality.sql"""

from etl.warehouse.migrate import run_file

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    run_file("0002_quality.sql")
