"""Random small provinces: submissions with rows as frames, put into the warehouse as they are.

Rows are what the checks let pass, at their most awkward: few names and numbers, so that they collide within and between
communes; blanks wherever a cell is optional, in a random share of each list's identifiers; dates around the day; zeros;
members without a household; senders that sent nothing, several times, or for other periods.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import Connection, text

from etl.model.period import Period
from etl.reference.codes import code_labels
from etl.reference.units import units_on
from tests.indicators.oracle_links import Address, Link

Row = dict[str, Any]
BY_PROVINCE = ("health_card", "housing_support", "water_works")
CLASSES = ("poor_income", "poor_deprivation", "near_poor", "escaped_poor", "escaped_near_poor")
CLASSES_FROM_2022 = ("poor", "near_poor", "escaped_poor", "escaped_near_poor")
LACKS = (
    "lacks_health_care", "lacks_insurance", "lacks_adult_education", "lacks_child_schooling", "lacks_housing_quality",
    "lacks_housing_area", "lacks_clean_water", "lacks_toilet", "lacks_telecom", "lacks_information",
    "lacks_employment", "lacks_dependants", "lacks_nutrition",
)  # fmt: skip
_HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass(frozen=True)
class Submission:
    """An accepted submission: what it holds, until when its figures are, when its file was written, for which districts."""

    id: str
    dataset: str
    period: Period
    unit: str
    as_of: date
    modified_at: datetime
    covers: tuple[str, ...]
    rows: list[Row]


def province(seed: int, period: Period) -> list[Submission]:
    """The submissions of a made-up province; of an even seed nothing is missing."""
    return list(_Maker(np.random.default_rng(seed), period).submissions(whole=seed % 2 == 0))


def put_all(conn: Connection, submissions: list[Submission]) -> None:
    """Put submissions into the warehouse, accepted."""
    for one in submissions:
        conn.execute(text(
            "INSERT INTO intake.submission (id, sector, file_name, folder, sha256, attempt, size_bytes, modified_at,"
            " period, dataset, unit_code, as_of, accepted_at, state) VALUES (:id, 'x', :file, '', :id, 1, 1, :modified,"
            " :period, :dataset, :unit, :as_of, now(), 'accepted')"),
            {"id": one.id, "file": f"{one.id}.xlsx", "modified": one.modified_at, "period": str(one.period),
             "dataset": one.dataset, "unit": one.unit, "as_of": one.as_of})  # fmt: skip
        coverage = [{"id": one.id, "dataset": one.dataset, "period": str(one.period), "d": d} for d in one.covers]
        conn.execute(text("INSERT INTO intake.coverage VALUES (:id, :dataset, :period, :d)"), coverage)
        conn.execute(text("SELECT history.make_partition(:d, :p)"), {"d": one.dataset, "p": str(one.period)})
        if not one.rows:
            continue
        units = units_on(one.period.last_day)
        rows = [
            {"submission_id": one.id, "sheet": "S", "row": at, "period": str(one.period),
             "district_code": units.district_of(row["commune"]).code, **row}
            for at, row in enumerate(one.rows, start=10)
        ]  # fmt: skip
        names = list(rows[0])
        values = ", ".join(f":{n}" for n in names)
        conn.execute(text(f"INSERT INTO history.{one.dataset} ({', '.join(names)}) VALUES ({values})"), rows)


def put_links(conn: Connection, links: list[Link], submissions: list[Submission], period: Period) -> None:
    """Put links into the warehouse, as a run of linking stores them."""
    units, rows = units_on(period.last_day), {one.id: one.rows for one in submissions}

    def end(address: Address, prefix: str) -> Row:
        submission, number = address
        district = units.district_of(rows[submission][number - 10]["commune"]).code
        return {f"{prefix}id": submission, f"{prefix}row": number, f"{prefix}district": district}

    for at, one in enumerate(links):
        conn.execute(text(
            "INSERT INTO history.link (link_id, linked_at, period, pair, submission_id, sheet, row, district_code,"
            " register_submission_id, register_sheet, register_row, register_district_code, method) VALUES"
            " (:link, now(), :period, :pair, :left_id, 'S', :left_row, :left_district, :right_id, 'S', :right_row,"
            " :right_district, :method)"),
            {"link": str(at), "period": str(period), "pair": one.pair, "method": one.method,
             **end(one.left, "left_"), **end(one.right, "right_")})  # fmt: skip
        if one.has_ended:
            conn.execute(text("INSERT INTO history.link_end VALUES (:link, now(), now())"), {"link": str(at)})


class _Maker:
    def __init__(self, rng: np.random.Generator, period: Period) -> None:
        self.rng, self.period, self.day, self.serial = rng, period, period.last_day, 0
        self.units = units_on(self.day)
        self.missing: dict[str, float] = {}
        self.districts = [d.code for d in self.units.districts]
        # Phường and thị trấn among them, so that town and country both have people.
        self.peopled = {
            d: [c.code for c in self.pick_some(self.units.communes_in(d), 3)] for d in self.pick_some(self.districts, 4)
        }
        self.numbers = [f"{at:012d}" for at in range(1, 40)]
        self.insured = [f"{at:010d}" for at in range(1, 60)]
        self.makers: dict[str, Callable[[str], Iterator[Row]]] = {
            "register_commune": self.totals, "register_household": self.households, "register_member": self.members,
            "credit_loan": self.loans, "health_card": self.cards, "education_pupil": self.pupils,
            "housing_support": self.houses, "water_village": self.villages, "water_works": self.works,
        }  # fmt: skip

    def submissions(self, whole: bool) -> Iterator[Submission]:
        for dataset in self.makers:
            senders = [self.units.province.code] if dataset in BY_PROVINCE else self.districts
            for unit in senders:
                if not whole and self.chance(0.2):
                    continue
                for _ in range(3 if self.chance(0.15) else 1):
                    yield self.submission(dataset, unit, self.period, self.day - timedelta(days=31 * self.upto(2)))
            if self.chance(0.3):
                before = self.period.previous()
                yield self.submission(dataset, senders[0], before, before.last_day)
        if self.chance(0.5):
            # One for the whole province takes the place of the districts' that are older.
            yield self.submission("water_village", self.units.province.code, self.period, self.day - timedelta(days=31))

    def submission(self, dataset: str, unit: str, period: Period, as_of: date) -> Submission:
        self.serial += 1
        covers = self.districts if unit == self.units.province.code else [unit]
        rows = [row for d in covers for c in self.communes(dataset, d) for row in self.makers[dataset](c)]
        # Two files of one moment: the one written last counts.
        modified = datetime(2019, 1, 1, tzinfo=_HANOI) + timedelta(minutes=(self.serial * 37) % 1009)
        return Submission(f"s-{self.serial:03d}", dataset, period, unit, as_of, modified, tuple(covers), rows)

    def communes(self, dataset: str, district: str) -> list[str]:
        if dataset != "register_commune":
            return self.peopled.get(district, [])
        every = [c.code for c in self.units.communes_in(district)]
        return every[1:] if self.serial % 20 == 7 else every

    def totals(self, commune: str) -> Iterator[Row]:
        households = self.upto(12) if self.chance(0.8) else 0
        yield {
            "commune": commune, "households": households, "persons": households + self.upto(40),
            "households_minority": self.maybe(self.upto(households)), "poor_start": self.upto(6),
            "near_poor_start": self.upto(4),
        }  # fmt: skip

    def households(self, commune: str) -> Iterator[Row]:
        for at in range(self.upto(9)):
            yield {
                "household_code": f"H{at}", "head_name": "A", "head_id_number": self.stated("head", self.pick(self.numbers)),
                "ethnicity": self.pick(["Kinh", "Mông", "Dao", "Tày"]), "commune": commune, "area": "rural",
                "members": 1 + self.upto(7), "classification": self.pick(CLASSES_FROM_2022 if self.period.year >= 2022 else CLASSES),
                "change": self.maybe(self.pick(["continuing", "new", "returned", "escaped"])),
                "needs_loan": self.flag(0.7), "loan_eligible": self.flag(0.7), **{n: self.flag(0.35) for n in LACKS},
            }  # fmt: skip

    def members(self, commune: str) -> Iterator[Row]:
        for household in range(10):
            for number in range(self.upto(4)):
                yield {
                    "household_code": f"H{household}", "commune": commune, "member_no": number + 1, "full_name": "A",
                    "full_name_key": self.pick("abc"), "birth_year": self.maybe(self.birth_year()),
                    "id_number": self.stated("member", self.pick(self.numbers)),
                    "insurance_number": self.stated("insured", self.pick(self.insured)),
                    "needs_training": self.flag(0.3),
                }  # fmt: skip

    def loans(self, commune: str) -> Iterator[Row]:
        for at in range(self.upto(9)):
            yield {
                "loan_code": str(at), "customer_code": "K", "borrower_name": "A", "commune": commune,
                "borrower_id_number": self.stated("borrower", self.pick(self.numbers)),
                "household_code": self.stated("loan", f"H{self.upto(10)}"), "disbursed_on": date(2017, 5, 1),
                "programme": self.pick(list(code_labels("vbsp_programmes"))), "principal": 10**9,
                "outstanding": self.maybe(self.pick([0, 0, 7_500_000])), "overdue": self.maybe(self.pick([0, 250_000])),
                "frozen": self.maybe(self.pick([0, 0, 33])),
            }  # fmt: skip

    def cards(self, commune: str) -> Iterator[Row]:
        for _ in range(self.upto(14)):
            last = self.day + timedelta(days=int(self.pick([-1, 0, 1, 29, 30, 31, 200])))
            first = min(last, self.day + timedelta(days=int(self.pick([-300, -300, -300, 0, 1]))))
            yield {
                "insurance_number": self.pick(self.insured), "full_name": "A", "birth_year": 1980, "commune": commune,
                "id_number": self.stated("holder", self.pick(self.numbers)), "valid_from": first, "valid_to": last,
            }  # fmt: skip

    def pupils(self, commune: str) -> Iterator[Row]:
        for at in range(self.upto(30)):
            yield {
                "pupil_code": str(at), "full_name": "A", "full_name_key": self.pick("abc"), "commune": commune,
                "birth": date(self.birth_year(), 1 + self.upto(11), 5), "school_name": "T", "level": "primary",
                "household_code": self.stated("pupil", f"H{self.upto(9)}"),
                "status": self.pick(["enrolled", "enrolled", "enrolled", "dropped_out", "transferred"]),
                "poverty_class": self.maybe(self.pick(["poor", "near_poor", "none"])),
                "fee_relief": self.maybe(self.pick(["full", "full", "p70", "p50", "none"])),
                "support_months": self.maybe(self.pick([0, 1, 9])),
            }  # fmt: skip

    def houses(self, commune: str) -> Iterator[Row]:
        for at in range(self.upto(5)):
            progress = self.pick(["not_started", "under_way", "completed", "completed", "completed"])
            done = self.day - timedelta(days=int(self.pick([0, 30, 364, 365, 500])))
            yield {
                "household_code": f"H{at}", "head_name": "A", "commune": commune, "programme": "d33",
                "kind": self.pick(["new_build", "new_build", "repair"]), "progress": progress,
                "completed_on": done if progress == "completed" else None,
                "floor_area": self.maybe(self.pick([23.9, 24.0, 30.5])),
                **{n: self.flag(0.8) for n in ("hard_floor", "hard_frame", "hard_roof")},
            }  # fmt: skip

    def villages(self, commune: str) -> Iterator[Row]:
        for at in range(self.upto(4)):
            households, poor = self.upto(9), self.upto(4)
            persons = 4 * households
            yield {
                "commune": commune, "village": str(at), "households": households, "persons": persons,
                "persons_hygienic_water": self.upto(persons), "persons_clean_water": self.maybe(self.upto(persons)),
                "poor_households": self.maybe(poor), "poor_households_hygienic_water": self.maybe(self.upto(poor)),
                "households_hygienic_toilet": self.maybe(self.upto(households)),
            }  # fmt: skip

    def works(self, commune: str) -> Iterator[Row]:
        for at in range(self.upto(3)):
            state = self.pick(["sustainable", "fair", "weak", "not_working"])
            yield {"works_name": str(at), "commune": commune, "state": state}

    def birth_year(self) -> int:
        return self.day.year - int(self.pick([3, 5, 6, 7, 9, 9, 13, 14, 15, 40]))

    def chance(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def upto(self, most: int) -> int:
        return int(self.rng.integers(0, most + 1))

    def pick(self, among: Any) -> Any:
        return among[int(self.rng.integers(len(among)))]

    def pick_some(self, among: Any, count: int) -> list[Any]:
        return [among[int(at)] for at in sorted(self.rng.permutation(len(among))[:count])]

    def maybe(self, value: Any) -> Any:
        return None if self.chance(0.2) else value

    def stated(self, identifier: str, value: Any) -> Any:
        """An identifier that a list states seldom, mostly, always or never."""
        if identifier not in self.missing:
            self.missing[identifier] = float(self.pick([0.0, 0.2, 0.2, 0.6, 1.0]))
        return None if self.chance(self.missing[identifier]) else value

    def flag(self, share: float) -> bool | None:
        return self.maybe(self.chance(share))
