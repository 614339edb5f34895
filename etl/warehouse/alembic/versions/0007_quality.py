"""warehouse_sql/migrations/0007_quality.sql"""

from etl.warehouse.migrate import run_file

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    run_file("0007_quality.sql")
