"""Stands in for the state machine: the tasks are called one after the other, as its states are.

`tests/workflow` runs the definition itself.
"""

import json
from dataclasses import asdict
from typing import Any, cast

from leadflow.application.run_ports import Run, RunResult
from leadflow.domain.leads import LeadStatus
from tests.integration.http import invoked

TASKS = {
    "honor_ping": "honor_ping",
    "highest_price": "sell_at_highest_price",
    "round_robin": "sell_round_robin",
    "marketplace": "list_on_marketplace",
    "alter_data": "alter_lead_data",
    "real_estate_api": "enrich_with_real_estate_api",
    "none": "close_flow",
}
"""The function of each method."""


class InProcess:
    """Implements `Distribution`: calls the tasks' handlers until the lead is settled."""

    def run(self, run: Run, *, patience_seconds: float) -> RunResult | None:
        state = asdict(run) | {"outcome": "unsold"}
        while state["outcome"] == "unsold":
            task = TASKS[state["method"]]
            state = cast("dict[str, Any]", invoked(task, json.loads(json.dumps(state))))
        assert patience_seconds > 0
        return RunResult(LeadStatus(state["status"]), state["payout_cents"])

    def resume(self, run: Run) -> None:
        self.run(run, patience_seconds=1)
