"""A sale in real tables: everything changes together, or nothing."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from leadflow.adapters.dynamodb.bids import DynamoBidBook, bid_item
from leadflow.adapters.dynamodb.customers import DynamoCustomers, customer_item
from leadflow.adapters.dynamodb.flows import DynamoFlows
from leadflow.adapters.dynamodb.leads import DynamoLeads, lead_item
from leadflow.adapters.dynamodb.ledger import entry_item
from leadflow.adapters.dynamodb.rotations import DynamoRotations, rotation_put
from leadflow.adapters.dynamodb.sales import DynamoSales
from leadflow.adapters.dynamodb.transactions import Transaction
from leadflow.application.ports import Refused, Sale
from leadflow.domain.decisions import Kind
from leadflow.domain.flows import FlowEnding, FlowStep
from leadflow.domain.leads import LeadStatus
from leadflow.domain.return_tiers import NO_TIERS
from leadflow.domain.rotations import RotationState, Taker
from leadflow.domain.sales import booked
from tests.builders import TENANT_ID, flow, lead, source, stage
from tests.integration.seeds import entries_of, store_bid, store_customer, store_lead
from tests.unit.domain.bidding_examples import NOW, bid, contender, customer, dollars

BUYER = customer(1, spendable=100)
OFFER = bid(40, owner=1)
PRICE = dollars(40)
TURN = RotationState(stage_id=stage().id).taken(Taker(Kind.CUSTOMER, BUYER.id), NOW)
Spoil = Callable[[Sale], object]


def sale(number: int = 0, price: int = PRICE) -> Sale:
    """The lead sold to the bid, as an auction would book it."""
    after = booked(lead(number), source(), contender(OFFER, BUYER), price, NOW, ladder=NO_TIERS)
    return Sale(
        lead=after.lead,
        bid=after.bid,
        customer=after.customer,
        entry=after.entry,
        rotation=TURN,
        ending=FlowEnding(updated_at=NOW, ended_at=NOW, sold_for_cents=price),
        step=FlowStep(number=1),
    )


def take_turn() -> None:
    """Another lead takes the turn."""
    transaction = Transaction()
    rotation_put(transaction, TENANT_ID, TURN)
    transaction.commit()


def sell(of: Sale) -> frozenset[Refused]:
    return DynamoSales().sell(TENANT_ID, of)


def stand() -> tuple[object, ...]:
    """All that a sale may change."""
    return (
        DynamoLeads().get(TENANT_ID, lead().id),
        DynamoCustomers().many(TENANT_ID, [BUYER.id])[BUYER.id],
        DynamoBidBook().get(TENANT_ID, BUYER.id, OFFER.id),
        entries_of(BUYER.id),
        DynamoFlows().get(TENANT_ID, flow().id),
        DynamoFlows().steps(TENANT_ID, flow().id),
        DynamoRotations().get(TENANT_ID, TURN.stage_id),
    )


@pytest.fixture(autouse=True)
def _stored(tables: dict[str, str]) -> None:
    store_customer(BUYER)
    store_bid(OFFER)
    store_lead(lead())


def test_lead_money_limits_ledger_and_flow_change_together() -> None:
    assert not sell(sale())
    stored_lead, stored_customer, stored_bid, entries, ended, steps, turn = stand()
    assert (stored_lead, stored_customer, stored_bid) == (sale().lead, sale().customer, sale().bid)
    assert entries == [sale().entry]
    assert ended == flow(updated_at=NOW, ended_at=NOW, sold_for_cents=PRICE)
    assert steps == [FlowStep(number=0), FlowStep(number=1)]
    assert turn == TURN


def test_a_free_lead_leaves_no_entry() -> None:
    assert not sell(sale(price=0))
    assert not entries_of(BUYER.id)


@pytest.mark.parametrize(
    ("spoil", "refused"),
    [
        (
            lambda of: lead_item(
                TENANT_ID, lead().moved(LeadStatus.DISTRIBUTION_ERROR, NOW)
            ).save(),
            Refused.LEAD,
        ),
        (lambda of: customer_item(TENANT_ID, of.customer or BUYER).save(), Refused.CUSTOMER),
        (lambda of: bid_item(TENANT_ID, of.bid or OFFER).save(), Refused.BID),
        (
            lambda of: [entry_item(TENANT_ID, one).save() for one in [of.entry] if one],
            Refused.ENTRY,
        ),
        (lambda of: DynamoFlows().add_step(TENANT_ID, flow().id, of.step), Refused.STEP),
        (lambda _: take_turn(), Refused.ROTATION),
    ],
    ids=[one for one in Refused if one is not Refused.THRESHOLD],
)
def test_whatever_has_changed_meanwhile_is_named_and_nothing_is_stored(
    spoil: Spoil, refused: Refused
) -> None:
    spoil(sale())
    before = stand()
    assert sell(sale()) == {refused}
    assert stand() == before


def test_a_sale_that_is_repeated_is_refused_and_charges_nothing() -> None:
    sell(sale())
    before = stand()
    assert sell(sale()) == set(Refused) - {Refused.THRESHOLD}
    assert stand() == before


def test_the_entry_alone_keeps_a_sale_from_being_booked_twice() -> None:
    sell(sale())
    repeated, third = sale(), {"version": 3}
    assert repeated.bid
    assert repeated.customer
    again = replace(
        repeated,
        lead=repeated.lead.model_copy(update=third),
        bid=repeated.bid.model_copy(update=third),
        customer=repeated.customer.model_copy(update=third),
        rotation=None,
        step=FlowStep(number=2),
    )
    assert sell(again) == {Refused.ENTRY}
    assert len(entries_of(BUYER.id)) == 1


def test_two_leads_that_want_the_same_money_are_not_both_sold_on_one_state_of_the_wallet() -> None:
    for number in (1, 2, 3, 4):
        store_lead(lead(number), number)
    with ThreadPoolExecutor(4) as threads:
        sales = [replace(sale(number), rotation=None) for number in (1, 2, 3, 4)]
        answers = list(threads.map(sell, sales))
    assert answers.count(frozenset()) == 1
    assert answers.count(frozenset({Refused.CUSTOMER, Refused.BID})) == 3
    [entry] = entries_of(BUYER.id)
    assert entry.balance_after_cents == BUYER.balance_cents - PRICE
