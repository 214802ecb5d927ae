"""Which stage a lead enters next: paused stages and unmet conditions are passed on the way."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from leadflow.application.run_ports import Run
from leadflow.domain.conditions import Fact, matches
from leadflow.domain.decisions import AttemptReason, AttemptStatus
from leadflow.domain.flows import Flow, FlowStep, attempted, joined
from leadflow.domain.identifiers import TenantId
from leadflow.domain.leads import Lead
from leadflow.domain.plans import LISTING_AT_END, TERMINAL, Plan, Stage
from leadflow.domain.starts import NamedStart, Start, stage_at

PASSED = "none"
"""The method that stands for the end of the plan."""

HONOR_PING = "honor_ping"
"""The method that stands for a promised stage, whichever its own method is (15.8)."""


@dataclass(frozen=True)
class NextStage:
    """The stage that takes the lead next (None: the plan is passed), and what was skipped.

    `promised`: it is entered to keep its promise. `partners_only`: nobody else takes part in it.
    """

    stage: Stage | None
    skipped: FlowStep
    promised: bool = False
    partners_only: bool = False

    @property
    def stage_id(self) -> str | None:
        """The stage's id."""
        return self.stage.id if self.stage else None

    @property
    def method(self) -> str:
        """The stage's method, on which the state machine branches."""
        if self.promised:
            return HONOR_PING
        return self.stage.method if self.stage else PASSED


def next_stage(
    plan: Plan,
    after: str | None,
    facts: Mapping[str, Fact],
    now: datetime,
    promised_stage_id: str | None = None,
) -> NextStage:
    """The first stage behind `after` that is not paused and whose conditions are true.

    On the way to a promised stage those that might sell the lead to somebody else are passed by,
    and the promised one is entered whatever its conditions say by now.
    """
    skipped: list[FlowStep] = []
    for stage in plan.after(after):
        if stage.id == promised_stage_id:
            return NextStage(stage, joined(0, *skipped), promised=True)
        if promised_stage_id and stage.method in TERMINAL:
            continue
        reason = _reason_to_skip(stage, facts, now)
        if reason is None:
            return NextStage(stage, joined(0, *skipped))
        skipped.append(
            attempted(stage, AttemptStatus.SKIPPED, reason, started_at=now, ended_at=now)
        )
    return NextStage(None, joined(0, *skipped))


def beginning(
    plan: Plan, start: Start | None, facts: Mapping[str, Fact], now: datetime
) -> NextStage:
    """Where the run of a reprocess begins; None: with the first stage. The plan has the start.

    A run that is to post the lead directly begins behind the plan.
    """
    if start == NamedStart.DIRECT_POST:
        return NextStage(None, joined(0))
    first = stage_at(plan, start) if start else None
    if first is LISTING_AT_END:
        return NextStage(first, joined(0))
    upcoming = next_stage(plan, plan.before(first.id) if first else None, facts, now)
    is_entered = first is not None and upcoming.stage == first
    return replace(upcoming, partners_only=start == NamedStart.PING_POST and is_entered)


def _reason_to_skip(stage: Stage, facts: Mapping[str, Fact], now: datetime) -> AttemptReason | None:
    if stage.paused:
        return AttemptReason.STAGE_PAUSED
    if not matches(stage.conditions, facts, now.date(), when_empty=True):
        return AttemptReason.CONDITIONS_NOT_MET
    return None


def entering(
    tenant_id: TenantId, lead: Lead, flow: Flow, stamp: int, *, step: int, upcoming: NextStage
) -> Run:
    """The run of a flow that is to go on with a stage."""
    return Run(
        tenant_id=tenant_id,
        lead_id=lead.id,
        flow_id=flow.id,
        plan_version=flow.plan_version,
        stamp=stamp,
        step=step,
        stage_id=upcoming.stage_id,
        method=upcoming.method,
        partners_only=upcoming.partners_only,
    )


def advanced(run: Run, upcoming: NextStage) -> Run:
    """The run as it goes on with the next stage."""
    return replace(
        run,
        step=run.step + 1,
        stage_id=upcoming.stage_id,
        method=upcoming.method,
        partners_only=upcoming.partners_only,
    )
