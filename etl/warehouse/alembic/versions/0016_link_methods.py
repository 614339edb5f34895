"""warehouse_sql/migrations/0016_link_methods.sql"""

from etl.warehouse.migrate import run_file

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    run_file("0016_link_methods.sql")
