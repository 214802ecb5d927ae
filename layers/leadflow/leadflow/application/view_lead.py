"""Show one lead to somebody who may see it (`product.md`, 11.4)."""

from dataclasses import dataclass

from leadflow.application.lead_views import ShownLead, delivered, reader_of_leads
from leadflow.application.list_ports import LeadReader
from leadflow.application.ports import ConfigurationReader
from leadflow.application.stored_lead import stored_lead
from leadflow.domain.errors import NotFound
from leadflow.domain.principals import PARTNER_ROLES, TENANT_ROLES, Principal
from leadflow.domain.supplied_leads import supplied


@dataclass(frozen=True, kw_only=True)
class ViewLead:
    """The action with its ports."""

    configuration: ConfigurationReader
    leads: LeadReader

    def __call__(self, principal: Principal, lead_id: str) -> ShownLead:
        """The lead, for customers cut to what is delivered, for partners to what is specified.

        Raises `NotFound` for a lead that is not the caller's to see, and `Forbidden`.
        """
        user = reader_of_leads(principal)
        lead = stored_lead(self.leads, user.tenant_id, lead_id)
        if user.role in TENANT_ROLES:
            return lead
        configuration = self.configuration.current(user.tenant_id)
        seen: ShownLead | None
        if user.role in PARTNER_ROLES:
            seen = supplied(lead, user.partner_id, configuration)
        else:
            seen = delivered(lead, user.customer_id, configuration)
        if seen is None:
            raise NotFound
        return seen
