"""Let a lead out of Audit: it is classified and distributed (`product.md`, 11.8)."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from leadflow.application.caller_scope import CallerScope
from leadflow.application.flow_opening import FlowOpening
from leadflow.application.lead_desk import LeadDesk
from leadflow.application.lead_ports import NewFlow
from leadflow.application.releasing import released
from leadflow.domain.errors import Conflict
from leadflow.domain.identifiers import FlowId, TenantId
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.transitions import check_status


@dataclass(frozen=True, kw_only=True)
class ReleaseAuditedLead:
    """The action with its ports."""

    desk: LeadDesk
    opening: FlowOpening

    def __call__(self, scope: CallerScope, lead_id: str, repeat: str | None = None) -> FlowId:
        """Open a flow and start its run; the flow's id.

        A lead of no type becomes Uncategorized, one of an internal source at the threshold
        Withheld, and its flow has ended at once (`no_lead_type`, `subscription_threshold`). A
        repeat whose first answer was lost is told of the flow that it opened. Raises `NotFound`,
        `Conflict` (`invalid_status` outside Audit, `test_lead`), `Unprocessable`
        (`subscription_threshold`) and `TransientFault`.
        """
        make = partial(self._released, scope.tenant_id)
        return self.opening(scope.tenant_id, lead_id, repeat, make).flow_id

    def _released(
        self, tenant_id: TenantId, lead: Lead, flow_id: FlowId, now: datetime, *, has_room: bool
    ) -> NewFlow:
        """The lead past gates 5 and 7."""
        check_status(lead.status, {LeadStatus.AUDIT}, is_test=lead.is_test)
        if lead.is_test:
            raise Conflict("A test lead is never released.", code="test_lead")
        return released(
            tenant_id,
            lead,
            self.desk.configuration.current(tenant_id),
            formats=self.desk.formats,
            flow_id=flow_id,
            now=now,
            has_room=has_room,
        )
