"""What becomes of a lead that is let out of Audit or Withheld (`product.md`, 11.8 and 19.3)."""

from datetime import datetime

from leadflow.application.facts import facts_of_lead
from leadflow.application.lead_ports import NewFlow
from leadflow.application.reclassification import reclassified
from leadflow.application.reopening import ended_at_once, reopened, without_room
from leadflow.domain.configuration import Configuration
from leadflow.domain.decisions import Outcome
from leadflow.domain.flows import FlowKind
from leadflow.domain.formats import Formats
from leadflow.domain.identifiers import FlowId, TenantId
from leadflow.domain.leads import Lead, LeadStatus


def released(
    tenant_id: TenantId,
    lead: Lead,
    configuration: Configuration,
    *,
    formats: Formats,
    flow_id: FlowId,
    now: datetime,
    has_room: bool = True,
) -> NewFlow:
    """The flow of a lead that is classified again and passes no other gate but the threshold.

    A lead of no type becomes Uncategorized, and its flow ends at once; `has_room` is what gate 7
    has found of others. Raises `Conflict` for a lead that can have no further flow, and what
    `without_room` raises.
    """
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
    if not has_room:
        return without_room(typed, configuration, FlowKind.RELEASE, flow_id=flow_id, now=now)
    facts = facts_of_lead(typed, configuration, formats)
    return reopened(
        tenant_id, typed, configuration, FlowKind.RELEASE, facts=facts, flow_id=flow_id, now=now
    )
