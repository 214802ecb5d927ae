"""What a partner sees of leads that its sources sent, and what is owed for them.

`product.md`, 11.4, 16.1 and 16.3. Whose a lead is follows from the partner that its source has now,
so assigning a source shows its older leads, too.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from leadflow.domain.configuration import Configuration
from leadflow.domain.identifiers import PartnerId, SourceId
from leadflow.domain.leads import FieldValues, Lead, LeadStatus
from leadflow.domain.partners import Partner
from leadflow.domain.sources import Result, Source


@dataclass(frozen=True)
class SuppliedLead:
    """A lead as its source's partner sees it: never the buyer, nor what it was charged."""

    lead: Lead
    status: LeadStatus
    contact: FieldValues
    details: FieldValues


def sources_of(partner_id: str | None, configuration: Configuration) -> tuple[Source, ...]:
    """The sources of a live partner, archived ones too, for they have sent leads."""
    if partner_id is None or PartnerId(partner_id) not in configuration.live_partners:
        return ()
    return tuple(one for one in configuration.sources.values() if one.partner_id == partner_id)


def supplied(
    lead: Lead, partner_id: str | None, configuration: Configuration
) -> SuppliedLead | None:
    """The lead as the partner sees it; None unless its source is the partner's and was told
    `success` (7.5). Test leads are nobody's."""
    source = configuration.sources[lead.source_id]
    partner = configuration.live_partners.get(PartnerId(partner_id or ""))
    if partner is None or lead.is_test or source.partner_id != partner.id:
        return None
    status = _shown_status(lead, partner)
    if source.result(status) is not Result.SUCCESS:
        return None
    fields = configuration.fields_of(source)
    titles = {field.title for field in fields if not field.hidden_from_api_spec}
    return SuppliedLead(lead, status, _cut(lead.contact, titles), _cut(lead.details, titles))


@dataclass(frozen=True)
class SourcePayout:
    """Sold leads of a source, and what it is owed for them, in cents."""

    source_id: SourceId
    leads: int = 0
    payout_cents: int = 0

    def with_leads(self, leads: Iterable[Lead], partner: Partner) -> "SourcePayout":
        """The same with those of the leads that count: sold ones, returned ones if so set."""
        counted = [lead.payout_cents for lead in leads if _counts(lead, partner)]
        return SourcePayout(
            self.source_id, self.leads + len(counted), self.payout_cents + sum(counted)
        )


def _shown_status(lead: Lead, partner: Partner) -> LeadStatus:
    is_hidden = lead.status is LeadStatus.RETURNED and not partner.show_returned_status
    return LeadStatus.ASSIGNED if is_hidden else lead.status


def _counts(lead: Lead, partner: Partner) -> bool:
    is_left_out = lead.status is LeadStatus.RETURNED and partner.exclude_returned_from_payout
    return lead.sold and not lead.is_test and not is_left_out


def _cut(values: FieldValues, titles: Iterable[str]) -> FieldValues:
    return {title: value for title, value in values.items() if title in titles}
