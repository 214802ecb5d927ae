"""Buy orders from an API Gateway event to the answer, and what the schedule makes of them."""

from datetime import timedelta

import pytest

from leadflow.adapters.dynamodb.leads import DynamoLeads
from leadflow.application.finish_archivings import ARCHIVED_WITHIN
from leadflow.application.free_holds import FreeHolds
from leadflow.domain.errors import TransientFault
from leadflow.domain.leads import LeadStatus
from leadflow.domain.principals import Role
from tests.builders import TENANT_ID
from tests.fakes.clock import FixedClock
from tests.fakes.distribution import ScriptedDistribution
from tests.integration.events import event, tried
from tests.integration.http import Client, invoked
from tests.integration.marketplace_calls import (
    AUCTION,
    BUYER,
    ORDER_ID,
    an_order,
    an_order_for_what_its_flow_lists,
    by,
    open_market,
    wallet,
)
from tests.trade import principal
from tests.unit.domain.bidding_examples import NOW


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture(autouse=True)
def machine(
    tables: dict[str, str], monkeypatch: pytest.MonkeyPatch, clock: FixedClock
) -> ScriptedDistribution:
    return open_market(monkeypatch, clock)


def advance() -> object:
    return invoked("advance_auctions", event("advance_auctions", "schedule"))


def test_an_order_is_answered_with_what_is_held() -> None:
    answer = tried("place_buy_order", "order")
    assert (answer.status, answer.body["bought"]) == (201, None)
    order = answer.body["order"]
    assert (order["auction_id"], order["amount_cents"], order["status"]) == (
        AUCTION.id,
        1_100,
        "active",
    )
    assert tried("place_buy_order", "order").body == answer.body
    assert (wallet().held_cents, wallet().balance_cents) == (1_100, 50_000)
    [listed] = tried("browse_marketplace", "own_orders").body["data"]
    assert listed == order


def test_an_order_at_the_current_price_buys() -> None:
    answer = tried("place_buy_order", "at_the_current_price")
    assert (answer.status, answer.body["order"]) == (201, None)
    assert answer.body["bought"]["charged_cents"] == 2_500


def test_an_order_below_the_last_price_is_refused() -> None:
    assert tried("place_buy_order", "below_the_last_price").code == "buy_order_below_last_price"


def test_an_order_is_canceled_by_its_customer_alone() -> None:
    an_order()
    path = f"/marketplace/orders/{ORDER_ID}"
    assert by(2, "cancel_buy_order").call("DELETE", path).status == 404
    assert tried("cancel_buy_order", "cancel").status == 204
    assert tried("cancel_buy_order", "cancel").status == 204
    assert wallet().held_cents == 0


def test_the_schedule_settles_an_order_that_was_reached(clock: FixedClock) -> None:
    an_order()
    clock.at = NOW + timedelta(minutes=89)
    assert advance() == {}
    clock.at = NOW + timedelta(minutes=91)
    assert advance() == {"sold": 1}
    assert (wallet().balance_cents, wallet().held_cents) == (48_900, 0)
    stored = DynamoLeads().get(TENANT_ID, AUCTION.lead_id)
    assert stored
    assert stored.status is LeadStatus.ASSIGNED


def test_the_schedule_hands_an_unsold_lead_on(
    clock: FixedClock, machine: ScriptedDistribution
) -> None:
    clock.at = NOW + timedelta(minutes=135)
    assert advance() == {"unsold": 1}
    assert advance() == {}
    [(run, _)] = machine.started
    assert (run.method, run.step) == ("highest_price", AUCTION.step + 2)


def test_an_archived_customers_holds_are_let_go() -> None:
    an_order()
    admin = Client("manage_customers", principal(Role.ADMIN))
    assert admin.call("DELETE", f"/customers/{BUYER.id}").status == 204
    assert (wallet().archived, wallet().held_cents) == (True, 0)
    answer = tried("place_buy_order", "order")
    assert answer.code == "customer_archived"


def test_an_archiving_that_broke_off_is_finished_by_the_schedule(
    monkeypatch: pytest.MonkeyPatch, clock: FixedClock
) -> None:
    an_order()
    with monkeypatch.context() as broken:
        broken.setattr(FreeHolds, "of_customer", _down)
        admin = Client("manage_customers", principal(Role.ADMIN))
        assert admin.call("DELETE", f"/customers/{BUYER.id}").status == 503
    assert (wallet().archived, wallet().held_cents > 0) == (True, True)
    assert advance() == {}
    clock.at += ARCHIVED_WITHIN
    assert advance() == {"archivings_canceled": 1}
    assert wallet().held_cents == 0
    assert advance() == {}


def _down(*_: object) -> None:
    raise TransientFault("down")


def test_a_deleted_leads_holds_are_let_go() -> None:
    listing = an_order_for_what_its_flow_lists()
    admin = Client("delete_lead", principal(Role.ADMIN))
    assert admin.call("DELETE", f"/leads/{listing.lead_id}").status == 204
    assert wallet().held_cents == 0
