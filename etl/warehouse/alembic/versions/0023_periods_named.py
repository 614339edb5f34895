"""warehouse_sql/migrations/0023_periods_named.sql"""

from etl.warehouse.migrate import run_file

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    run_file("0023_periods_named.sql")
