"""warehouse_sql/migrations/0024_drops.sql"""

from etl.warehouse.migrate import run_file

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    run_file("0024_drops.sql")
