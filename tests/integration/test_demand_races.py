"""Offers, closes, cancellations and archivings at the same moment, on real tables."""

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest

from leadflow.adapters.dynamodb.customers import DynamoCustomers
from leadflow.adapters.dynamodb.demand_lists import DynamoDemandLists
from leadflow.adapters.dynamodb.demand_writer import DynamoDemandWriter
from leadflow.adapters.dynamodb.demands import DynamoDemands
from leadflow.adapters.dynamodb.leads import DynamoLeads
from leadflow.adapters.dynamodb.usage_books import read_books
from leadflow.application.close_demands import Closing
from leadflow.application.demand_ports import DueDemand
from leadflow.application.offer_on_demand import OfferForm, OfferView
from leadflow.domain.demand_offers import DemandOffer, OfferStatus
from leadflow.domain.demands import Demand, DemandStatus
from leadflow.domain.errors import Refusal
from leadflow.domain.leads import LeadStatus
from leadflow.domain.ledger import LedgerEvent
from leadflow.domain.posts import Post
from leadflow.domain.subscriptions import Amounts, cycle_label
from leadflow.runtime import container, demand_actions, marketplace_actions
from tests.builders import TENANT_ID, configuration, duplicate_check
from tests.fakes.clock import FixedClock
from tests.integration.races import at_once
from tests.integration.seeds import entries_of, store_configuration, store_customer
from tests.trade import admin
from tests.unit.application.demand_world import LEAD, bidder, caller, owner
from tests.unit.domain.bidding_examples import NOW, customer
from tests.unit.domain.demand_examples import WANTED_TYPE, demand

OFFERS = 32
MONEY = 2_000
"""What every customer has, in cents."""

DEMANDS = [demand(number) for number in (1, 2)]


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture(autouse=True)
def _wanted(tables: dict[str, str], monkeypatch: pytest.MonkeyPatch, clock: FixedClock) -> None:
    """Two open demands of a customer, and a clock that stands still."""
    monkeypatch.setattr(container, "clock", lambda: clock)
    settled = configuration(from_source=bidder(), of_type=WANTED_TYPE, checks=(duplicate_check(),))
    store_configuration(settled)
    store_customer(customer(1, spendable=20))
    DynamoDemandWriter().put_all(TENANT_ID, DEMANDS)
    demand_actions.offer_on_demand()
    demand_actions.close_demands()
    demand_actions.cancel_demand()
    marketplace_actions.archive_customer()


def offer(number: int, cents: int = 500, of: int = 1, *, repeat: str | None = None) -> OfferView:
    """An offer of its own lead."""
    form = OfferForm(price_cents=cents, lead={**LEAD, "email": f"lead{number}@example.com"})
    post = Post(caller(), "", None, repeat)
    return demand_actions.offer_on_demand()(demand(of).id, post, form)


def close(of: int = 1) -> Closing:
    return demand_actions.close_demands()(DueDemand(TENANT_ID, demand(of).id))


def cancel(of: int = 1) -> str:
    return demand_actions.cancel_demand()(owner(), demand(of).id)


def archive() -> object:
    archived = marketplace_actions.archive_customer()
    return archived(admin(), customer(1).id, lambda _: None)


def demand_now(of: int = 1) -> Demand:
    found = DynamoDemands().get(TENANT_ID, demand(of).id)
    assert found
    return found


def offers_of(one: Demand) -> list[DemandOffer]:
    lists = DynamoDemandLists()
    spots = lists.offer_spots(TENANT_ID, one.id, None, limit=100, position=None)
    return list(lists.offers(TENANT_ID, one.id, [spot.id for spot in spots]).values())


def check_books() -> int:
    """Demands, offers, leads, wallet, ledger and usage agree; how many leads were sold."""
    sold: list[DemandOffer] = []
    for one in DEMANDS:
        now = demand_now(one.row)
        accepted = [each for each in offers_of(now) if each.status is OfferStatus.ACCEPTED]
        assert len(accepted) == (now.status is DemandStatus.FILLED)
        sold += accepted
    for each in sold:
        assert each.lead_id
        lead = DynamoLeads().get(TENANT_ID, each.lead_id)
        assert lead
        assert lead.status is LeadStatus.ASSIGNED
    rows = entries_of(customer(1).id)
    assert [row.event for row in rows] == [LedgerEvent.LEAD_ASSIGNED] * len(sold)
    charged = sum(each.price_cents for each in sold)
    wallet = DynamoCustomers().many(TENANT_ID, [customer(1).id])[customer(1).id]
    assert (wallet.balance_cents, wallet.held_cents) == (MONEY - charged, 0)
    assert sum(row.amount_cents for row in rows) == wallet.lifetime_charged_cents == charged
    used = read_books(TENANT_ID, cycle_label(NOW)).standing.used
    assert used == Amounts(leads=len(sold), sales_cents=charged)
    return len(sold)


def test_of_32_offers_at_once_one_is_accepted_and_charged() -> None:
    made, refused = at_once([partial(offer, number) for number in range(OFFERS)])
    assert (len(made), refused) == (1, {"demand_closed": OFFERS - 1})
    assert check_books() == 1


def test_money_for_one_lead_buys_one_of_two() -> None:
    store_customer(customer(1, spendable=20).model_copy(update={"balance_cents": 700}))
    made, _ = at_once([partial(offer, 1, 500, 1), partial(offer, 2, 500, 2)])
    told = Counter(view.status for view in made if isinstance(view, OfferView))
    assert told == {"accepted": 1, "refused": 1}
    wallet = DynamoCustomers().many(TENANT_ID, [customer(1).id])[customer(1).id]
    assert wallet.balance_cents == 200


def test_one_person_is_sold_to_one_of_two_demands() -> None:
    made, _ = at_once([partial(offer, 7, 500, 1), partial(offer, 7, 500, 2)])
    reasons = [view.offer.reason for view in made if isinstance(view, OfferView)]
    assert sorted(map(str, reasons)) == ["None", "duplicate"]
    assert check_books() == 1


def test_offers_and_a_cancellation_at_once_leave_one_end() -> None:
    calls = [partial(offer, number) for number in range(4)]
    made, refused = at_once([*calls, cancel, partial(offer, 9, 900)])
    is_cancelled = demand_now().status is DemandStatus.CANCELLED
    assert check_books() == (not is_cancelled)
    assert refused["demand_closed"] >= len(calls)
    assert made


def test_offers_and_an_archiving_at_once_sell_before_it_or_not_at_all() -> None:
    at_once([*[partial(offer, number) for number in range(4)], archive])
    wallet = DynamoCustomers().many(TENANT_ID, [customer(1).id])[customer(1).id]
    assert wallet.archived
    assert demand_now().status_at(wallet, NOW) in {DemandStatus.FILLED, DemandStatus.CANCELLED}
    assert check_books() in {0, 1}
    with pytest.raises(Refusal):
        offer(20)


def test_an_offer_at_the_close_is_tried_or_refused_and_never_forgotten(clock: FixedClock) -> None:
    for number in range(3):
        offer(number, 900 + number)
    clock.at = demand().closes_at
    made, _ = at_once([close, close, close, partial(offer, 8, 600), partial(offer, 9)])
    assert Closing.FILLED in made
    assert check_books() == 1
    assert demand_now().status is DemandStatus.FILLED
    assert [one.price_cents for one in offers_of(demand_now()) if one.lead_id] == [900]


def test_closes_at_once_refuse_each_offer_once(clock: FixedClock) -> None:
    store_customer(customer(1, spendable=20).model_copy(update={"balance_cents": 0}))
    for number in range(3):
        offer(number, 900 + number)
    clock.at = demand().closes_at + timedelta(minutes=1)
    at_once([close, close, close])
    assert [one.version for one in offers_of(demand_now())] == [2, 2, 2]
    assert (demand_now().status, demand_now().version) == (DemandStatus.UNFILLED, 5)
    assert not DynamoDemands().due(clock.at)


def test_one_request_repeated_at_once_makes_one_offer() -> None:
    calls = [partial(offer, 1, 900, repeat="key")] * 6
    made, refused = at_once(calls)
    assert len({view.offer.id for view in made if isinstance(view, OfferView)}) == 1
    assert not refused
    assert len(offers_of(demand_now())) == 1
