"""End a run that passed the whole plan: nobody took the lead (`product.md`, 15.1 and 24.3)."""

from dataclasses import dataclass

from leadflow.application.ports import Clock, Flows, Leads
from leadflow.application.run_ports import Run, RunResult
from leadflow.application.runs import ended_unsold, is_elsewhere, is_on, lead_of, result_of
from leadflow.domain.decisions import unsold_outcome
from leadflow.domain.leads import LeadStatus


@dataclass(frozen=True, kw_only=True)
class CloseFlow:
    """The action with its ports."""

    leads: Leads
    flows: Flows
    clock: Clock

    def __call__(self, run: Run) -> RunResult:
        """Make the lead Unassigned; one that has moved on, or is being posted, stays as it is."""
        lead = lead_of(run, self.leads)
        if not is_on(run, lead) or is_elsewhere(run, lead):
            return result_of(lead)
        steps = self.flows.steps(run.tenant_id, run.flow_id)
        attempts = [attempt for step in steps for attempt in step.attempts]
        reasons = {one.reason for one in attempts if one.reason and one.phase == "post"}
        return ended_unsold(
            run,
            lead,
            self.leads,
            status=LeadStatus.UNASSIGNED,
            outcome=unsold_outcome(frozenset(reasons)),
            description="Every stage was passed; nobody took the lead.",
            now=self.clock.now(),
        )
