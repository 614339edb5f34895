"""warehouse_sql/migrations/0006_mart.sql"""

from etl.warehouse.migrate import run_file

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    run_file("0006_mart.sql")
