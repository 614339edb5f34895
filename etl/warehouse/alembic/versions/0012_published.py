"""warehouse_sql/migrations/0012_published.sql"""

from etl.warehouse.migrate import run_file

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    run_file("0012_published.sql")
