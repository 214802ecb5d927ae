"""The judge of all money on real tables: what the product books is in order."""

from collections.abc import Mapping
from typing import cast

import pytest

from leadflow.adapters.dynamodb.auction_items import auction_item
from leadflow.adapters.dynamodb.bookmarks import DynamoBookmarks
from leadflow.adapters.dynamodb.customers import CUSTOMER, customer_of, wallet_key
from leadflow.adapters.dynamodb.store import read
from leadflow.adapters.dynamodb.wallet_items import CustomerItem
from leadflow.application.buy_lead import BuyForm
from leadflow.application.place_buy_order import BuyOrderForm
from leadflow.domain.identifiers import TransactionId
from leadflow.domain.leads import LeadStatus
from leadflow.domain.ledger import LedgerEvent, post
from leadflow.runtime import container, marketplace_actions
from tests.builders import TENANT_ID, lead
from tests.fakes.clock import FixedClock
from tests.fakes.distribution import ScriptedDistribution
from tests.integration.http import invoked
from tests.integration.races import at_once
from tests.integration.seeds import store_configuration, store_customer, store_lead
from tests.unit.application.marketplace_world import AUCTION, listable, scope
from tests.unit.domain.bidding_examples import NOW, customer

CLEAN = {"wallets": 2, "rows": 5, "mismatches": 0, "cut": 0, "restless": 0, "is_ended": True}


@pytest.fixture(autouse=True)
def _bought(tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A deposit of two customers; one has a lead, and nothing is on hold any more."""
    monkeypatch.setattr(container, "clock", FixedClock)
    monkeypatch.setattr(container, "distribution", ScriptedDistribution)
    store_configuration(listable())
    store_lead(lead(status=LeadStatus.MARKETPLACE))
    auction_item(TENANT_ID, AUCTION).save()
    for number in (1, 2):
        deposited(number)
    marketplace_actions.place_buy_order()(scope(1), AUCTION.id, BuyOrderForm(amount_cents=1_500))
    marketplace_actions.buy_lead()(scope(2), AUCTION.id, BuyForm(max_price_cents=9_999))


def deposited(number: int) -> None:
    """A customer that has put money into its wallet."""
    owner = customer(number, spendable=0)
    store_customer(owner)
    container.wallets().move(
        TENANT_ID,
        owner.id,
        lambda before: post(
            before,
            LedgerEvent.FUNDS_ADDED_BY_TENANT,
            10_000,
            transaction_id=TransactionId(f"txn_{number:026d}"),
            description="Because.",
            at=NOW,
        ),
    )


def tamper(number: int, **changes: object) -> None:
    """Change a wallet past the product."""
    item = read(CustomerItem, wallet_key(TENANT_ID, customer(number).id), CUSTOMER)
    assert item
    item.document = customer_of(item).model_copy(update=changes).model_dump_json()
    item.save()


def judged(**event: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", invoked("verify_ledger", event))


def test_what_was_bought_and_held_is_in_order_and_the_pass_is_remembered() -> None:
    assert judged() == CLEAN
    assert judged() == CLEAN | {"wallets": 0, "rows": 0}
    assert judged(anew=True) == CLEAN
    assert DynamoBookmarks().get("verify_ledger")


def test_money_that_nobody_booked_is_told_with_ids_and_amounts(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    tamper(1, held_cents=7)
    assert judged(tenant_id=TENANT_ID) == CLEAN | {"mismatches": 2}
    told = [vars(one) for one in caplog.records if one.message == "ledger mismatch"]
    assert [one["kind"] for one in told] == ["held_by_rows", "held_for_orders"]
    assert {(one["tenant_id"], one["customer_id"]) for one in told} == {(TENANT_ID, customer(1).id)}
    assert {(one["expected"], one["found"]) for one in told} == {(0, 7)}
    assert '"stage":"local","LedgerMismatches":[2.0]' in capsys.readouterr().out


def test_two_judges_at_once_find_the_same() -> None:
    tamper(2, balance_cents=1)
    found = at_once([lambda: judged(anew=True) for _ in range(2)])
    assert found.done == [CLEAN | {"mismatches": 2}] * 2
