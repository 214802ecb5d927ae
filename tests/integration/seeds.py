"""Puts the small tenant of `tests/builders.py` into the tables."""

from leadflow.adapters.dynamodb.bids import bid_item
from leadflow.adapters.dynamodb.configuration import DynamoConfiguration
from leadflow.adapters.dynamodb.customers import customer_item, guard_key, wallet_key
from leadflow.adapters.dynamodb.leads import DynamoLeads
from leadflow.adapters.dynamodb.ledger import entry_of
from leadflow.adapters.dynamodb.secrets import change_secrets
from leadflow.adapters.dynamodb.store import query
from leadflow.adapters.dynamodb.submissions import DynamoSubmissions
from leadflow.adapters.dynamodb.transactions import Transaction
from leadflow.adapters.dynamodb.wallet_items import BidGuardItem, EntryItem
from leadflow.application.configuration_ports import (
    REAL_ESTATE_API,
    Change,
    Founding,
    ResourceKind,
    SecretChange,
)
from leadflow.application.ports import Intake
from leadflow.domain.bids import Bid
from leadflow.domain.configuration import Configuration
from leadflow.domain.customers import Customer
from leadflow.domain.flows import Flow, FlowStep
from leadflow.domain.identifiers import CustomerId, UserId
from leadflow.domain.leads import Lead
from leadflow.domain.ledger import Entry
from leadflow.domain.principals import Role
from leadflow.domain.users import User
from tests.builders import TENANT_ID, flow, numbered, submission
from tests.unit.domain.bidding_examples import NOW


def store_configuration(configured: Configuration) -> None:
    """Found the tenant with that configuration."""
    kinds = ResourceKind
    objects = [
        (kinds.TENANT, "tenant", configured.tenant),
        (kinds.SETTINGS, "settings", configured.settings),
        (kinds.PLAN, "plan", configured.plan),
        *((kinds.CATEGORY, key, one) for key, one in configured.categories.items()),
        *((kinds.LEAD_TYPE, key, one) for key, one in configured.lead_types.items()),
        *((kinds.SOURCE, key, one) for key, one in configured.sources.items()),
        *((kinds.DUPLICATE_CHECK, key, one) for key, one in configured.duplicate_checks.items()),
        *((kinds.AUDIT_CONDITION, key, one) for key, one in configured.audit_conditions.items()),
        *((kinds.PARTNER, key, one) for key, one in configured.partners.items()),
        *((kinds.RETURN_TIER, key, one) for key, one in configured.return_tiers.items()),
        *((kinds.INTEGRATION, REAL_ESTATE_API, one) for one in [configured.real_estate_api] if one),
    ]
    admin = User(
        id=UserId(numbered("user", 0)),
        email="admin@example.com",
        role=Role.ADMIN,
        token_hash="digest",
        created_at=NOW,
        updated_at=NOW,
    )
    founding = Founding(
        changes=[Change(kind, key, None, one) for kind, key, one in objects],
        admin=admin,
        entries=(),
    )
    DynamoConfiguration().found(TENANT_ID, founding)


def store_secrets(change: SecretChange) -> None:
    """Store all secrets of an owner."""
    transaction = Transaction()
    change_secrets(transaction, TENANT_ID, change)
    transaction.commit()


def store_customer(customer: Customer) -> None:
    """Store a customer with its wallet."""
    customer_item(TENANT_ID, customer).save()


def store_bid(bid: Bid) -> None:
    """Store a live bid and the guard that stands for it."""
    bid_item(TENANT_ID, bid).save()
    key = guard_key(bid.lead_type_id, bid.location_key)
    BidGuardItem(
        wallet_key(TENANT_ID, bid.customer_id), key, bid_id=bid.id, amount_cents=bid.amount_cents
    ).save()


def store_lead(lead: Lead, number: int = 0, head: Flow | None = None) -> None:
    """Store a lead with its submission and its flow."""
    DynamoSubmissions().keep(TENANT_ID, submission(number), per_minute=600)
    accepted = submission(number).accepted(lead.id)
    taken = DynamoLeads().accept(
        TENANT_ID, Intake(lead, accepted, head or flow(number), FlowStep(number=0))
    )
    assert not taken


def entries_of(customer_id: CustomerId) -> list[Entry]:
    """All entries of a wallet, whatever reads them in the product."""
    booked = EntryItem.sk.startswith("ENTRY#")
    pk = wallet_key(TENANT_ID, customer_id)
    return [entry_of(item) for item in query(EntryItem, pk, condition=booked, consistent=True)]
