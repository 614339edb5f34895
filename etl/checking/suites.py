"""Running a suite: Great Expectations loads the JSON and says which rows fail which expectation.

Great Expectations is imported on first use: the import alone takes seconds, which ``giamngheo --help`` must not.
"""

from __future__ import annotations

import json
import logging
import os
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
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
def _context() -> Any:
    """The context that Great Expectations wants to exist; it keeps nothing."""
    gx = _gx()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = gx.data_context.types.base.ProgressBarsConfig(globally=False)
    _expand_each_metric_once()
    return context


def _expand_each_metric_once() -> None:
    """Let a graph of metrics look up what a metric depends on once, not for each of its dependents anew.

    The metrics of an expectation share most of what they depend on: without this each takes about 45 look-ups.
    """
    from great_expectations.validator.validation_graph import ValidationGraph

    expand = ValidationGraph.build_metric_dependency_graph

    def build(graph: Any, metric_configuration: Any, runtime_configuration: dict[str, Any] | None = None) -> None:
        expanded: dict[Any, Any] = graph.__dict__.setdefault("expanded", {})
        known = expanded.setdefault(metric_configuration.id, metric_configuration)
        if known is metric_configuration:
            expand(graph, metric_configuration, runtime_configuration)
        else:
            graph.set_metric_configuration_default_kwargs_if_absent(metric_configuration=metric_configuration)
            metric_configuration.metric_dependencies = known.metric_dependencies

    ValidationGraph.build_metric_dependency_graph = build


def _validator(frame: pd.DataFrame) -> Any:
    """What runs expectations on a frame.

    Made by hand: a batch of a data source takes a fingerprint of the whole frame, twice a run, which costs four times
    what the checks do, and nobody reads it.
    """
    context = _context()
    from great_expectations.core.batch import Batch
    from great_expectations.execution_engine import PandasExecutionEngine
    from great_expectations.validator.validator import Validator

    return Validator(execution_engine=PandasExecutionEngine(), batches=[Batch(data=frame)], data_context=context)


@contextmanager
def _configurations_kept() -> Iterator[None]:
    """Let each expectation build its configuration once, for as long as the block lasts.

    Great Expectations 1.x builds it again whenever it reads one argument of an expectation, about a hundred times for
    each. That takes a third of the time of a run. Nothing changes an expectation while it is validated.
    """
    from great_expectations.expectations.expectation import Expectation

    built: dict[int, tuple[Any, Any]] = {}
    original = Expectation.configuration

    def configuration(expectation: Any) -> Any:
        if id(expectation) not in built:
            # The expectation is kept too: its id must not be given to another one.
            built[id(expectation)] = expectation, original.fget(expectation)
        return built[id(expectation)][1]

    Expectation.configuration = property(configuration)
    try:
        yield
    finally:
        Expectation.configuration = original


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
    # Great Expectations copies the whole frame without the missing values of each column: the fewer columns the better.
    validator = _validator(frame[_named_columns(own, frame)])
    with warnings.catch_warnings(), _configurations_kept():
        # GX 1.24 still calls pandas in ways that pandas 3 warns of; nothing a reader could act on.
        warnings.simplefilter("ignore")
        results = validator.graph_validate(
            configurations=validator.process_expectations_for_validation(
                [expectation.configuration for expectation in suite.expectations], dict(parameters)
            ),
            runtime_configuration={
                "result_format": {"result_format": "COMPLETE", "return_unexpected_index_query": False}
            },
        )
    by_id = {result.expectation_config.id: result for result in results}
    return [_outcome(e, by_id[e["id"]]) for e in own]


def _named_columns(expectations: list[dict[str, Any]], frame: pd.DataFrame) -> list[str]:
    """The columns of a frame that expectations look at."""
    named: set[str] = set()
    for expectation in expectations:
        for argument, value in expectation["kwargs"].items():
            if argument.startswith("column"):
                named |= {value} if isinstance(value, str) else set(value)
    return [name for name in frame.columns if name in named]


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
