"""warehouse_sql/migrations/0022_links_without_numbers.sql"""

from etl.warehouse.migrate import run_file

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    run_file("0022_links_without_numbers.sql")
