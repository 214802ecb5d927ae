"""Finish what a crash left processing, without a person (`product.md`, 15.10; contract C5)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from leadflow.application.facts import facts_of_lead
from leadflow.application.ports import Clock, ConfigurationReader, Flows, Leads
from leadflow.application.record_distribution_error import RecordDistributionError
from leadflow.application.resumption import resumption
from leadflow.application.run_ports import Distribution, Run
from leadflow.application.stages import NextStage, entering
from leadflow.domain.decisions import Outcome
from leadflow.domain.errors import TransientFault
from leadflow.domain.flows import Flow, FlowStep
from leadflow.domain.formats import Formats
from leadflow.domain.identifiers import LeadId, TenantId
from leadflow.domain.leads import Lead

STUCK_AFTER = timedelta(minutes=5)
"""How long a lead may stay processing before it is picked up."""

GIVEN_UP_AFTER = timedelta(minutes=10)
"""When a lead that still is not finished becomes Distribution Error.

The first call behind it has to come within 15 minutes, so the schedule runs every 5 or oftener.
"""

STRAYS_MAX = 500
"""Leads of one tenant that one call finishes; the next call goes on."""


class Handling(StrEnum):
    """What was done about a stray lead."""

    RESUMED = "resumed"
    GIVEN_UP = "given_up"
    LEFT = "left"


@dataclass(frozen=True)
class Handled:
    """One stray lead, and what was done about it."""

    lead_id: LeadId
    handling: Handling


@dataclass(frozen=True, kw_only=True)
class Reconcile:
    """The action with its ports."""

    configuration: ConfigurationReader
    leads: Leads
    flows: Flows
    distribution: Distribution
    formats: Formats
    clock: Clock
    record_distribution_error: RecordDistributionError

    def __call__(self, tenant_id: TenantId, *, idle: timedelta = STUCK_AFTER) -> Sequence[Handled]:
        """Resume the leads that have been processing for `idle`; give up those that do for long.

        Repeating it changes nothing: a run that is resumed twice settles its lead once.
        """
        stray = self.leads.stray(tenant_id, before=self.clock.now() - idle, limit=STRAYS_MAX)
        return [Handled(lead.id, self._handled(tenant_id, lead)) for lead in stray]

    def _handled(self, tenant_id: TenantId, lead: Lead) -> Handling:
        flow = self.flows.get(tenant_id, lead.flow_ids[-1])
        if flow is None:
            return Handling.LEFT
        run = self._run(tenant_id, lead, flow)
        # The flow is older than the run over its lead where a ping opened it, or an auction ended.
        began = max(flow.started_at, lead.run_started_at)
        if self.clock.now() - began >= GIVEN_UP_AFTER:
            self.record_distribution_error(run, Outcome.STUCK)
            return Handling.GIVEN_UP
        try:
            self.distribution.resume(run)
        except TransientFault:
            return Handling.LEFT
        return Handling.RESUMED

    def _run(self, tenant_id: TenantId, lead: Lead, flow: Flow) -> Run:
        """The run as it would go on behind the last step that is recorded."""
        configuration = self.configuration.current(tenant_id)
        plan = self.configuration.plan(tenant_id, flow.plan_version)
        if plan is None:
            nowhere = NextStage(None, FlowStep(number=0))
            return entering(tenant_id, lead, flow, configuration.stamp, step=1, upcoming=nowhere)
        steps = self.flows.steps(tenant_id, flow.id)
        number = max((step.number for step in steps), default=0) + 1
        facts = facts_of_lead(lead, configuration, self.formats)
        attempts = [one for step in steps for one in step.attempts if one.phase == "post"]
        promised_stage_id, upcoming = resumption(
            lead, plan, attempts, facts, self.clock.now(), start=flow.start
        )
        run = entering(tenant_id, lead, flow, configuration.stamp, step=number, upcoming=upcoming)
        return replace(run, promised_stage_id=promised_stage_id)
