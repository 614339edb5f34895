"""warehouse_sql/migrations/0018_comparisons.sql"""

from etl.warehouse.migrate import run_file

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    run_file("0018_comparisons.sql")
