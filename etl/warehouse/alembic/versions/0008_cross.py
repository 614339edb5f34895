"""warehouse_sql/migrations/0008_cross.sql"""

from etl.warehouse.migrate import run_file

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    run_file("0008_cross.sql")
