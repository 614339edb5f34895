"""Great Expectations decides: suites in ``expectations/``, run on a file's rows, give findings and accepted rows."""

from etl.checking.check import Checked, check

__all__ = ["Checked", "check"]
