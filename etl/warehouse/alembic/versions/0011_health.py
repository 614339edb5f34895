"""warehouse_sql/migrations/0011_health.sql"""

from etl.warehouse.migrate import run_file

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    run_file("0011_health.sql")
