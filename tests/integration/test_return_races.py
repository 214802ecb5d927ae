"""Returns, requests and sales at the same moment on real tables: they end as if in a row."""

from functools import partial

import pytest

from leadflow.adapters.dynamodb.bids import DynamoBidBook
from leadflow.adapters.dynamodb.customers import DynamoCustomers
from leadflow.adapters.dynamodb.leads import DynamoLeads
from leadflow.adapters.dynamodb.returns import DynamoReturns
from leadflow.application.caller_scope import CallerScope, caller_scope, customer_scope
from leadflow.application.request_return import DecisionForm, ReturnRequestForm
from leadflow.application.return_lead import ReturnForm
from leadflow.domain.bids import Bid
from leadflow.domain.customers import Customer
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.ledger import LedgerEvent
from leadflow.domain.principals import Role
from leadflow.domain.returns import ReturnRequest, ReturnStatus, return_request_id
from leadflow.runtime import container, return_actions, stage_actions
from tests.builders import TENANT_ID, configuration, lead, run
from tests.fakes.clock import FixedClock
from tests.integration.races import at_once
from tests.integration.seeds import (
    entries_of,
    store_bid,
    store_configuration,
    store_customer,
    store_lead,
)
from tests.trade import principal
from tests.unit.application.returns_world import WON
from tests.unit.domain.bidding_examples import bid, customer, dollars
from tests.unit.domain.return_examples import CHARGED, sold

OWNER = customer(1, spendable=100, usage=WON)
OFFER = bid(usage=WON)
ADMIN = caller_scope(principal(Role.ADMIN), "leads.return")
BUYER = customer_scope(principal(Role.CUSTOMER_USER, OWNER.id))
REPEATS = 4


def give_back(number: int = 0, by: CallerScope = ADMIN, repeat: str | None = None) -> object:
    return return_actions.return_lead()(by, lead(number).id, ReturnForm(), repeat)


def ask(number: int = 0) -> object:
    form = ReturnRequestForm(reason="wrong_number")
    return return_actions.request_return()(BUYER, lead(number).id, form)


def approve(number: int = 0) -> object:
    request_id = return_request_id(lead(number).id)
    return return_actions.decide_return_request().approve(ADMIN, request_id, DecisionForm())


def deny(number: int = 0) -> object:
    request_id = return_request_id(lead(number).id)
    return return_actions.decide_return_request().deny(ADMIN, request_id, DecisionForm())


def books() -> tuple[Lead, Customer, Bid, list[int]]:
    """Lead, wallet, bid and the signed amounts of the ledger, which adds up."""
    stored = DynamoLeads().get(TENANT_ID, lead().id)
    owner = DynamoCustomers().many(TENANT_ID, [OWNER.id])[OWNER.id]
    offer = DynamoBidBook().get(TENANT_ID, OWNER.id, OFFER.id)
    assert stored
    assert offer
    entries = sorted(entries_of(OWNER.id), key=lambda entry: entry.sequence)
    balance = OWNER.balance_cents
    for place, entry in enumerate(entries, 1):
        balance += entry.signed_cents
        assert (entry.sequence, entry.balance_after_cents) == (place, balance)
    assert owner.balance_cents == balance
    return stored, owner, offer, [entry.signed_cents for entry in entries]


def request_now() -> ReturnRequest | None:
    return DynamoReturns().get(TENANT_ID, return_request_id(lead().id))


@pytest.fixture(autouse=True)
def _sold(tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A lead that was sold an hour ago; the clock stands still."""
    monkeypatch.setattr(container, "clock", FixedClock)
    store_configuration(configuration())
    store_customer(OWNER)
    store_bid(OFFER)
    store_lead(sold())


def test_two_people_who_return_a_lead_get_one_refund() -> None:
    outcome = at_once([give_back] * REPEATS)
    assert (len(outcome.done), outcome.refused) == (1, {"invalid_status": REPEATS - 1})
    stored, owner, offer, amounts = books()
    assert (stored.status, stored.version, amounts) == (LeadStatus.RETURNED, 2, [CHARGED])
    assert (owner.usage.daily.count, offer.usage.daily.count) == (0, 0)
    assert owner.lifetime_refunded_cents == CHARGED


def test_a_repeat_beside_the_first_request_gets_the_same_answer() -> None:
    outcome = at_once([partial(give_back, repeat="key")] * REPEATS)
    assert not outcome.refused
    assert outcome.done == [books()[0]] * REPEATS
    assert books()[3] == [CHARGED]


def test_a_return_and_sales_on_one_wallet_are_all_booked() -> None:
    numbers = range(1, REPEATS)
    for number in numbers:
        store_lead(lead(number), number)
    sell = stage_actions.sell_at_highest_price()
    outcome = at_once([give_back, *(partial(sell, run(n)) for n in numbers)])
    assert (len(outcome.done), outcome.refused) == (REPEATS, {})
    _, owner, offer, amounts = books()
    prices = [dollars(10)] * (REPEATS - 1)
    assert sorted(amounts) == sorted([CHARGED, *(-price for price in prices)])
    for usage in (owner.usage, offer.usage):
        assert (usage.daily.count, usage.daily.spent_cents) == (REPEATS - 1, sum(prices))
    events = [entry.event for entry in entries_of(OWNER.id)]
    assert events.count(LedgerEvent.LEAD_RETURNED) == 1


def test_all_leads_of_one_wallet_are_returned_at_once() -> None:
    for number in range(1, REPEATS):
        store_lead(sold(number), number)
    outcome = at_once([partial(give_back, n) for n in range(REPEATS)])
    assert (len(outcome.done), outcome.refused) == (REPEATS, {})
    assert books()[3] == [CHARGED] * REPEATS


def test_an_approval_and_a_direct_return_refund_once() -> None:
    ask()
    outcome = at_once([approve, give_back])
    assert len(outcome.done) == 1
    assert outcome.refused in ({"conflict": 1}, {"invalid_status": 1})
    assert books()[3] == [CHARGED]
    request = request_now()
    assert request
    assert (request.status, request.version) == (ReturnStatus.APPROVED, 2)


def test_a_request_is_either_approved_or_denied() -> None:
    ask()
    outcome = at_once([approve, deny, approve, deny])
    assert (len(outcome.done), outcome.refused) == (1, {"conflict": 3})
    request, (stored, owner, _, amounts) = request_now(), books()
    assert request
    if request.status is ReturnStatus.APPROVED:
        assert (stored.status, amounts) == (LeadStatus.RETURNED, [CHARGED])
    else:
        assert (stored.status, amounts) == (LeadStatus.ASSIGNED, [])
        assert owner.usage.daily.count == 1


def test_a_denial_and_a_direct_return_agree_on_the_request() -> None:
    ask()
    outcome = at_once([deny, give_back])
    stored, _, _, amounts = books()
    request = request_now()
    assert request
    assert (stored.status, amounts) == (LeadStatus.RETURNED, [CHARGED])
    is_denied = request.status is ReturnStatus.DENIED
    assert outcome.refused == ({} if is_denied else {"conflict": 1})


def test_two_requests_at_once_make_one() -> None:
    outcome = at_once([ask] * REPEATS)
    assert outcome.refused == {"return_already_requested": REPEATS - 1}
    assert outcome.done == [request_now()]


def test_a_request_beside_a_return_is_settled_or_refused() -> None:
    outcome = at_once([ask, give_back])
    request = request_now()
    assert books()[3] == [CHARGED]
    if request is None:
        assert outcome.refused == {"invalid_status": 1}
    else:
        assert (request.status, outcome.refused) == (ReturnStatus.APPROVED, {})
