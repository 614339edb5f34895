"""A task that lets pass what no rule holds back, and otherwise waits in Airflow's human-in-the-loop for a decision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import Asset, Param
from airflow.sdk.exceptions import AirflowSkipException

APPROVE, REFUSE = "Duyệt", "Từ chối"
_CHOICES = {APPROVE: "approve", REFUSE: "refuse"}


class HoldOperator(HITLOperator):
    """Ask a person about a submission or a quarter that is held back; what was decided before is not asked again.

    of: gives the submission's id or the quarter of a run's context. skip_refused: what comes after a refusal is
    skipped; else it runs and finds the decision in ``quality.decision``. While it waits, the task takes no worker.
    Returns the choice, None where nothing was held back.
    """

    def __init__(self, *, of: Callable[[Any], str], skip_refused: bool = False, **kwargs: Any) -> None:
        # Without the params of the DAG, which say what runs and are no part of the form.
        why = Param("", type="string", title="Lý do", description="Được lưu cùng tên người quyết định.", source="task")
        super().__init__(**{**kwargs, "subject": "…", "options": [APPROVE, REFUSE], "params": {"why": why}})
        self.of = of
        self.skip_refused = skip_refused

    def execute(self, context: Any) -> Any:
        """Pass at once, or put the question, tell the sender that it waits, and wait."""
        from etl import approval
        from etl.settings import settings

        gate = approval.gate(settings(), self.of(context))
        if not gate.waits:
            return self._passed(gate.choice)
        return self._ask(context, gate)

    def execute_complete(self, context: Any, event: dict[str, Any]) -> Any:
        """Keep who decided, when and why."""
        from etl import approval
        from etl.settings import settings

        response = super().execute_complete(context, event)
        user = response["responded_by_user"]
        by = (user["name"] or user["id"]) if user else "Airflow"
        why = str(response["params_input"].get("why") or "").strip() or "(không ghi)"
        subject = self.of(context)
        approval.decide(settings(), subject, _CHOICES[response["chosen_options"][0]], by, why)
        return self._passed(approval.gate(settings(), subject).choice)

    def _ask(self, context: Any, gate: Any) -> Any:
        """Put the question, tell the sender that it waits, and wait."""
        from etl import approval
        from etl.settings import settings

        approval.announce(settings(), self.of(context))
        self.subject, self.body = gate.subject, gate.body
        return super().execute(context)

    def _passed(self, choice: str | None) -> str | None:
        if choice == "refuse" and self.skip_refused:
            raise AirflowSkipException("refused: nothing is published")
        return choice


class LoadOperator(HoldOperator):
    """Load and publish a submission; ask a person where its total has fallen below that of a file published meanwhile.

    asset: what gets the period as a partition. Skipped where the submission is rejected or changes nothing.
    """

    def __init__(self, *, of: Callable[[Any], str], asset: Asset, **kwargs: Any) -> None:
        super().__init__(of=of, **kwargs)
        self.asset = asset

    def execute(self, context: Any) -> Any:
        """Load and publish, or wait for a person."""
        from etl import approval, pipeline
        from etl.settings import settings

        period = pipeline.load(settings(), self.of(context))
        if period is None:
            gate = approval.gate(settings(), self.of(context))
            if gate.waits:
                return self._ask(context, gate)
            raise AirflowSkipException("the submission is rejected or changes nothing: the warehouse stays as it was")
        context["outlet_events"][self.asset].add_partitions(period)
        return period

    def execute_complete(self, context: Any, event: dict[str, Any]) -> Any:
        """Keep the decision, then load and publish, or reject."""
        super().execute_complete(context, event)
        return self.execute(context)
