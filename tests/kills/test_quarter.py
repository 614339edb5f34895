"""Every fault point of measure, edition, report, cross, approval, forget, struck in every way."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.kills.matrix import cells, struck
from tests.kills.running import Stage, Undisturbed

pytestmark = pytest.mark.kills


@cells("measure", "edition", "report", "cross", "approval", "forget")
def test_running_again_gives_the_undisturbed_state(
    stage: Stage, run: Undisturbed, point: str, kind: str, record_property: Callable[[str, object], None]
) -> None:
    struck(stage, run, point, kind, record_property)
