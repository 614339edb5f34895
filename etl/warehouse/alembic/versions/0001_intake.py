"""warehouse_sql/migrations/0001_intake.sql"""

from etl.warehouse.migrate import run_file

revision = "0001"
down_revision = None


def upgrade() -> None:
    run_file("0001_intake.sql")
