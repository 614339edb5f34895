"""Which tests run in the same process, and in which order files are handed out to the processes of pytest-xdist.

The quick part of the kill matrix goes to one process, which makes its stage once. Long files are handed out first, so
that both processes end at about the same time.
"""

from __future__ import annotations

from typing import Any

import pytest

KILLS = "tests/kills/"

LONG = (
    KILLS, "tests/linking/test_store.py", "tests/end_to_end/", "tests/custody/", "tests/linking/", "tests/corpus/",
    "tests/dags/", "tests/hostile/", "tests/intake/test_sequences.py", "tests/test_approval.py", "tests/indicators/",
    "tests/checking/", "tests/warehouse/", "tests/intake/", "tests/reading/test_engines.py",
)  # fmt: skip
"""The beginnings of the paths that take longest, in this order. What is not named comes after them."""


def place(item: pytest.Item) -> int:
    """Return the place of a test's file in the order."""
    return next((number for number, path in enumerate(LONG) if item.nodeid.startswith(path)), len(LONG))


class Together:
    """The plugin that hands out files, and the kill matrix as if it were one file."""

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:
        """Return the scheduler of a run that leaves out the whole matrix; a whole run shares it among the processes."""
        if config.getvalue("dist") != "loadfile" or "not whole" not in config.option.markexpr:
            return None
        from xdist.scheduler import LoadFileScheduling

        class KillsTogether(LoadFileScheduling):
            def _split_scope(self, nodeid: str) -> str:
                return KILLS if nodeid.startswith(KILLS) else super()._split_scope(nodeid)

        return KillsTogether(config, log)
