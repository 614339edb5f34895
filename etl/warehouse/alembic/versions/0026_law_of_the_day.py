"""warehouse_sql/migrations/0026_law_of_the_day.sql"""

from etl.warehouse.migrate import run_file

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    run_file("0026_law_of_the_day.sql")
