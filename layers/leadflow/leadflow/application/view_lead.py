"""Show one lead to somebody who may see it (`product.md`, 11.4)."""

from dataclasses import dataclass

from leadflow.application.lead_views import LeadView, delivered, reader_of_leads
from leadflow.application.list_ports import LeadReader
from leadflow.application.ports import ConfigurationReader
from leadflow.application.stored_lead import stored_lead
from leadflow.domain.errors import NotFound
from leadflow.domain.principals import TENANT_ROLES, Principal


@dataclass(frozen=True, kw_only=True)
class ViewLead:
    """The action with its ports."""

    configuration: ConfigurationReader
    leads: LeadReader

    def __call__(self, principal: Principal, lead_id: str) -> LeadView:
        """The lead, for customers cut to what is delivered.

        Raises `NotFound` for a lead that is not the caller's to see, and `Forbidden`.
        """
        user = reader_of_leads(principal)
        lead = stored_lead(self.leads, user.tenant_id, lead_id)
        if user.role in TENANT_ROLES:
            return lead
        seen = delivered(lead, user.customer_id, self.configuration.current(user.tenant_id))
        if seen is None:
            raise NotFound
        return seen
