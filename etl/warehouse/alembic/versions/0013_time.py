"""warehouse_sql/migrations/0013_time.sql"""

from etl.warehouse.migrate import run_file

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    run_file("0013_time.sql")
