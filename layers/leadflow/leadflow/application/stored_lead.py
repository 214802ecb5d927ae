"""The lead that a request names."""

from leadflow.application.list_ports import LeadReader
from leadflow.domain.errors import NotFound
from leadflow.domain.identifiers import LeadId, TenantId, is_identifier
from leadflow.domain.leads import Lead


def stored_lead(leads: LeadReader, tenant_id: TenantId, lead_id: str) -> Lead:
    """A lead by the id that a caller wrote, whatever that is. Raises `NotFound`."""
    known = is_identifier("lead", lead_id)
    lead = leads.get(tenant_id, LeadId(lead_id)) if known else None
    if lead is None:
        raise NotFound
    return lead
