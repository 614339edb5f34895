"""A task that lets pass what no rule holds back, and otherwise waits in Airflow's human-in-the-loop for a decision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import Asset, Param
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

APPROVE, APPROVE_BELOW, REFUSE = "Duyệt", "Duyệt dù dưới mức tối thiểu", "Từ chối"
"""As in ``etl.approval``, which is not imported when a DAG is parsed."""

_OPTIONS = [APPROVE, APPROVE_BELOW, REFUSE]
_SHOWN = "shown"


class HoldOperator(HITLOperator):
    """Ask a person about a submission or a quarter that is held back; what was decided before is not asked again.

    of: gives the submission's id or the quarter of a run's context. skip_refused: what comes after a refusal is
    skipped; else it runs and finds the decision in ``quality.decision``. While it waits, the task takes no worker.
    Returns the choice, None where nothing was held back.
    """

    def __init__(self, *, of: Callable[[Any], str], skip_refused: bool = False, **kwargs: Any) -> None:
        # Without the params of the DAG, which say what runs and are no part of the form.
        why = Param("", type="string", title="Lý do", description="Được lưu cùng tên người quyết định.", source="task")
        super().__init__(
            **{**kwargs, "subject": "…", "options": [APPROVE, APPROVE_BELOW, REFUSE], "params": {"why": why}}
        )
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
        """Keep who decided, when and why.

        The task fails where it was decided before, the other way: whoever answers here is told by whom and when.
        """
        from etl import approval
        from etl.settings import settings

        response = HITLOperator.execute_complete(self, context, event)
        user = response["responded_by_user"]
        by = (user["name"] or user["id"]) if user else "Airflow"
        why = str(response["params_input"].get("why") or "").strip()
        (chosen,) = response["chosen_options"]
        choice: Any = "refuse" if chosen == REFUSE else "approve"
        subject = self.of(context)
        shown = context["task_instance"].xcom_pull(task_ids=self.task_id, key=_SHOWN)
        below = chosen == APPROVE_BELOW
        try:
            outcome = approval.decide(
                settings(),
                subject,
                choice,
                by,
                why or ("" if below else "(không ghi)"),
                shown=shown,
                below_minimum=below,
            )
        except ValueError as fault:
            # Tried again, the task asks again, about what is so by then.
            raise AirflowException(f"Quyết định chưa được ghi nhận: {fault}") from fault
        if outcome.contradicts(choice):
            raise AirflowFailException(
                f"Lựa chọn «{chosen}» của {by} không được tính: {subject} {outcome.told_vi}."
                " Nếu đồng ý với quyết định đó, chạy lại (Clear) bước này để tiếp tục."
            )
        if not outcome:
            self.log.warning("%s %s", subject, outcome.told_vi)
        return self._passed(outcome.decision.choice)

    def _ask(self, context: Any, gate: Any) -> Any:
        """Put the question, tell the sender that it waits, and wait."""
        from etl import approval
        from etl.settings import settings

        approval.announce(settings(), self.of(context))
        self.subject, self.body = gate.subject, gate.body
        self.options = [APPROVE_BELOW if gate.is_below_minimum else APPROVE, REFUSE]
        context["task_instance"].xcom_push(key=_SHOWN, value=gate.shown)
        return HITLOperator.execute(self, context)

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
