"""warehouse_sql/migrations/0025_law_of_the_day.sql"""

from etl.warehouse.migrate import run_file

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    run_file("0025_law_of_the_day.sql")
