"""The list of leads for partners' users (`product.md`, 11.4; `api.md`, 2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leadflow.application.lead_search import SearchKind, SearchTerm, search_term
from leadflow.application.list_pages import Listing, period_of
from leadflow.application.list_ports import LeadLists, LeadTrait, LeadWalk, Period, Spot
from leadflow.application.ports import Clock, ConfigurationReader, Page, Window
from leadflow.domain.configuration import Configuration
from leadflow.domain.errors import ValidationFailed
from leadflow.domain.formats import Formats
from leadflow.domain.identifiers import TenantId
from leadflow.domain.leads import Lead, SearchKeys
from leadflow.domain.principals import UserPrincipal
from leadflow.domain.supplied_leads import SuppliedLead, sources_of, supplied

if TYPE_CHECKING:
    from leadflow.application.list_leads import LeadFilters

MERGED_SOURCES_MAX = 20
"""Sources whose lists are merged; of more, the list of all leads is looked through."""

_NOT_FOR_PARTNERS = ("customer_id", "lead_category_id", "lead_type_id")
_TRAITS = {SearchKind.EMAIL: LeadTrait.EMAIL, SearchKind.PHONE: LeadTrait.PHONE}


def check_filters_of_partner(filters: "LeadFilters") -> None:
    """Raise `ValidationFailed` for filters by what partners do not see of a lead."""
    hidden = [name for name in _NOT_FOR_PARTNERS if getattr(filters, name) is not None]
    if filters.test_mode:
        hidden.append("test_mode")
    if hidden:
        message = "This filter is not available to partners."
        raise ValidationFailed({name: [message] for name in hidden})


@dataclass(frozen=True, kw_only=True)
class ListSuppliedLeads:
    """The action with its ports."""

    configuration: ConfigurationReader
    lists: LeadLists
    formats: Formats
    clock: Clock

    def __call__(
        self, user: UserPrincipal, filters: "LeadFilters", window: Window
    ) -> Page[SuppliedLead]:
        """The part of the list that the window asks for, newest first.

        Raises `ValidationFailed` for a filter by something that partners do not see.
        """
        check_filters_of_partner(filters)
        configuration = self.configuration.current(user.tenant_id)
        sources = [one.id for one in sources_of(user.partner_id, configuration)]
        if filters.source_id:
            sources = [one for one in sources if one == filters.source_id]
        if not sources:
            return Page((), None)
        found = self._listing(user, configuration, filters, sources).page(window)
        seen = (supplied(lead, user.partner_id, configuration) for lead in found.items)
        return Page([one for one in seen if one is not None], found.position)

    def _listing(
        self,
        user: UserPrincipal,
        configuration: Configuration,
        filters: "LeadFilters",
        sources: Sequence[str],
    ) -> Listing[Lead]:
        term = search_term(filters.q, self.formats) if filters.q else None
        now = self.clock.now()
        period = period_of(configuration, now, filters.received_from, filters.received_to)
        walks = _walks(term, period, sources)

        def spots(*, limit: int, position: str | None) -> Sequence[Spot]:
            if term is not None and term.kind is SearchKind.ID:
                return [] if position else [Spot(term.value, term.value)]
            return self._merged(user.tenant_id, walks, limit, position)

        def keep(lead: Lead) -> bool:
            seen = supplied(lead, user.partner_id, configuration)
            return (
                seen is not None
                and lead.source_id in sources
                and filters.status in {None, seen.status}
                and period.oldest <= lead.received_at <= period.newest
                and (term is None or term.finds(lead.id, _search_keys(seen)))
            )

        return Listing(
            spots=spots,
            fetch=lambda lead_ids: self.lists.many(user.tenant_id, lead_ids),
            keep=keep,
            characters=_characters,
            is_narrow=True,
        )

    def _merged(
        self, tenant_id: TenantId, walks: Sequence[LeadWalk], limit: int, position: str | None
    ) -> Sequence[Spot]:
        """The next places of several walks. All are by the time received, whatever they share."""
        found = [
            spot
            for walk in walks
            for spot in self.lists.spots(tenant_id, walk, limit=limit, position=position)
        ]
        return sorted(found, key=lambda spot: spot.position, reverse=True)[:limit]


def _walks(term: SearchTerm | None, period: Period, sources: Sequence[str]) -> Sequence[LeadWalk]:
    trait = _TRAITS.get(term.kind) if term else None
    if term and trait:
        return [LeadWalk(trait, term.value, is_test=False, period=period)]
    if len(sources) > MERGED_SOURCES_MAX:
        return [LeadWalk(LeadTrait.NONE, "", is_test=False, period=period)]
    return [LeadWalk(LeadTrait.SOURCE, one, is_test=False, period=period) for one in sources]


def _search_keys(seen: SuppliedLead) -> SearchKeys:
    """What the partner may find the lead by: nothing that it does not see."""
    names = (str(seen.contact.get(part, "")) for part in ("first_name", "last_name"))
    return SearchKeys(
        email=seen.lead.search.email if "email" in seen.contact else None,
        phone=seen.lead.search.phone if "phone" in seen.contact else None,
        name=" ".join(" ".join(names).split()).casefold() or None,
    )


def _characters(lead: Lead) -> int:
    return sum(len(title) + len(str(value)) for title, value in lead.values.items())
