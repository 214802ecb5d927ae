"""List leads, filtered and searched (`product.md`, 11.10; `api.md`, 4)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from pydantic import StringConstraints

from leadflow.application.lead_search import SearchKind, SearchTerm, search_term
from leadflow.application.lead_views import (
    DeliveredLead,
    LeadView,
    ShownLead,
    delivered,
    delivered_search_keys,
    reader_of_leads,
)
from leadflow.application.list_filters import Flag, Since, Until, identifier, not_before
from leadflow.application.list_pages import Listing, period_of
from leadflow.application.list_ports import LeadLists, LeadTrait, LeadWalk, Period, Spot
from leadflow.application.list_supplied_leads import ListSuppliedLeads
from leadflow.application.ports import Clock, ConfigurationReader, Page, Window
from leadflow.application.requests import Path, path_text
from leadflow.domain.configuration import Configuration
from leadflow.domain.errors import ValidationFailed
from leadflow.domain.formats import Formats
from leadflow.domain.identifiers import CustomerId, TenantId
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.model import Frozen
from leadflow.domain.principals import PARTNER_ROLES, TENANT_ROLES, Principal, UserPrincipal

SEARCH_CHARACTERS_MAX = 254
"""The longest e-mail address."""

NAME_WALK_CHARACTERS_MAX = 100
"""How much of a name picks the leads to look at; keys of an index are short."""

_NOT_FOR_CUSTOMERS = ("source_id", "customer_id", "lead_category_id")


class LeadFilters(Frozen):
    """Which leads are meant; what is left out does not restrict. Test data only on request."""

    status: LeadStatus | None = None
    source_id: Annotated[str, identifier("source")] | None = None
    customer_id: Annotated[str, identifier("cus")] | None = None
    lead_category_id: Annotated[str, identifier("category")] | None = None
    lead_type_id: Annotated[str, identifier("type")] | None = None
    test_mode: Flag = False
    received_from: Since | None = None
    received_to: Annotated[Until, not_before("received_from")] | None = None
    q: (
        Annotated[
            str,
            StringConstraints(
                strip_whitespace=True, min_length=1, max_length=SEARCH_CHARACTERS_MAX
            ),
        ]
        | None
    ) = None

    def fit(self, lead: Lead) -> bool:
        """Whether the lead is meant, its time and the search text apart."""
        customer_id = lead.assignment.customer_id if lead.assignment else None
        wanted = (
            (self.status, lead.status),
            (self.source_id, lead.source_id),
            (self.customer_id, customer_id),
            (self.lead_category_id, lead.lead_category_id),
            (self.lead_type_id, lead.lead_type_id),
        )
        return lead.is_test is self.test_mode and all(
            wish is None or wish == value for wish, value in wanted
        )

    @property
    def count(self) -> int:
        """How many filters are given, period and test mode apart."""
        filters = (self.status, self.source_id, self.customer_id, self.q)
        return sum(one is not None for one in (*filters, self.lead_category_id, self.lead_type_id))


def check_filters_of_customer(filters: LeadFilters, at: Path = ()) -> None:
    """Raise `ValidationFailed` for filters by what customers do not see of a lead.

    `at` is where the filters stand in a body.
    """
    hidden = [name for name in _NOT_FOR_CUSTOMERS if getattr(filters, name) is not None]
    if hidden:
        message = "This filter is not available to customers."
        raise ValidationFailed({path_text((*at, name)): [message] for name in hidden})


@dataclass(frozen=True, kw_only=True)
class ListLeads:
    """The action with its ports."""

    configuration: ConfigurationReader
    lists: LeadLists
    formats: Formats
    clock: Clock

    def __call__(
        self, principal: Principal, filters: LeadFilters, window: Window
    ) -> Page[ShownLead]:
        """The part of the list that the window asks for, newest first.

        Leads found by the start of a name come in the order of their names. Customers list their
        own leads, partners those of their sources, and find them only by what they see of them.
        Raises `Forbidden`, and `ValidationFailed` for a filter by something that they do not see.
        """
        user = reader_of_leads(principal)
        if user.role in PARTNER_ROLES:
            own = self._of_partners(user, filters, window)
            return Page(own.items, own.position)
        if user.role in TENANT_ROLES:
            found = self.of_tenant(user.tenant_id, filters, window)
            return Page(found.items, found.position)
        own_leads = self._of_customer(user, filters, window)
        return Page(own_leads.items, own_leads.position)

    def of_tenant(
        self,
        tenant_id: TenantId,
        filters: LeadFilters,
        window: Window,
        *,
        oldest_first: bool = False,
    ) -> Page[Lead]:
        """The same part of all leads of a tenant, whoever asks.

        `oldest_first`: in the order received, those found by the start of a name included.
        """
        configuration = self.configuration.current(tenant_id)
        return self._search(tenant_id, configuration, filters, oldest_first=oldest_first).page(
            window
        )

    def _of_customer(
        self,
        user: UserPrincipal,
        filters: LeadFilters,
        window: Window,
    ) -> Page[LeadView]:
        check_filters_of_customer(filters)
        if user.customer_id is None:
            return Page((), None)
        own = self.of_customer(user.tenant_id, user.customer_id, filters, window)
        return Page(own.items, own.position)

    def of_customer(
        self, tenant_id: TenantId, customer_id: CustomerId, filters: LeadFilters, window: Window
    ) -> Page[DeliveredLead]:
        """The same part of a customer's leads as it sees them, whoever asks."""
        own = filters.model_copy(update={"customer_id": customer_id})
        configuration = self.configuration.current(tenant_id)
        search = self._search(tenant_id, configuration, own, customer_id)
        found = search.page(window)
        views = (delivered(lead, customer_id, configuration) for lead in found.items)
        return Page([view for view in views if view is not None], found.position)

    @property
    def _of_partners(self) -> ListSuppliedLeads:
        return ListSuppliedLeads(
            configuration=self.configuration,
            lists=self.lists,
            formats=self.formats,
            clock=self.clock,
        )

    def _search(
        self,
        tenant_id: TenantId,
        configuration: Configuration,
        filters: LeadFilters,
        customer_id: CustomerId | None = None,
        *,
        oldest_first: bool = False,
    ) -> Listing[Lead]:
        term = search_term(filters.q, self.formats) if filters.q else None
        now = self.clock.now()
        period = period_of(configuration, now, filters.received_from, filters.received_to)
        by_name = customer_id is None and not oldest_first
        walk = _walk(filters, term, period, by_name=by_name)
        walk = replace(walk, oldest_first=oldest_first)

        def spots(*, limit: int, position: str | None) -> Sequence[Spot]:
            if term is not None and term.kind is SearchKind.ID:
                return [] if position else [Spot(term.value, term.value)]
            return self.lists.spots(tenant_id, walk, limit=limit, position=position)

        def keep(lead: Lead) -> bool:
            if not filters.fit(lead) or not period.oldest <= lead.received_at <= period.newest:
                return False
            keys = delivered_search_keys(lead, configuration) if customer_id else lead.search
            return term is None or term.finds(lead.id, keys)

        return Listing(
            spots=spots,
            fetch=lambda lead_ids: self.lists.many(tenant_id, lead_ids),
            keep=keep,
            characters=_characters,
            is_narrow=filters.count > (walk.trait is not LeadTrait.NONE),
        )


_TRAITS = {
    SearchKind.EMAIL: LeadTrait.EMAIL,
    SearchKind.PHONE: LeadTrait.PHONE,
    SearchKind.NAME_PREFIX: LeadTrait.NAME_PREFIX,
}


def _walk(
    filters: LeadFilters, term: SearchTerm | None, period: Period, *, by_name: bool
) -> LeadWalk:
    """The index that holds the fewest leads that are not meant.

    A customer's search by name stays among its own leads (not `by_name`), so that neither the
    effort nor the length of the list tells of anybody else's.
    """
    trait, value = LeadTrait.NONE, ""
    searched = _TRAITS.get(term.kind) if term else None
    if term and searched and (by_name or searched is not LeadTrait.NAME_PREFIX):
        cut = NAME_WALK_CHARACTERS_MAX if searched is LeadTrait.NAME_PREFIX else None
        trait, value = searched, term.value[:cut]
    elif filters.customer_id:
        trait, value = LeadTrait.CUSTOMER, filters.customer_id
    elif filters.source_id:
        trait, value = LeadTrait.SOURCE, filters.source_id
    elif filters.status:
        trait, value = LeadTrait.STATUS, filters.status
    elif filters.lead_type_id:
        trait, value = LeadTrait.LEAD_TYPE, filters.lead_type_id
    return LeadWalk(trait, value, filters.test_mode, period)


def _characters(lead: Lead) -> int:
    return sum(len(title) + len(str(value)) for title, value in lead.values.items())
