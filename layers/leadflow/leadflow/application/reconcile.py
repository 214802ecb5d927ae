"""Finish what a crash left processing, without a person (`product.md`, 15.10; contract C5)."""

from collections.abc import Iterator
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
from leadflow.domain.flows import Flow, FlowStep
from leadflow.domain.formats import Formats
from leadflow.domain.identifiers import LeadId, TenantId
from leadflow.domain.leads import Lead, LeadStatus

STUCK_AFTER = timedelta(minutes=5)
"""How long a lead may stay processing before it is picked up."""

GIVEN_UP_AFTER = timedelta(minutes=10)
"""When a lead that still is not finished becomes Distribution Error."""

SETTLED_WITHIN = timedelta(minutes=15)
"""Until when that has to be done. A lead that is older cannot be: it waits for a person."""

STRAYS_MAX = 500
"""Leads of one tenant that one call handles, the oldest first; the next call goes on."""

LOOKS_MAX = 2_000
"""Leads of one tenant among which one call chooses them."""


class Handling(StrEnum):
    """What was done about a stray lead.

    `settled`: its partner's rule, or somebody else, has ended its run. `waiting`: a post to a
    partner may still be open. `left`: nothing could be done.
    """

    RESUMED = "resumed"
    GIVEN_UP = "given_up"
    SETTLED = "settled"
    WAITING = "waiting"
    LEFT = "left"


@dataclass(frozen=True)
class Handled:
    """One stray lead, and what was done about it; `fault` is the kind of what was in the way."""

    lead_id: LeadId
    handling: Handling
    fault: str | None = None


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

    def __call__(self, tenant_id: TenantId, *, idle: timedelta = STUCK_AFTER) -> Iterator[Handled]:
        """Resume the leads that have been processing for `idle`; give up those that do for long.

        One after the other, so whoever has no more time stops. Repeating it changes nothing: a run
        that is resumed twice settles its lead once.
        """
        now = self.clock.now()
        stray = self.leads.stray(tenant_id, before=now - idle, limit=LOOKS_MAX)
        overdue = now - SETTLED_WITHIN
        # Those that were left time after time come behind those that can still be in time.
        in_order = sorted(stray, key=lambda one: (one.run_started_at < overdue, one.run_started_at))
        for lead in in_order[:STRAYS_MAX]:
            try:
                handling, fault = self._handled(tenant_id, lead), None
            except Exception as error:
                # Whatever is wrong with one lead, it is no matter for the others.
                handling, fault = Handling.LEFT, type(error).__name__
            yield Handled(lead.id, handling, fault)

    def _handled(self, tenant_id: TenantId, lead: Lead) -> Handling:
        flow = self.flows.get(tenant_id, lead.flow_ids[-1])
        if flow is None:
            return Handling.LEFT
        run = self._run(tenant_id, lead, flow)
        # The flow is older than the run over its lead where a ping opened it, or an auction ended.
        began = max(flow.started_at, lead.run_started_at)
        if self.clock.now() - began < GIVEN_UP_AFTER:
            self.distribution.resume(run)
            return Handling.RESUMED
        ended = self.record_distribution_error(run, Outcome.STUCK).status
        return _GIVEN_UP_AS.get(ended, Handling.SETTLED)

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


_GIVEN_UP_AS = {
    LeadStatus.PROCESSING: Handling.WAITING,
    LeadStatus.DISTRIBUTION_ERROR: Handling.GIVEN_UP,
}
