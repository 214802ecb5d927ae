"""Who may see which leads, and how much of them (`product.md`, 11.4; `api.md`, 4)."""

from dataclasses import dataclass

from leadflow.domain.assignments import Assignment
from leadflow.domain.configuration import Configuration
from leadflow.domain.errors import Forbidden
from leadflow.domain.fields import effective_fields
from leadflow.domain.identifiers import CustomerId
from leadflow.domain.leads import FieldValues, Lead, SearchKeys
from leadflow.domain.permissions import require
from leadflow.domain.principals import TENANT_ROLES, Principal, UserPrincipal
from leadflow.domain.supplied_leads import SuppliedLead

VIEW_LEADS = "leads.view"


@dataclass(frozen=True)
class DeliveredLead:
    """What a customer sees of a lead that it bought: deliverable fields, never the source."""

    lead: Lead
    assignment: Assignment
    lead_type: str | None
    contact: FieldValues
    details: FieldValues


LeadView = Lead | DeliveredLead
ShownLead = LeadView | SuppliedLead
"""A lead as anybody may see it."""


def reader_of_leads(principal: Principal) -> UserPrincipal:
    """The user who wants to see leads. Raises `Forbidden` for sources and lesser tenant roles."""
    if not isinstance(principal, UserPrincipal):
        raise Forbidden(VIEW_LEADS)
    if principal.role in TENANT_ROLES:
        require(principal.role, VIEW_LEADS)
    return principal


def delivered(
    lead: Lead, customer_id: CustomerId | None, configuration: Configuration
) -> DeliveredLead | None:
    """The lead as the customer that has it sees it; None for any other customer."""
    assignment = lead.assignment
    if customer_id is None or assignment is None or assignment.customer_id != customer_id:
        return None
    titles = _deliverable(lead, configuration)
    return DeliveredLead(
        lead=lead,
        assignment=assignment,
        lead_type=lead_type_name(lead, configuration),
        contact=_cut(lead.contact, titles),
        details=_cut(lead.details, titles),
    )


def lead_type_name(lead: Lead, configuration: Configuration) -> str | None:
    """How its lead type is called now; None without one."""
    lead_type = configuration.lead_types.get(lead.lead_type_id) if lead.lead_type_id else None
    return lead_type.name if lead_type else None


def deliverable_values(lead: Lead, configuration: Configuration) -> FieldValues:
    """Of a lead's values those that its buyer gets."""
    return _cut(lead.values, _deliverable(lead, configuration))


def delivered_search_keys(lead: Lead, configuration: Configuration) -> SearchKeys:
    """What the customer may find the lead by: nothing that it does not see."""
    titles = _deliverable(lead, configuration)
    names = (
        str(lead.values.get(part, "")) for part in ("first_name", "last_name") if part in titles
    )
    return SearchKeys(
        email=lead.search.email if "email" in titles else None,
        phone=lead.search.phone if "phone" in titles else None,
        name=" ".join(" ".join(names).split()).casefold() or None,
    )


def _deliverable(lead: Lead, configuration: Configuration) -> frozenset[str]:
    category = configuration.categories[lead.lead_category_id]
    fields = effective_fields(category.fields, configuration.sources[lead.source_id].fields)
    return frozenset(field.title for field in fields if field.deliverable)


def _cut(values: FieldValues, titles: frozenset[str]) -> FieldValues:
    return {title: value for title, value in values.items() if title in titles}
