"""warehouse_sql/migrations/0020_memo.sql"""

from etl.warehouse.migrate import run_file

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    run_file("0020_memo.sql")
