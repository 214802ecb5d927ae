"""What is read of the things that a fact names."""

import pytest

from leadflow.application.webhook_news import CustomerNews, LeadNews, StatsNews, TransactionNews
from leadflow.application.webhook_reading import Untellable
from leadflow.application.webhook_samples import sample_news
from leadflow.domain.identifiers import CustomerId, UserId
from leadflow.domain.principals import Role
from leadflow.domain.told_facts import CustomerFact, FactName, UserFact
from leadflow.domain.users import User
from tests.builders import TENANT_ID, TYPE_ID, configuration, numbered
from tests.unit.application.webhook_world import BUYER, World, assigned
from tests.unit.domain.bidding_examples import NOW

JOINED = User(
    id=UserId(numbered("user", 1)),
    name="Bo",
    role=Role.CUSTOMER_USER,
    token_hash="",
    created_at=NOW,
    updated_at=NOW,
)
ATTACHED = UserFact(id="1", tenant_id=TENANT_ID, at=NOW, customer_id=BUYER.id, user_id=JOINED.id)


def test_a_lead_is_told_of_with_its_buyer() -> None:
    told = World.of().read(assigned(), configuration())
    assert isinstance(told, LeadNews)
    assert (told.buyer, told.lead.source) == (BUYER, "Web")


def test_a_customer_is_told_of_with_the_user_that_joined_it() -> None:
    world = World.of()
    world.users.stored[JOINED.id] = JOINED
    told = world.read(ATTACHED, configuration())
    assert isinstance(told, CustomerNews)
    assert (told.customer, told.user) == (BUYER, JOINED)
    plain = CustomerFact(id="1", tenant_id=TENANT_ID, at=NOW, customer_id=BUYER.id)
    assert world.read(plain, configuration()) == CustomerNews(plain, BUYER)


def test_transactions_and_statistics_need_nothing_to_be_read() -> None:
    transaction = sample_news(FactName.TRANSACTION_UPDATED, configuration(), NOW)
    stats = sample_news(FactName.STATE_LEAD_TYPE_STATS_UPDATED, configuration(), NOW)
    assert isinstance(transaction, TransactionNews)
    assert isinstance(stats, StatsNews)
    read = World.of().read
    assert read(transaction.fact, configuration()) == transaction
    assert read(stats.fact, configuration()) == StatsNews(stats.fact, {TYPE_ID: "Any"})


@pytest.mark.parametrize(
    ("fact", "why"),
    [
        (assigned(999), "The lead has been deleted."),
        (ATTACHED, "The user has been removed."),
        (
            ATTACHED.model_copy(update={"customer_id": CustomerId("cus_x")}),
            "There is no such customer.",
        ),
    ],
)
def test_what_is_gone_cannot_be_told(fact: UserFact, why: str) -> None:
    with pytest.raises(Untellable, match=why):
        World.of().read(fact, configuration())
