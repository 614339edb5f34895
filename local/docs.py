"""`make docs`: the reference pages that are made from the definitions: datasets, rules, indicators."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from etl.contracts import Column, contracts
from etl.indicators.registry import Names, queries
from etl.reference.codes import code_labels
from etl.reference.rules import rules
from etl.reference.targets import targets
from etl.settings import ROOT

_MADE = "<!-- made by `make docs` from the definitions; do not edit -->"


def pages() -> dict[str, str]:
    """File name below docs/ → its text."""
    return {"datasets.md": _page(_datasets()), "rules.md": _page(_rules()), "indicators.md": _page(_indicators())}


def _page(lines: Iterator[str]) -> str:
    return "\n".join([_MADE, *lines]) + "\n"


def _datasets() -> Iterator[str]:
    yield "# The nine datasets\n"
    yield "A form is told by its headers. `*`: a row without it is rejected. `pii`: only an officer may see it."
    for form in contracts().values():
        yield f"\n## {form.dataset} — {form.title}\n"
        unit = "each district" if form.sent_by == "district" else "the province"
        key = f"; unique by {', '.join(form.key)}" if form.key else ""
        yield f"Folder `{form.sector}/`, sent by {unit}, {form.cadence}{key}.\n"
        yield "| column | header | also seen as | type |"
        yield "|---|---|---|---|"
        yield from (_column(column) for column in form.columns)


def _column(column: Column) -> str:
    kind: str = column.type
    if column.labels:
        kind = " / ".join(labels[0] for labels in column.labels.values())
    elif column.codes:
        kind = f"code of `{column.codes}` ({len(code_labels(column.codes))})"
    notes = [n for n, on in (("year ok", column.year_ok), ("pii", column.pii)) if on]
    notes += [f"{word} {day}" for word, day in (("from", column.valid_from), ("up to", column.valid_to)) if day]
    notes += [f"open from {column.open_from}"] if column.open_from else []
    notes += [f"from {day} headed {_headed(h.header, h.header_above)}" for day, h in column.headed_from.items()]
    bounds = f" {column.minimum:g}…" if column.minimum is not None else ""
    star = " *" if column.required else ""
    header = _headed(column.header, column.header_above)
    cells = (f"`{column.name}`{star}", header, "; ".join(column.variants), ", ".join([f"{kind}{bounds}", *notes]))
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _headed(header: str, above: str | None) -> str:
    return f"{above}: {header}" if above else header


def _rules() -> Iterator[str]:
    yield "# The rules\n"
    yield "What a finding says and does: to the file, to the row, or to the one cell, which becomes empty.\n"
    yield "Waivable: a reviewed waiver may let the finding lie ([waive-and-correct.md](waive-and-correct.md)).\n"
    yield "| rule | severity | effect | waivable | what the sender reads | what to do |"
    yield "|---|---|---|---|---|---|"
    for name, rule in rules().items():
        severity = str(rule.severity).replace("by_column", "critical where the column is required, else warning")
        waivable = "yes" if rule.waivable else ""
        yield f"| `{name}` | {severity} | {rule.effect} | {waivable} | {rule.vi} | {rule.suggestion} |"


def _indicators() -> Iterator[str]:
    yield "# The indicators\n"
    yield "One file of `warehouse_sql/indicators/` each. A unit that lacks one of the datasets has no figure."
    yield "On the units of a later day (`--units-on`): docs/decisions/0026-units-of-a-later-day.md."
    for query in queries():
        yield f"\n## {', '.join(query.codes)}{f', {query.codes_of.code}' if query.codes_of else ''}\n"
        yield from (_named(code, names) for code, names in query.codes.items())
        if query.codes_of:
            each = query.codes_of
            yield f"- **{each.code}**: {each.vi} ({each.en}), for each of `{each.table}`"
        rests_on = f"rests on {', '.join(query.datasets)}" if query.datasets else f"awaits `{query.awaits}`"
        yield f"- unit {query.unit}, {query.kind}, {query.direction} is better; {rests_on}"
        yield f"- basis: {query.basis}"
        if query.notes:
            yield f"- {query.notes}"
        if query.not_rebased:
            yield f"- not told on the units of a later day: {query.not_rebased}"
        bases = {code.split(".", 1)[0] for code in query.codes} | set(query.codes)
        for target in targets():
            if target.indicator in bases:
                span = f"from {target.valid_from} to {target.valid_to}"
                yield f"- target ({target.scope}): {target.op} {target.value:g} {span}"


def _named(code: str, names: Names) -> str:
    other = f", {names.direction} is better" if names.direction else ""
    return f"- **{code}**: {names.vi} ({names.en}){other}"


def main() -> int:
    """Write the pages."""
    for name, content in pages().items():
        (ROOT / "docs" / name).write_text(content, encoding="utf-8")
        print(f"docs/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
