"""PostgreSQL: embedded or given, migrations, the ledger, load, publish, checksums."""

from etl.warehouse.checksum import checksum
from etl.warehouse.engine import at, connect
from etl.warehouse.errors import WarehouseError
from etl.warehouse.migrate import upgrade

__all__ = ["WarehouseError", "at", "checksum", "connect", "upgrade"]
