"""End a run that broke off; the lead is kept and may be reprocessed (`product.md`, 15.5)."""

from dataclasses import dataclass

from leadflow.application.ports import Clock, ConfigurationReader, Leads
from leadflow.application.run_ports import Run, RunResult
from leadflow.application.runs import is_on, lead_of, result_of
from leadflow.domain.decisions import AttemptReason, AttemptStatus, Outcome
from leadflow.domain.flows import (
    EventName,
    FlowEnding,
    FlowStep,
    TimelineEvent,
    attempted,
    joined,
)
from leadflow.domain.leads import LeadStatus


@dataclass(frozen=True, kw_only=True)
class RecordDistributionError:
    """The action with its ports."""

    configuration: ConfigurationReader
    leads: Leads
    clock: Clock

    def __call__(self, run: Run, outcome: Outcome = Outcome.DISTRIBUTION_ERROR) -> RunResult:
        """Make the lead Distribution Error; a lead that has moved on stays as it is."""
        lead = lead_of(run, self.leads)
        if not is_on(run, lead):
            return result_of(lead)
        now = self.clock.now()
        broken = lead.moved(LeadStatus.DISTRIBUTION_ERROR, now)
        event = TimelineEvent(
            at=now,
            event=EventName.LEAD,
            description="The run broke off; the lead is kept.",
            reason=outcome,
        )
        settled = self.leads.settle(
            run.tenant_id,
            broken,
            ending=FlowEnding(updated_at=now, ended_at=now, outcome=outcome),
            step=joined(run.step, self._attempt(run), FlowStep(number=0, timeline=(event,))),
        )
        return result_of(broken if settled else lead_of(run, self.leads))

    def _attempt(self, run: Run) -> FlowStep:
        """The stage that was being run, if there was one."""
        plan = self.configuration.plan(run.tenant_id, run.plan_version)
        if plan is None or run.stage_id is None:
            return FlowStep(number=0)
        now = self.clock.now()
        return attempted(
            plan.stage(run.stage_id),
            AttemptStatus.ERROR,
            AttemptReason.UNEXPECTED_ERROR,
            started_at=now,
            ended_at=now,
        )
