"""Read what a fact is about, so that it can be told (`product.md`, 21.2)."""

from collections.abc import Mapping
from dataclasses import dataclass

from leadflow.application.delivery_ports import CustomerReader, UserReader
from leadflow.application.lead_views import deliverable_values, lead_type_name
from leadflow.application.list_ports import LeadReader
from leadflow.application.webhook_news import (
    CustomerNews,
    LeadData,
    LeadNews,
    News,
    StatsNews,
    TransactionNews,
)
from leadflow.domain.configuration import Configuration
from leadflow.domain.customers import Customer
from leadflow.domain.identifiers import CustomerId
from leadflow.domain.leads import Lead
from leadflow.domain.told_facts import (
    CustomerFact,
    LeadFact,
    TenantFact,
    ToldFact,
    TransactionFact,
    UserFact,
)


class Untellable(Exception):
    """Nothing can be delivered: what a fact is about is gone, or too long; the message says it."""


@dataclass(frozen=True, kw_only=True)
class ReadNews:
    """The ports behind news."""

    leads: LeadReader
    customers: CustomerReader
    users: UserReader

    def __call__(self, fact: ToldFact, configuration: Configuration) -> News:
        """The news of a fact, as of now. Raises `Untellable`."""
        if isinstance(fact, LeadFact):
            return self._of_lead(fact, configuration)
        if isinstance(fact, TransactionFact):
            return TransactionNews(fact)
        if isinstance(fact, CustomerFact):
            return self._of_customer(fact)
        return StatsNews(fact, _lead_types(configuration))

    def _of_lead(self, fact: LeadFact, configuration: Configuration) -> LeadNews:
        lead = self.leads.get(fact.tenant_id, fact.lead_id)
        if lead is None:
            raise Untellable("The lead has been deleted.")
        buyer = self._customer(fact, fact.customer_id) if fact.customer_id else None
        return LeadNews(fact, lead_data(lead, configuration), buyer)

    def _of_customer(self, fact: CustomerFact) -> CustomerNews:
        customer = self._customer(fact, fact.customer_id)
        if not isinstance(fact, UserFact):
            return CustomerNews(fact, customer)
        user = self.users.get(fact.tenant_id, fact.user_id)
        if user is None:
            raise Untellable("The user has been removed.")
        return CustomerNews(fact, customer, user)

    def _customer(self, fact: TenantFact, customer_id: CustomerId) -> Customer:
        customer = self.customers.get(fact.tenant_id, customer_id)
        if customer is None:
            raise Untellable("There is no such customer.")
        return customer


def lead_data(lead: Lead, configuration: Configuration) -> LeadData:
    """A stored lead as messages tell of it."""
    return LeadData(
        values=lead.values,
        delivered=deliverable_values(lead, configuration),
        lead_type=lead_type_name(lead, configuration),
        lead_category=configuration.categories[lead.lead_category_id].name,
        source=configuration.sources[lead.source_id].name,
    )


def _lead_types(configuration: Configuration) -> Mapping[str, str]:
    return {one.id: one.name for one in configuration.lead_types.values()}
