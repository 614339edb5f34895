"""warehouse_sql/migrations/0017_links_counted.sql"""

from etl.warehouse.migrate import run_file

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    run_file("0017_links_counted.sql")
