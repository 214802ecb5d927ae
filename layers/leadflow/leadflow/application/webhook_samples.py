"""Made-up news, for trying webhooks out and for what their merge fields may be called."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from leadflow.application.manage_configuration.condition_rules import live_fields
from leadflow.application.webhook_news import (
    CustomerNews,
    LeadData,
    LeadNews,
    News,
    StatsNews,
    TransactionNews,
)
from leadflow.application.webhook_payloads import (
    customer_variables,
    default_payload,
    merge_variables,
)
from leadflow.domain.assignments import AssignedVia
from leadflow.domain.configuration import Configuration
from leadflow.domain.customers import Customer
from leadflow.domain.fields import basic_fields
from leadflow.domain.geography import Country
from leadflow.domain.identifiers import (
    CustomerId,
    LeadId,
    LeadTypeId,
    PartnerId,
    TransactionId,
    UserId,
)
from leadflow.domain.ledger import LedgerEvent, TransactionState
from leadflow.domain.principals import Role
from leadflow.domain.sample_values import sample_values
from leadflow.domain.scopes import Scope
from leadflow.domain.statuses import LeadStatus
from leadflow.domain.told_facts import (
    CustomerFact,
    FactName,
    LeadFact,
    StateLeadTypeStats,
    StatsFact,
    TransactionFact,
    UserFact,
)
from leadflow.domain.users import User

SAMPLE = "Sample"
SAMPLE_CENTS = 4_500

_ULID = "01arz3ndektsv4rrffq69g5fav"
SAMPLE_LEAD_ID = LeadId(f"lead_{_ULID}")
_CUSTOMER_ID = CustomerId(f"cus_{_ULID}")
_FACT_ID = "sample"

_STATUSES: Mapping[FactName, LeadStatus] = {
    FactName.LEAD_CREATED: LeadStatus.PROCESSING,
    FactName.LEAD_ASSIGNED: LeadStatus.ASSIGNED,
    FactName.LEAD_NOT_ASSIGNED: LeadStatus.UNASSIGNED,
    FactName.LEAD_DUPLICATED: LeadStatus.DUPLICATE,
    FactName.LEAD_POSTED: LeadStatus.POSTED,
}


def sample_news(event: FactName, configuration: Configuration, now: datetime) -> News:
    """News of an event with a value for everything that there may be."""
    if event in _STATUSES:
        return _lead_news(event, configuration, now)
    return _OTHERS[event](configuration, now)


def sample_lead(configuration: Configuration) -> LeadData:
    """A lead with a value for every field of the tenant."""
    fields = (*live_fields(configuration), *basic_fields())
    delivered = [field for field in live_fields(configuration) if field.deliverable]
    return LeadData(
        values=sample_values(fields),
        delivered=sample_values(delivered),
        lead_type=next((one.name for one in configuration.lead_types.values()), SAMPLE),
        lead_category=next((one.name for one in configuration.categories.values()), SAMPLE),
        source=next((one.name for one in configuration.sources.values()), SAMPLE),
    )


def mapping_names(event: FactName, configuration: Configuration, now: datetime) -> Collection[str]:
    """What the mapping rows of a tenant's webhook may name."""
    news = sample_news(event, configuration, now)
    return merge_variables(default_payload(event, news), news).keys()


def template_variables(configuration: Configuration, now: datetime) -> Collection[str]:
    """What the template of a customer's webhook may name."""
    return customer_variables(_lead_news(FactName.LEAD_ASSIGNED, configuration, now)).keys()


def sample_customer(now: datetime) -> Customer:
    """A customer with everything that messages tell of one."""
    return Customer(
        id=_CUSTOMER_ID,
        number=1,
        name="Sample Buyer",
        email="buyer@example.com",
        phone="+15125550142",
        address="1 Sample Street, Austin",
        created_at=now,
        updated_at=now,
    )


def _lead_news(event: FactName, configuration: Configuration, now: datetime) -> LeadNews:
    fact = LeadFact(
        id=_FACT_ID,
        tenant_id=configuration.tenant.id,
        at=now,
        lead_id=SAMPLE_LEAD_ID,
        version=1,
        status=_STATUSES[event],
        customer_id=_CUSTOMER_ID,
        partner_id=PartnerId(f"partner_{_ULID}"),
        assigned_via=AssignedVia.BIDDING,
        scope=Scope.COUNTY,
        charged_cents=SAMPLE_CENTS,
    )
    return LeadNews(fact, sample_lead(configuration), sample_customer(now))


def _customer_news(configuration: Configuration, now: datetime) -> News:
    fact = CustomerFact(
        id=_FACT_ID, tenant_id=configuration.tenant.id, at=now, customer_id=_CUSTOMER_ID
    )
    return CustomerNews(fact, sample_customer(now))


def _user_news(configuration: Configuration, now: datetime) -> News:
    user = User(
        id=UserId(f"user_{_ULID}"),
        email="user@example.com",
        name="Sample User",
        role=Role.CUSTOMER_USER,
        token_hash="",
        created_at=now,
        updated_at=now,
    )
    fact = UserFact(
        id=_FACT_ID,
        tenant_id=configuration.tenant.id,
        at=now,
        customer_id=_CUSTOMER_ID,
        user_id=user.id,
    )
    return CustomerNews(fact, sample_customer(now), user)


def _transaction_news(configuration: Configuration, now: datetime) -> News:
    return TransactionNews(
        TransactionFact(
            id=_FACT_ID,
            tenant_id=configuration.tenant.id,
            at=now,
            customer_id=_CUSTOMER_ID,
            transaction_id=TransactionId(f"txn_{_ULID}"),
            event=LedgerEvent.LEAD_ASSIGNED,
            amount_cents=-SAMPLE_CENTS,
            state=TransactionState.COMPLETED,
            created_at=now,
            lead_id=SAMPLE_LEAD_ID,
        )
    )


def _stats_news(configuration: Configuration, now: datetime) -> News:
    type_id = next(iter(configuration.lead_types), LeadTypeId(f"type_{_ULID}"))
    row = StateLeadTypeStats(
        country=Country.US,
        state="TX",
        lead_type_id=type_id,
        active_bids=1,
        top_bid_cents=SAMPLE_CENTS,
        leads_received=2,
        leads_assigned=1,
        lowest_price_cents=SAMPLE_CENTS,
        highest_price_cents=SAMPLE_CENTS,
        average_price_cents=SAMPLE_CENTS,
    )
    fact = StatsFact(id=_FACT_ID, tenant_id=configuration.tenant.id, at=now, since=now, rows=(row,))
    return StatsNews(fact, {type_id: SAMPLE})


_OTHERS: Mapping[FactName, Callable[[Configuration, datetime], News]] = {
    FactName.CUSTOMER_CREATED: _customer_news,
    FactName.CUSTOMER_USER_ATTACHED: _user_news,
    FactName.TRANSACTION_UPDATED: _transaction_news,
    FactName.STATE_LEAD_TYPE_STATS_UPDATED: _stats_news,
}
