"""What people get: answers to senders, the report, tables on the command line."""

from etl.reporting.answer import write_answer
from etl.reporting.report import Definition, write_report

__all__ = ["Definition", "write_answer", "write_report"]
