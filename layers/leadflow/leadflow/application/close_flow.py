"""End a run that passed the whole plan: nobody took the lead (`product.md`, 15.1 and 24.3).

Behind an auction without a buyer, and for a reprocess that asks for it, the lead is offered to the
tenant's direct post first (13.5).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from leadflow.application.direct_post import DirectPost
from leadflow.application.ports import Clock, Flows, Leads
from leadflow.application.run_ports import Run, RunResult
from leadflow.application.runs import ended_unsold, is_elsewhere, is_on, lead_of, result_of
from leadflow.domain.assignments import AssignedVia, Assignment
from leadflow.domain.decisions import AttemptReason, Outcome, unsold_outcome
from leadflow.domain.flows import (
    Attempt,
    Channel,
    EventName,
    FlowEnding,
    FlowStep,
    TimelineEvent,
)
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.starts import NamedStart


@dataclass(frozen=True, kw_only=True)
class CloseFlow:
    """The action with its ports."""

    leads: Leads
    flows: Flows
    clock: Clock
    direct_post: DirectPost

    def __call__(self, run: Run) -> RunResult:
        """Post the lead directly, or make it Unassigned; one that has moved on stays as it is."""
        lead = lead_of(run, self.leads)
        if not is_on(run, lead) or is_elsewhere(run, lead):
            return result_of(lead)
        steps = self.flows.steps(run.tenant_id, run.flow_id)
        attempts = [one for step in steps for one in step.attempts if one.phase == "post"]
        if not self._is_posted_directly(run, attempts):
            reasons = frozenset(one.reason for one in attempts if one.reason)
            return self._unassigned(run, lead, unsold_outcome(reasons))
        if self.direct_post(run.tenant_id, lead, run.flow_id):
            return self._posted(run, lead)
        return self._unassigned(run, lead, Outcome.DIRECT_POST_FAILED)

    def _is_posted_directly(self, run: Run, attempts: Sequence[Attempt]) -> bool:
        """An auction that is followed by anything at all has been unsold."""
        is_unsold = any(one.reason is AttemptReason.AUCTION_UNSOLD for one in attempts)
        is_asked_for = not attempts and self._starts_there(run)
        return (is_unsold or is_asked_for) and self.direct_post.is_enabled(run.tenant_id)

    def _starts_there(self, run: Run) -> bool:
        flow = self.flows.get(run.tenant_id, run.flow_id)
        return flow is not None and flow.start == NamedStart.DIRECT_POST

    def _unassigned(self, run: Run, lead: Lead, outcome: Outcome) -> RunResult:
        told = {Outcome.DIRECT_POST_FAILED: "The direct post did not take the lead."}
        return ended_unsold(
            run,
            lead,
            self.leads,
            status=LeadStatus.UNASSIGNED,
            outcome=outcome,
            description=told.get(outcome, "Every stage was passed; nobody took the lead."),
            now=self.clock.now(),
        )

    def _posted(self, run: Run, lead: Lead) -> RunResult:
        now = self.clock.now()
        assignment = Assignment(assigned_via=AssignedVia.PARTNER, charged_cents=0, assigned_at=now)
        after = lead.moved(LeadStatus.POSTED, now, assignment=assignment)
        told = TimelineEvent(
            at=now, event=EventName.LEAD, description="The direct post took the lead."
        )
        ending = FlowEnding(
            updated_at=now,
            ended_at=now,
            sold_for_cents=0,
            channel=Channel.PING_POST,
            honored=after.honored,
        )
        step = FlowStep(number=run.step, timeline=(told,))
        settled = self.leads.settle(run.tenant_id, after, ending=ending, step=step)
        return result_of(after if settled else lead_of(run, self.leads))
