"""The command line as people and scripts use it: names, JSON, exit codes, errors in plain words."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import openpyxl
import pytest

from etl import cli
from etl import settings as settings_module
from etl.settings import ROOT, Settings
from tests.commands import run_command
from tests.conftest import Ingested
from tests.support import column_of, edited, header_row

GIAMNGHEO = Path(sys.executable).parent / "giamngheo"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Run the command line in this process: (exit code, stdout, stderr)."""

    def call(own: Settings, *arguments: str) -> tuple[int, str, str]:
        return run_command(monkeypatch, capsys, own, *arguments)

    return call


COMMANDS = sorted(cli.cli.commands)


def test_every_command_shows_an_example() -> None:
    assert (
        sorted(
            [
                "alias",
                "backup",
                "restore",
                "forget",
                "housekeeping",
                "init",
                "sample",
                "check",
                "ingest",
                "status",
                "findings",
                "indicators",
                "trace",
                "report",
                "template",
                "take-again",
                "link",
                "explain-link",
                "peek",
                "doctor",
                "compare",
                "diff",
                "published",
                "approve",
            ]
        )
        == COMMANDS
    )
    for name, command in cli.cli.commands.items():
        help_text = command.get_help(click.Context(command, info_name=name))
        assert f"Example: giamngheo {name}" in help_text


def test_help_is_quick_because_it_imports_little() -> None:
    script = "import sys; import etl.cli; print([m for m in ('pandas', 'great_expectations', 'sqlalchemy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"


def test_the_installed_command_answers() -> None:
    done = subprocess.run([GIAMNGHEO, "--version"], capture_output=True, text=True, check=True)
    assert "0.1.0" in done.stdout


@pytest.mark.parametrize(("arguments", "words"), [
    (["indicators", "--period", "2018"], "2018-Q4"), (["indicators"], "--period"), (["nonsense"], "No such command"),
    (["trace", "POV_RATE", "--period", "2018-Q4"], "--unit"), (["check", "/no/such/file"], "does not exist"),
    (["indicators", "--period", "2018-Q4", "--as-of", "gestern"], "is not a moment"),
])  # fmt: skip
def test_wrong_usage(run: Any, tmp_path: Path, arguments: list[str], words: str) -> None:
    code, _, err = run(Settings(home=tmp_path), *arguments)
    assert code == 64
    assert words in err


def test_a_failure_is_one_plain_sentence(run: Any, tmp_path: Path) -> None:
    own = Settings(home=tmp_path, warehouse_url="postgresql://a:secret@127.0.0.1:1/x")
    for command in (["init"], ["status"]):
        code, _, err = run(own, *command)
        assert code == 70
        assert "does not answer" in err
        assert "Traceback" not in err
        assert "secret" not in err
    code, out, _ = run(own, "doctor")
    assert code == 70
    assert "✘ warehouse" in out


def test_check_tells_by_its_exit_code(run: Any, tmp_path: Path, files: dict[tuple[str, str], Path]) -> None:
    good = files["register_household", "082"]
    own = Settings(home=tmp_path)
    assert run(own, "check", str(good))[0] == 0
    faulty = edited(good, tmp_path / good.name, "register_household", {(1, "classification"): "?"})
    code, out, _ = run(own, "check", str(faulty), "--json")
    (record,) = json.loads(out)
    assert code == 1
    assert (record["verdict"], record["rows_rejected"], record["dataset"]) == ("partly", 1, "register_household")
    (finding,) = record["findings"]
    assert {"file", "sheet", "row", "column", "rule", "severity", "value", "message"} <= set(finding)
    assert (finding["column"], finding["rule"], finding["value"]) == ("classification", "code_unknown", "?")
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"no workbook")
    assert run(own, "check", str(broken))[0] == 2
    code, out, _ = run(own, "check", str(good), "--sector", "water", "--json")
    assert (code, json.loads(out)[0]["findings"][0]["rule"]) == (2, "dataset_wrong_sector")
    assert list((tmp_path).glob("archive*")) == []


@pytest.mark.warehouse
def test_init_status_and_doctor_on_a_fresh_installation(run: Any, home: Settings) -> None:
    assert run(home, "init")[0] == 0
    assert (home.inbox / "credit").is_dir()
    code, out, _ = run(home, "status", "--json")
    assert (code, json.loads(out)) == (0, [])
    code, out, _ = run(home, "doctor")
    assert code == 0, out
    code, out, _ = run(home, "status", "--period", "2018-Q4", "--json")
    assert {r["state"] for r in json.loads(out)} == {"missing"}


@pytest.mark.warehouse
def test_doctor_says_when_a_warehouse_was_never_made_ready(run: Any, home: Settings, server: Any) -> None:
    from etl.warehouse.embedded import create_database

    create_database(server, "bare")
    url = server.set(database="bare").render_as_string(hide_password=False)
    for command in ("doctor", "status"):
        code, out, err = run(home.model_copy(update={"warehouse_url": url}), command)
        assert code == 70
        assert "giamngheo init" in out + err
        assert "Traceback" not in err


@pytest.mark.warehouse
@pytest.mark.end_to_end
def test_questions_of_an_ingested_quarter(run: Any, ingested: Ingested, tmp_path: Path) -> None:
    own, period = ingested.settings, ["--period", "2018-Q4"]
    code, out, _ = run(own, "status", *period, "--json")
    records = json.loads(out)
    assert code == 0
    assert {r["state"] for r in records} == {"accepted"}
    assert len(records) == 57
    code, out, _ = run(own, "indicators", *period, "--level", "district", "--json")
    found = json.loads(out)
    fields = {"indicator", "unit_code", "unit_level", "numerator", "denominator", "value", "target", "met", "complete"}
    assert fields <= set(found[0])
    assert {r["unit_level"] for r in found} == {"district"}
    code, out, _ = run(own, "indicators", *period, "--unit", "30a", "--csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert {r["unit_code"] for r in rows} == {"30a"}
    one = next(r for r in found if r["indicator"] == "POV_RATE" and r["unit_code"] == "082")
    code, out, _ = run(own, "trace", "POV_RATE", *period, "--unit", "082", "--json")
    traced = json.loads(out)
    assert {"file", "sheet", "row", "numerator", "denominator"} <= set(traced[0])
    assert sum(r["numerator"] for r in traced) == one["numerator"]
    assert sum(r["denominator"] or 0 for r in traced) == one["denominator"]
    code, out, _ = run(own, "findings", *period, "--json")
    # People whose card has lapsed are there on purpose; nothing else disagrees between the sectors.
    assert {f["rule"] for f in json.loads(out)} == {"cross_poor_without_card"}
    code, out, _ = run(own, "compare", *period, "--unit", "082", "--json")
    compared = next(r for r in json.loads(out) if r["indicator"] == "POV_RATE")
    assert (compared["value"], compared["previous"]["why"]) == (one["value"], "no_data")
    code, out, _ = run(own, "compare", *period, "--level", "district", "--csv")
    assert {r["year_before_why"] for r in csv.DictReader(io.StringIO(out))} <= {"no_data", "suppressed"}
    code, out, _ = run(own, "compare", *period)
    assert code == 0 and "chưa có số liệu kỳ đó" in " ".join(out.split())
    code, out, _ = run(own, "published", *period, "--json")
    official = {(r["metric"], r["scope"]): r for r in json.loads(out)}
    assert official["housing_plan", "province"]["difference"] == 0
    assert official["population", "Bat Xat|082"]["ours"] > 0
    code, out, _ = run(own, "published", *period)
    assert code == 0 and "3.296 ≠ 3.084 (+212)" in out
    code, out, _ = run(own, "report", *period, "--out", str(tmp_path))
    assert Path(out.strip()).parent == tmp_path / "2018-Q4"
    code, out, _ = run(own, "indicators", *period)
    assert "POV_RATE" in out
    for wrong in (["trace", "POV_RAT", *period, "--unit", "10"], ["trace", "POV_RATE", *period, "--unit", "999"],
                  ["indicators", *period, "--unit", "999"], ["findings", "--submission", "x"],
                  ["compare", *period, "--unit", "999"], ["report", *period, "--edition", "9"]):  # fmt: skip
        code, _, err = run(own, *wrong)
        assert code == 70, wrong
        assert err.startswith("giamngheo: ")
    # As it stood before anything was sent, nothing is complete.
    code, out, _ = run(own, "indicators", *period, "--as-of", "2000-01-01", "--level", "province", "--json")
    assert not any(r["complete"] for r in json.loads(out))


@pytest.mark.warehouse
@pytest.mark.end_to_end
def test_sample_ingest_and_status_by_the_installed_command(home: Settings, tmp_path: Path) -> None:
    environment = {**os.environ, "GIAMNGHEO_HOME": str(home.home), "GIAMNGHEO_WAREHOUSE_URL": home.warehouse_url or ""}

    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([GIAMNGHEO, *arguments], env=environment, capture_output=True, text=True, check=False)

    made = call(
        "sample", str(tmp_path / "s"), "--period", "2018-Q4", "--scale", "0.001", "--communes", "2", "--seed", "4"
    )
    assert made.returncode == 0, made.stderr
    water = tmp_path / "s" / "water"
    done = call("ingest", str(water), "--json")
    assert done.returncode == 0, done.stderr
    assert {r["verdict"] for r in json.loads(done.stdout)} == {"accepted"}
    again = call("ingest", str(water), "--json")
    assert {r["new"] for r in json.loads(again.stdout)} == {False}
    stray = tmp_path / "stray.xlsx"
    stray.write_bytes(b"nothing")
    lost = call("ingest", str(stray))
    assert lost.returncode == 70
    assert "--sector" in lost.stderr
    assert call("ingest", str(stray), "--sector", "water").returncode == 2


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GIAMNGHEO_HOME", str(tmp_path))
    monkeypatch.setenv("GIAMNGHEO_HOLIDAYS", "2019-02-04, 2019-02-05")
    settings_module.settings.cache_clear()
    own = settings_module.settings()
    assert own.inbox == tmp_path / "inbox"
    assert [d.isoformat() for d in own.holidays] == ["2019-02-04", "2019-02-05"]
    settings_module.settings.cache_clear()


@pytest.mark.warehouse
def test_what_changed_since_the_edition(
    run: Any, home: Settings, tmp_path: Path, files: dict[tuple[str, str], Path]
) -> None:
    from etl import pipeline

    period = ["--period", "2018-Q4"]
    first = files["register_household", "082"]
    run(home, "ingest", str(first), str(files["register_commune", "082"]), "--sector", "register")
    code, _, err = run(home, "diff", *period)
    assert code == 70
    assert "no edition of 2018-Q4 is published" in err
    pipeline.publish_edition(home, "2018-Q4")
    assert json.loads(run(home, "diff", *period, "--json")[1]) == []
    poor = openpyxl.load_workbook(first).worksheets[0]
    kinds = [row[column_of(poor, "Phân loại") - 1].value for row in poor.iter_rows(min_row=header_row(poor) + 1)]
    at = kinds.index("Hộ nghèo N1") + 1
    target = tmp_path / "newer" / first.name
    edited(first, target, "register_household", {(at, "classification"): "Hộ cận nghèo"})
    assert run(home, "ingest", str(target), "--sector", "register")[0] == 0
    code, out, _ = run(home, "diff", *period, "--json", "--level", "district", "--indicator", "POV_RATE")
    (change,) = json.loads(out)
    assert (code, change["unit_code"], change["unit_name"]) == (0, "082", "Huyện Bát Xát")
    assert change["numerator_after"] - change["numerator_before"] == -1
    assert change["denominator_after"] == change["denominator_before"]
    assert change["change"] == pytest.approx(change["value_after"] - change["value_before"])
    assert {s["way"]: s["file"] for s in change["submissions"]} == {"came": first.name, "left": first.name}
    (row,) = change["rows"]
    place = header_row(poor) + at
    assert (row["file_before"], row["row_before"], row["row_after"]) == (first.name, place, place)
    assert (row["numerator_before"], row["numerator_after"]) == (1, 0)
    assert row["submission_id_before"] != row["submission_id_after"]
    out = run(home, "diff", *period, "--csv", "--unit", "082")[1]
    flat = {r["indicator"]: r for r in csv.DictReader(io.StringIO(out))}
    assert (flat["POV_RATE"]["rows"], flat["NEAR_POOR_RATE"]["rows"]) == ("1", "1")
    out = run(home, "diff", *period)[1]
    assert "POV_RATE" in out
    assert "left" in out
    assert f"{poor.title} {place}" in out
    for wrong in (["--unit", "999"], ["--indicator", "POV_RAT"]):
        assert run(home, "diff", *period, *wrong)[0] == 70
