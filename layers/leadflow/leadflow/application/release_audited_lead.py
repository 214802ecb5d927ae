"""Let a lead out of Audit: it is classified and distributed (`product.md`, 11.8)."""

from dataclasses import dataclass

from leadflow.application.caller_scope import CallerScope
from leadflow.application.contention import Overtaken
from leadflow.application.facts import facts_of_lead
from leadflow.application.flow_ids import FlowIds
from leadflow.application.lead_desk import LeadDesk
from leadflow.application.lead_ports import NewFlow
from leadflow.application.reclassification import reclassified
from leadflow.application.reopening import Reopening, ended_at_once, reopened
from leadflow.application.run_ports import Distribution
from leadflow.domain.decisions import Outcome
from leadflow.domain.errors import Conflict, TransientFault
from leadflow.domain.flows import FlowKind
from leadflow.domain.identifiers import FlowId, TenantId
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.transitions import check_status


@dataclass(frozen=True, kw_only=True)
class ReleaseAuditedLead:
    """The action with its ports."""

    desk: LeadDesk
    flow_ids: FlowIds
    distribution: Distribution

    def __call__(self, scope: CallerScope, lead_id: str, repeat: str | None = None) -> FlowId:
        """Open a flow and start its run; the flow's id.

        A lead of no type becomes Uncategorized, and its flow has ended at once (`no_lead_type`).
        A repeat whose first answer was lost is told of the flow that it opened. Raises `NotFound`,
        `Conflict` (`invalid_status` outside Audit, `test_lead`) and `TransientFault`.
        """
        opened = self.desk.tried(
            scope.tenant_id, lead_id, lambda lead: self._opened(scope.tenant_id, lead, repeat)
        )
        if not isinstance(opened, NewFlow):
            return opened
        self._start(opened)
        return opened.flow.id

    def _opened(self, tenant_id: TenantId, lead: Lead, repeat: str | None) -> NewFlow | FlowId:
        identity = self.flow_ids.of(tenant_id, lead, repeat, self.desk.clock.now())
        if identity.is_known:
            return identity.flow_id
        check_status(lead.status, {LeadStatus.AUDIT}, is_test=lead.is_test)
        if lead.is_test:
            raise Conflict("A test lead is never released.", code="test_lead")
        opened = self._released(tenant_id, lead, identity.flow_id)
        if not self.desk.leads.reopen(tenant_id, opened):
            raise Overtaken("The lead kept changing.")
        return opened

    def _released(self, tenant_id: TenantId, lead: Lead, flow_id: FlowId) -> NewFlow:
        """The lead past gates 5 and 7; there are no subscription plans yet (gate 7, 19)."""
        now, formats = self.desk.clock.now(), self.desk.formats
        configuration = self.desk.configuration.current(tenant_id)
        typed = reclassified(lead, configuration, formats, now)
        if typed.lead_type_id is None:
            return ended_at_once(
                typed,
                configuration,
                FlowKind.RELEASE,
                status=LeadStatus.UNCATEGORIZED,
                outcome=Outcome.NO_LEAD_TYPE,
                flow_id=flow_id,
                now=now,
            )
        facts = facts_of_lead(typed, configuration, formats)
        return reopened(
            tenant_id,
            typed,
            configuration,
            FlowKind.RELEASE,
            facts=facts,
            flow_id=flow_id,
            now=now,
        )

    def _start(self, opened: NewFlow) -> None:
        if not isinstance(opened, Reopening):
            return
        try:
            self.distribution.resume(opened.run)
        except TransientFault:
            # The lead is stored as processing; what was left so is finished later.
            return
