"""warehouse_sql/migrations/0010_standards.sql"""

from etl.warehouse.migrate import run_file

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    run_file("0010_standards.sql")
