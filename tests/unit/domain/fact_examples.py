"""What facts are made of: a charge, and a user of a customer."""

from leadflow.domain.identifiers import TransactionId, UserId
from leadflow.domain.ledger import Entry, LedgerEvent, post
from leadflow.domain.principals import Role
from leadflow.domain.users import User
from tests.builders import lead
from tests.unit.domain.bidding_examples import NOW, customer

CUSTOMER = customer().id


def charge(**changes: object) -> Entry:
    """A charge of 45 dollars for a lead."""
    posting = post(
        customer(spendable=100),
        LedgerEvent.LEAD_ASSIGNED,
        -4500,
        transaction_id=TransactionId("txn_" + "1" * 26),
        description="Lead assigned by bidding.",
        at=NOW,
        related={"lead_id": lead().id},
    )
    return posting.entry.model_copy(update=changes)


def user(**changes: object) -> User:
    """A user of the customer."""
    base = User(
        id=UserId("user_" + "1" * 26),
        email="ada@example.com",
        role=Role.CUSTOMER_USER,
        customer_id=CUSTOMER,
        token_hash="hash",
        created_at=NOW,
        updated_at=NOW,
    )
    return base.model_copy(update=changes)
