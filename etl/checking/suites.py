"""Running a suite: Great Expectations loads the JSON and says which rows fail which expectation.

Great Expectations is imported on first use: the import alone takes seconds, which ``giamngheo --help`` must not.
"""

from __future__ import annotations

import json
import logging
import os
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pandas as pd

from etl.settings import ROOT

FOLDER = ROOT / "expectations"


@dataclass(frozen=True)
class Outcome:
    """What one expectation said: its meta (rule, column …), severity, how many rows it looked at, the failing index.

    One about the table as a whole looks at one thing and has no failing index.
    """

    id: str
    meta: Mapping[str, Any]
    severity: str
    evaluated: int
    failed: pd.Index
    success: bool

    @property
    def unsuccessful(self) -> int:
        """How many of the ``evaluated`` failed."""
        return len(self.failed) or int(not self.success)


def _gx() -> Any:
    """Great Expectations without telemetry, progress bars and chatter."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    import great_expectations

    return great_expectations


@lru_cache(maxsize=1)
def _batch_definition() -> Any:
    """How a frame becomes a batch; made once, since each change of a context is written and read back."""
    gx = _gx()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = gx.data_context.types.base.ProgressBarsConfig(globally=False)
    return (
        context.data_sources.add_pandas("frames")
        .add_dataframe_asset("rows")
        .add_batch_definition_whole_dataframe("all")
    )


def load_suite(name: str) -> dict[str, Any]:
    """The JSON of a suite. Raises FileNotFoundError."""
    loaded: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


def run_suite(name: str, frame: pd.DataFrame, parameters: Mapping[str, Any], **chosen: str) -> list[Outcome]:
    """Run the expectations of a suite whose meta has the values ``chosen`` (stage, side); one outcome each.

    frame: its index names the rows. parameters: values for the suite's ``$PARAMETER``s. Raises RuntimeError when an
    expectation itself fails: that is a fault of the suite, never of the data.
    """
    raw = load_suite(name)
    own = [e for e in raw["expectations"] if all(e["meta"].get(k) == v for k, v in chosen.items())]
    if not own or not len(frame):
        return []
    gx = _gx()
    suite = gx.ExpectationSuite(name=f"{name}", expectations=own)
    batch = _batch_definition().get_batch({"dataframe": frame})
    with warnings.catch_warnings():
        # GX 1.24 still calls pandas in ways that pandas 3 warns of; nothing a reader could act on.
        warnings.simplefilter("ignore")
        results = batch.validate(
            suite,
            result_format={"result_format": "COMPLETE", "return_unexpected_index_query": False},
            expectation_parameters=dict(parameters),
        ).results
    by_id = {result.expectation_config.id: result for result in results}
    return [_outcome(e, by_id[e["id"]]) for e in own]


def _outcome(expectation: dict[str, Any], result: Any) -> Outcome:
    if result.exception_info.get("raised_exception", False) or any(
        isinstance(v, dict) and v.get("raised_exception") for v in result.exception_info.values()
    ):
        raise RuntimeError(f"expectation {expectation['meta']['rule']} failed itself: {result.exception_info}")
    detail = result.result
    failed = pd.Index(detail.get("unexpected_index_list") or [])
    return Outcome(
        expectation["id"], expectation["meta"], expectation["severity"], int(detail.get("element_count") or 1), failed,
        bool(result.success),
    )  # fmt: skip
