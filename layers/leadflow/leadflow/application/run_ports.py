"""A run of the distribution plan, and the state machine that carries it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from leadflow.domain.identifiers import FlowId, LeadId, TenantId
from leadflow.domain.leads import LeadStatus


@dataclass(frozen=True)
class Run:
    """A run of the distribution plan over one lead: ids and small facts, never contact data.

    `step` is the number of the next step of the flow; `stage_id` is None once the plan is passed.
    `patience_until_ms` is when the caller stops waiting, in Unix milliseconds (0: nobody waits).
    `promised_stage_id` names the stage that promised the lead to somebody, once that promise has
    been checked: until there only stages that change the lead are entered. `partners_only`: only
    partners take part in the stage that comes next, and only in that one (11.6).
    """

    tenant_id: TenantId
    lead_id: LeadId
    flow_id: FlowId
    plan_version: int
    stamp: int
    step: int
    stage_id: str | None
    method: str
    patience_until_ms: int = 0
    promised_stage_id: str | None = None
    partners_only: bool = False

    def patience_seconds(self, now: datetime) -> float | None:
        """For how long the caller goes on waiting; None: nobody waits any more."""
        until = datetime.fromtimestamp(self.patience_until_ms / 1000, UTC)
        left = (until - now).total_seconds()
        return left if left > 0 else None


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
