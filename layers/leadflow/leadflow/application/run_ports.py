"""A run of the distribution plan, and the state machine that carries it."""

from dataclasses import dataclass
from typing import Protocol

from leadflow.domain.identifiers import FlowId, LeadId, TenantId
from leadflow.domain.leads import LeadStatus


@dataclass(frozen=True)
class Run:
    """A run of the distribution plan over one lead: ids and small facts, never contact data.

    `step` is the number of the next step of the flow; `stage_id` is None once the plan is passed.
    """

    tenant_id: TenantId
    lead_id: LeadId
    flow_id: FlowId
    plan_version: int
    stamp: int
    step: int
    stage_id: str | None
    method: str


@dataclass(frozen=True)
class RunResult:
    """What a run came to, and what the source is owed for it."""

    status: LeadStatus
    payout_cents: int = 0


class Distribution(Protocol):
    """The state machine."""

    def run(self, run: Run, *, patience_seconds: float) -> RunResult | None:
        """Start a run and wait for its end; None when patience ran out first.

        The run goes on either way. Raises `TransientFault` when it could not be started.
        """
        ...

    def resume(self, run: Run) -> None:
        """Start a run and do not wait for it."""
        ...
