"""What people get: answers to senders, the report, tables on the command line."""

from etl.reporting.answer import answer_files, write_answer
from etl.reporting.notices import write_notices
from etl.reporting.report import Content, Definition, write_report

__all__ = ["Content", "Definition", "answer_files", "write_answer", "write_notices", "write_report"]
