"""End a run that broke off; the lead is kept and may be reprocessed (`product.md`, 15.5)."""

from dataclasses import dataclass
from datetime import datetime

from leadflow.application.ports import Clock, ConfigurationReader, Leads
from leadflow.application.run_ports import Run, RunResult
from leadflow.application.runs import ended_unsold, is_on, lead_of, result_of
from leadflow.domain.decisions import AttemptReason, AttemptStatus, Outcome
from leadflow.domain.flows import FlowStep, attempted
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
        return ended_unsold(
            run,
            lead,
            self.leads,
            status=LeadStatus.DISTRIBUTION_ERROR,
            outcome=outcome,
            description="The run broke off; the lead is kept.",
            now=now,
            attempted=self._attempt(run, now),
        )

    def _attempt(self, run: Run, now: datetime) -> FlowStep | None:
        """The stage that was being run, if there was one."""
        plan = self.configuration.plan(run.tenant_id, run.plan_version)
        if plan is None or run.stage_id is None:
            return None
        return attempted(
            plan.stage(run.stage_id),
            AttemptStatus.ERROR,
            AttemptReason.UNEXPECTED_ERROR,
            started_at=now,
            ended_at=now,
        )
