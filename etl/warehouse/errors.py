"""What can go wrong with the warehouse, in plain words."""


class WarehouseError(RuntimeError):
    """The warehouse cannot be used; the message names what, where and the way out."""
