"""warehouse_sql/migrations/0021_counted.sql"""

from etl.warehouse.migrate import run_file

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    run_file("0021_counted.sql")
