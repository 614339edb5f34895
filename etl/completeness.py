"""What a quarter lacks: sources, held submissions, figures."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from etl.contracts import Contract, contract, contracts
from etl.model.period import Period
from etl.reference.units import units_on
from etl.warehouse import decisions


class TooIncompleteError(ValueError):
    """A quarter has fewer sources than the least with which anything is published."""


class PublishingRefusedError(ValueError):
    """A person has refused to publish a quarter as it is."""


@dataclass(frozen=True)
class Gaps:
    """What a quarter lacks.

    share: of the sources that it needs, those that are there, 0 to 1; lines: what is missing or held, in Vietnamese;
    figures: the province's indicators without a value, None where nothing was measured.
    """

    share: float
    lines: tuple[str, ...]
    figures: tuple[str, ...] | None

    @property
    def reason(self) -> str:
        """What a decision counts for: it is asked anew where the quarter lacks something else."""
        return "\n".join(self.lines)

    def shown(self, least: float) -> str:
        """What a person approves, in Vietnamese. least: the share below which nothing is published."""
        below = f", dưới mức tối thiểu {_percent(least)}" if self.share < least else ""
        if self.figures is None:
            figures = "chưa được tính"
        else:
            figures = f"{len(self.figures)}" + (f" ({', '.join(self.figures)})" if self.figures else "")
        return "\n".join(
            (f"Mức đầy đủ của nguồn số liệu: {_percent(self.share)}{below}", *self.lines,
             f"Chỉ tiêu cấp tỉnh chưa có giá trị: {figures}")
        )  # fmt: skip


def find_gaps(conn: Connection, period: Period) -> Gaps:
    """Return what a quarter lacks now."""
    units = units_on(period.last_day)
    missing = [
        f"Thiếu: {contract(dataset).title} ({units[code].name})" for dataset, code in missing_submissions(conn, period)
    ]
    return Gaps(_share(conn, period), (*missing, *_held(conn, period)), _without_value(conn, period))


def missing_submissions(conn: Connection, period: Period) -> list[tuple[str, str]]:
    """(dataset, unit code) of every submission that the period still lacks; those of the province name the province."""
    units = units_on(period.last_day)
    lacking = []
    for form, without in _districts_without(conn, period):
        whole = form.sent_by == "province" and len(without) == max(len(units.districts), 1)
        lacking += [(form.dataset, code) for code in ([units.province.code] if whole else without)]
    return lacking


def require_publishable(conn: Connection, period: Period, least: float) -> None:
    """Raise PublishingRefusedError where a person has refused to publish a quarter with just what it lacks.

    Raise TooIncompleteError where it has fewer sources than the least share, unless a person has approved just that,
    below the least. Nobody decides about the quarter until the transaction ends.
    """
    decisions.take_turn(conn, str(period))
    gaps = find_gaps(conn, period)
    decided = decisions.newest(conn, str(period))
    if gaps.lines and decided and decided.choice == "refuse" and decided.reason == gaps.reason:
        raise PublishingRefusedError(
            f"{period} is not published: {decided.decided_by} has refused it as it is ({decided.why}). To decide once"
            f" more: giamngheo approve {period} --anew --by NAME --why TEXT"
        )
    if gaps.share >= least:
        return
    if decided and decided.choice == "approve" and decided.below_minimum and decided.reason == gaps.reason:
        return
    raise TooIncompleteError(
        f"{period} has {_percent(gaps.share)} of its sources, less than {_percent(least)}: nothing is published. To"
        f" publish it all the same: giamngheo approve {period} --below-minimum --by NAME --why TEXT"
    )


def _districts_without(conn: Connection, period: Period) -> list[tuple[Contract, list[str]]]:
    units = units_on(period.last_day)
    there = {
        (row.dataset, row.district_code)
        for row in conn.execute(
            text("SELECT dataset, district_code FROM core.current_coverage WHERE period = :period"),
            {"period": str(period)},
        )
    }
    return [
        (form, [d.code for d in units.districts or (units.province,) if (form.dataset, d.code) not in there])
        for form in contracts().values()
    ]


def _share(conn: Connection, period: Period) -> float:
    """A form of the province is one source, a form of the districts one for each; part of a form counts as part."""
    districts = max(len(units_on(period.last_day).districts), 1)
    forms = _districts_without(conn, period)
    weights = [1 if form.sent_by == "province" else districts for form, _ in forms]
    lacking = sum(weight * len(without) / districts for weight, (_, without) in zip(weights, forms, strict=True))
    return 1 - lacking / sum(weights)


def _held(conn: Connection, period: Period) -> list[str]:
    """What is held back and was not sent anew since, one line each."""
    units = units_on(period.last_day)
    query = text(
        "SELECT s.dataset, s.unit_code, d.reason FROM intake.submission AS s"
        " JOIN quality.decision AS d ON d.subject = s.id AND d.choice IS NULL"
        " WHERE s.period = :period AND s.state = 'held' AND NOT EXISTS ("
        "   SELECT 1 FROM intake.submission AS n WHERE n.dataset = s.dataset AND n.period = s.period"
        "   AND n.unit_code = s.unit_code AND n.accepted_at IS NOT NULL"
        "   AND (n.as_of, n.modified_at) > (s.as_of, s.modified_at))"
        " ORDER BY s.dataset, s.unit_code, s.id"
    )
    return [
        f"Chờ duyệt: {contract(row.dataset).title} ({units[row.unit_code].name}): {row.reason}"
        for row in conn.execute(query, {"period": str(period)})
    ]


def _without_value(conn: Connection, period: Period) -> tuple[str, ...] | None:
    query = text(
        "SELECT indicator, value FROM mart.indicator_value WHERE period = :period AND unit_level = 'province'"
        " ORDER BY indicator"
    )
    rows = conn.execute(query, {"period": str(period)}).all()
    return tuple(row.indicator for row in rows if row.value is None) if rows else None


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %".replace(".", ",")
