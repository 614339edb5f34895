"""warehouse_sql/migrations/0019_covered.sql"""

from etl.warehouse.migrate import run_file

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    run_file("0019_covered.sql")
