"""Which formulas reach out of a workbook or start something: other files, DDE, the web, add-ins."""

from __future__ import annotations

import re

_LITERAL = re.compile(r'"[^"]*"')
# [1]Sheet!A1, '[Book.xlsx]Sheet'!A1, 'C:\dir\[Book.xlsx]Sheet'!A1; not Table1[Column], which is in the workbook.
_OTHER_FILE = re.compile(r"(?<![\w\].])\[[^\[\]]*\][^!\[\](),]*!|'[^'!]*\[[^'!]*\][^'!]*'\s*!")
_STARTS = re.compile(
    r"\||\b(HYPERLINK|WEBSERVICE|FILTERXML|IMAGE|STOCKHISTORY|TRANSLATE|COPILOT|PY|RTD|CALL|REGISTER(\.ID)?|EXEC|DDE"
    r"|SQL\.REQUEST|CUBE\w+|IMPORT\w+)\s*\(",
    re.IGNORECASE,
)


def reaches_out(formula: str) -> bool:
    """Return whether a formula names another file or a function that asks or starts something outside."""
    return bool(_OTHER_FILE.search(formula) or _STARTS.search(_LITERAL.sub("", formula)))
