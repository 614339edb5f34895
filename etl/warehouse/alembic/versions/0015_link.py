"""warehouse_sql/migrations/0015_link.sql"""

from etl.warehouse.migrate import run_file

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    run_file("0015_link.sql")
