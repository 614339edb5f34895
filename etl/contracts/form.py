"""The official form of a dataset: what stands above the table, and its header row."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from etl.contracts.model import Contract
from etl.model.period import Period
from etl.reference.units import Unit

_NATION = ("CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
_MONEY_UNIT = "Đơn vị tính: đồng"
_VERSION = re.compile(r"^Mẫu: (?P<dataset>[a-z_]+) · phiên bản (?P<version>[0-9a-f]{8})$")

Line = list[Any]


def period_words(form: Contract, period: Period) -> str:
    """How the form of a dataset names a period: a month, a day, a semester, a year, a quarter."""
    day = period.last_day
    match form.cadence, form.sector:
        case "monthly", "health_insurance":
            return f"(Tính đến ngày {day:%d/%m/%Y})"
        case "monthly", _:
            return f"Tháng {day.month} năm {day.year}"
        case "semester", _ if period.quarter == 4:
            return f"Học kỳ I năm học {day.year}–{day.year + 1}"
        case "yearly", _ if period.quarter == 4:
            return f"Năm {day.year}"
    return period.title_vi


def title_block(form: Contract, unit: Unit, period: Period) -> list[Line]:
    """The lines above the table: agency left, the nation's motto right, title, period, unit, unit of the amounts."""
    gap: Line = [None] * 4
    agency = form.agency if unit.level == "province" else f"{form.agency} {unit.name.upper()}"
    lines: list[Line] = [[agency, *gap, _NATION[0]], [None, *gap, _NATION[1]], [], [None, None, form.title.upper()]]
    lines += [[None, None, period_words(form, period)], [None, None, unit.name]]
    if any(c.type == "money" for c in form.columns):
        lines.append([None, None, None, None, None, _MONEY_UNIT])
    return [*lines, []]


def header(form: Contract) -> Line:
    """The one header row."""
    return ["STT", *(c.header for c in form.columns)]


def version_mark(form: Contract) -> str:
    """What a template says of the form that it was made from; a later form says something else."""
    content = json.dumps([form.title, [(c.header, c.type, c.required) for c in form.columns]], ensure_ascii=False)
    return f"Mẫu: {form.dataset} · phiên bản {hashlib.sha256(content.encode()).hexdigest()[:8]}"


def is_outdated(mark: str, form: Contract) -> bool:
    """Whether a cell's text is the version mark of a form of the dataset that there is no more."""
    found = _VERSION.match(mark)
    known = (version_mark(one) for one in form.forms)
    return found is not None and found["dataset"] == form.dataset and mark not in known
