"""Import what every task needs, once, in the scheduler whose workers fork the tasks.

Great Expectations takes four seconds to import; a task forked from a process that has done it starts at once.
"""

import great_expectations  # noqa: F401
import openpyxl  # noqa: F401

import etl.pipeline  # noqa: F401
