"""What every task of a run does with the lead that it works on."""

from datetime import datetime

from leadflow.application.ports import Leads
from leadflow.application.run_ports import Run, RunResult
from leadflow.domain.decisions import Outcome
from leadflow.domain.errors import CorruptState
from leadflow.domain.flows import EventName, FlowEnding, FlowStep, TimelineEvent, joined
from leadflow.domain.leads import Lead, LeadStatus


def lead_of(run: Run, leads: Leads) -> Lead:
    """The lead of a run. Raises `CorruptState` when there is none."""
    lead = leads.get(run.tenant_id, run.lead_id)
    if lead is None:
        raise CorruptState("The lead of the run does not exist.")
    return lead


def is_on(run: Run, lead: Lead) -> bool:
    """Whether the lead is still what this run is working on."""
    return lead.status is LeadStatus.PROCESSING and lead.flow_ids[-1] == run.flow_id


def is_elsewhere(run: Run, lead: Lead) -> bool:
    """Whether another execution of the run has come further and posts the lead to partners."""
    return lead.reservation is not None and lead.reservation.step != run.step


def result_of(lead: Lead) -> RunResult:
    """What became of a lead."""
    return RunResult(lead.status, lead.payout_cents)


def ended_unsold(
    run: Run,
    lead: Lead,
    leads: Leads,
    *,
    status: LeadStatus,
    outcome: Outcome,
    description: str,
    now: datetime,
    attempted: FlowStep | None = None,
) -> RunResult:
    """Settle the lead and end its flow; if another task has done so, what that came to.

    `attempted` is what the last step tells besides the end.
    """
    after = lead.moved(status, now)
    event = TimelineEvent(at=now, event=EventName.LEAD, description=description, reason=outcome)
    told = (attempted or FlowStep(number=0), FlowStep(number=0, timeline=(event,)))
    settled = leads.settle(
        run.tenant_id,
        after,
        ending=FlowEnding(updated_at=now, ended_at=now, outcome=outcome, honored=after.honored),
        step=joined(run.step, *told),
    )
    return result_of(after if settled else lead_of(run, leads))
