"""The command line, run in this process."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from etl import cli
from etl.settings import Settings


def run_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], installation: Settings, *arguments: str
) -> tuple[int, str, str]:
    """Run ``giamngheo`` on an installation and return its exit code, standard output and standard error."""
    monkeypatch.setattr(cli, "settings", lambda: installation)
    monkeypatch.setattr(sys, "argv", ["giamngheo", *arguments])
    monkeypatch.setattr(cli, "OUT", cli.Console(highlight=False, width=200))
    monkeypatch.setattr(cli, "ERR", cli.Console(stderr=True, highlight=False, width=200))
    code: Any = 0
    try:
        cli.main()
    except SystemExit as done:
        code = done.code
    out, err = capsys.readouterr()
    return int(code or 0), out, err
