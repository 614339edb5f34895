"""What the checks leave in the warehouse: results as rows, which rule fails where and since when, the quality score."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, text

from etl import pipeline
from etl.checking.suites import load_suite
from etl.intake.inbox import Drop, modified_at
from etl.reference.rules import rules
from etl.settings import Settings
from etl.warehouse import connect
from tests.support import edited

CARD, PUPIL = "health_card", "education_pupil"


def take(settings: Settings, path: Path, sector: str) -> str:
    """A file through the whole file journey; the submission's id."""
    (done,) = pipeline.ingest(settings, [Drop(path, sector, "", path.name, modified_at(path))])
    return done.submission.id


def score(conn: Connection, submission: str) -> tuple[int, int, float]:
    row = conn.execute(
        text("SELECT data_rows, rows_doubted, quality FROM quality.submission_score WHERE submission_id = :id"),
        {"id": submission},
    ).one()
    return row.data_rows, row.rows_doubted, float(row.quality)


def test_results_failures_and_scores_of_a_file_and_its_correction(
    files: dict[tuple[str, str], Path], home: Settings, tmp_path: Path
) -> None:
    origin = files[PUPIL, "082"]
    faults = {(1, "level"): None, (2, "level"): "Mầm non", (2, "birth"): "01/01/2008", (2, "support_months"): -1}
    with connect(home) as engine:
        first = take(home, edited(origin, tmp_path / "1" / origin.name, PUPIL, faults), "education")
        with engine.connect() as conn:
            results = conn.execute(
                text("SELECT * FROM quality.check_result WHERE submission_id = :id"), {"id": first}
            ).all()
            suite = load_suite(PUPIL)["expectations"]
            assert {(r.expectation_id, r.rule, r.column_name, r.severity) for r in results} == {
                (e["id"], e["meta"]["rule"], e["meta"]["column"], e["severity"]) for e in suite
            }
            failed = {(r.rule, r.column_name): r.failed for r in results if r.failed}
            assert failed == {
                ("required_empty", "level"): 1,
                ("age_unfit_for_level", "level"): 1,
                ("number_out_of_range", "support_months"): 1,
            }
            rows, doubted, quality = score(conn, first)
            # Two findings of one row doubt it once.
            assert (doubted, quality) == (2, 100 * (rows - 2) / rows)

        second = take(home, edited(origin, tmp_path / "2" / origin.name, PUPIL, {(1, "level"): None}), "education")
        with engine.connect() as conn:
            assert score(conn, second)[1] == 1
            worst = conn.execute(
                text(
                    "SELECT rule, dataset, unit_code, findings_now, findings_ever, submissions, since_period"
                    " FROM quality.rule_failures ORDER BY findings_now DESC, findings_ever DESC LIMIT 1"
                )
            ).one()
            assert tuple(worst) == ("required_empty", PUPIL, "082", 1, 2, 2, "2018-Q4")
            by_unit = conn.execute(text("SELECT unit_code, rows_doubted, data_rows FROM quality.score")).all()
            assert {tuple(r) for r in by_unit} == {("082", 1, rows), (None, 1, rows)}


def test_a_refused_file_has_no_quality_and_a_clean_one_all(
    files: dict[tuple[str, str], Path], home: Settings, tmp_path: Path
) -> None:
    clean = files[CARD, "10"]
    with connect(home) as engine:
        good = take(home, clean, "health_insurance")
        bad = tmp_path / "wrong" / files[PUPIL, "082"].name
        bad.parent.mkdir()
        bad.write_bytes(files[PUPIL, "082"].read_bytes())
        refused = take(home, bad, "credit")
        with engine.connect() as conn:
            assert score(conn, good)[1:] == (0, 100.0)
            assert score(conn, refused)[2] == 0
            assert conn.scalar(text("SELECT count(*) FROM ref.rule")) == len(rules())
