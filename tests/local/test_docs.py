"""The docs: reference pages in step with the definitions, links that lead somewhere, commands that exist."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from etl import cli
from etl.settings import ROOT
from local import docs

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("name", docs.pages())
def test_reference_pages_are_in_step(name: str) -> None:
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == docs.pages()[name], "run: make docs"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_and_paths_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target
    for path in re.findall(
        r"`((?:etl|dags|plugins|warehouse_sql|expectations|samples|local|tests|docs)/[\w./-]+)`", text
    ):
        assert (ROOT / path).exists(), path


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_commands_in_the_docs_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for target in re.findall(r"(?:`|^ *|\$ )make ([a-z-]+)", text, re.MULTILINE):
        assert target in targets, target
    for command, arguments in re.findall(r"giamngheo ([a-z-]+)((?: +(?:--[a-z-]+|[A-Z0-9a-z_./-]+))*)", text):
        assert command in cli.cli.commands, command
        called = cli.cli.commands[command]
        if isinstance(called, click.Group) and (words := arguments.split()):
            called = called.commands[words[0]]
        known = {o for p in called.params for o in p.opts}
        assert set(re.findall(r"--[a-z-]+", arguments)) <= known | {"--help"}, arguments
