"""Examine files that a person names, without a ledger: the command ``check``, and whose file one is for ``ingest``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from etl.checking import load_reviewed
from etl.contracts import contract
from etl.examine import LOCAL_TIME, examine
from etl.intake import inbox
from etl.model.examined import Examined
from etl.model.obstacle import IN_ENGLISH, Failure, Obstacle
from etl.opening import taken_apart
from etl.reference.rules import tell_all
from etl.register_relations import relate_examined
from etl.settings import SECTORS, Settings


@dataclass(frozen=True)
class Result:
    """One file and what examining it gave; a file of a zip is named below the zip."""

    path: Path
    examined: Examined

    def as_record(self) -> dict[str, Any]:
        """The result as plain data: verdict, heading, counts, findings with file, sheet, row, column and messages."""
        heading, counts = self.examined.heading, self.examined.counts
        form = contract(heading.dataset) if heading.dataset else None
        told = tell_all(self.examined.findings, form.official_headers if form else {})
        told = told.rename(columns={"column": "column_name"}).assign(file=inbox.as_text(self.path.name))
        return {
            "file": inbox.as_text(str(self.path)),
            "verdict": self.examined.verdict.value,
            "sector": form.sector if form else None,
            "dataset": heading.dataset,
            "period": str(heading.period) if heading.period else None,
            "as_of": heading.as_of.isoformat() if heading.as_of else None,
            "unit_code": heading.unit_code,
            "rows_read": counts.read,
            "rows_accepted": counts.accepted,
            "rows_rejected": counts.rejected,
            "rows_ignored": counts.ignored,
            "findings": told,
        }


def drops_of(
    settings: Settings, paths: list[Path], sector: str | None, failures: list[Failure] | None = None
) -> list[inbox.Drop]:
    """The files that paths name, each with its sector: the one given, the folder's, or the one whose form it is.

    failures: takes the files that cannot be read or belong to no sector for certain; without it they raise LookupError.
    """
    obstacles: list[Obstacle] = []
    drops, unknown = inbox.given(paths, SECTORS, sector, obstacles)
    lost = _unreadable(obstacles)
    for path in unknown:
        stray = inbox.Drop(path, "", "", path.name, inbox.modified_at(path))
        with taken_apart(stray, settings) as parts:
            datasets = {_examine(settings, part, None).heading.dataset for part in parts}
        owners = {contract(dataset).sector for dataset in datasets if dataset}
        if len(owners) == 1:
            drops.append(replace(stray, sector=owners.pop()))
        else:
            lost.append(Failure(inbox.as_text(path.name), _NOBODYS))
    if lost and failures is None:
        raise LookupError("; ".join(map(str, lost)))
    (failures if failures is not None else []).extend(lost)
    return drops


_NOBODYS = "whose file this is cannot be told from its content, name it with --sector"


def _unreadable(obstacles: list[Obstacle]) -> list[Failure]:
    return [Failure(inbox.as_text(str(one.path)), IN_ENGLISH[one.why]) for one in obstacles]


def check_files(
    settings: Settings, paths: list[Path], sector: str | None, step: Callable[[str], None] = lambda _: None,
    failures: list[Failure] | None = None,
) -> list[Result]:  # fmt: skip
    """Examine files and folders, in the order given; lists of the register among them are also held against each other.

    Nothing is stored and no warehouse is asked. failures: takes what cannot be read. Raises OSError.
    """
    obstacles: list[Obstacle] = []
    drops, unknown = inbox.given(paths, SECTORS, sector, obstacles)
    (failures if failures is not None else []).extend(_unreadable(obstacles))
    stray = [inbox.Drop(path, "", "", path.name, inbox.modified_at(path)) for path in unknown]
    examined = {}
    for drop in [*drops, *stray]:
        step(inbox.as_text(drop.name))
        with taken_apart(drop, settings) as parts:
            for part in parts:
                inside = part.folder.removeprefix(drop.folder).strip("/")
                shown = drop.path if part is drop else drop.path / inside / part.name
                examined[str(shown)] = _examine(settings, part, drop.sector or None)
    return [
        Result(Path(path), one) for path, one in relate_examined(examined, load_reviewed(settings.reviewed)).items()
    ]


def _examine(settings: Settings, drop: inbox.Drop, sector: str | None) -> Examined:
    today = datetime.now(LOCAL_TIME).date()
    return examine(settings, drop.path, file_name=drop.name, folder=drop.folder, sector=sector, today=today)
