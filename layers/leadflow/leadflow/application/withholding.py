"""What follows when a lead has become Withheld: its token joins the tenant's queue (19.3)."""

from contextlib import suppress

from leadflow.application.withheld_ports import Token, WithheldQueue
from leadflow.domain.errors import TransientFault
from leadflow.domain.identifiers import TenantId
from leadflow.domain.leads import Lead, LeadStatus


def queue_if_withheld(queue: WithheldQueue, tenant_id: TenantId, lead: Lead) -> None:
    """Send the token of a lead that is stored as Withheld; nothing for any other lead.

    The key names lead and version: a repeat sends the same token. One that cannot be sent is
    made up for by `watch_subscriptions`.
    """
    if lead.status is LeadStatus.WITHHELD:
        with suppress(TransientFault):
            queue.put(Token(tenant_id, f"{lead.id}-{lead.version}"))
