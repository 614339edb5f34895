"""warehouse_sql/migrations/0005_core.sql"""

from etl.warehouse.migrate import run_file

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    run_file("0005_core.sql")
