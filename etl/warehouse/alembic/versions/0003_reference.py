"""warehouse_sql/migrations/0003_reference.sql"""

from etl.warehouse.migrate import run_file

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    run_file("0003_reference.sql")
