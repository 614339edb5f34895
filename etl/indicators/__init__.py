"""The indicators: definitions in ``warehouse_sql/indicators``, measured, traced, frozen as editions."""

from etl.indicators.registry import Indicator, indicators

__all__ = ["Indicator", "indicators"]
