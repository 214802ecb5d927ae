"""Closing demands: the cheapest offer that can be had, each tried once."""

from datetime import timedelta

import pytest

from leadflow.application import close_demands
from leadflow.application.close_demands import Closing
from leadflow.application.demand_ports import DueDemand
from leadflow.domain.demands import DemandStatus
from leadflow.domain.errors import TransientFault
from leadflow.domain.identifiers import DemandId
from tests.builders import TENANT_ID, duplicate_check, numbered
from tests.unit.application.demand_world import DEMAND, MONEY, DemandWorld, bidder
from tests.unit.domain.demand_examples import demand


def bidding() -> DemandWorld:
    """The example of 14.3: 12.00 at minute 10, 9.50 at minutes 40 and 60."""
    world = DemandWorld()
    world.minute(10).offer(1_200)
    world.minute(40).offer(950, by=1, email="early@example.com")
    world.minute(60).offer(950)
    return world


def test_at_the_close_the_earlier_of_the_lowest_offers_wins() -> None:
    world = bidding().minute(120)
    assert world.close() == [Closing.FILLED]
    assert world.told() == [("lost", None), ("accepted", None), ("lost", None)]
    assert [one.values["email"] for one in world.demands.leads.values()] == ["early@example.com"]
    assert world.customer().balance_cents == MONEY - 950
    assert world.close() == []


def test_nothing_is_closed_too_early() -> None:
    world = bidding().minute(119.99)
    assert world.close() == []
    assert world.closing(DueDemand(TENANT_ID, DEMAND.id)) is Closing.NOTHING


def test_offers_that_are_refused_let_the_next_one_try() -> None:
    world = bidding().minute(120)
    world.configure(duplicate_checks={"check": duplicate_check()})
    world.put(demand(2))
    world.demands.claimed = {}
    world.minute(119).offer(500, wanted=demand(2), email="early@example.com")
    assert world.minute(120).close() == [Closing.FILLED]
    assert world.told() == [("lost", None), ("refused", "duplicate"), ("accepted", None)]
    assert world.demand.tried_until


def test_a_demand_that_takes_no_offer_is_unfilled() -> None:
    world = bidding().minute(120)
    world.put(world.customer().model_copy(update={"balance_cents": 100}))
    assert world.close() == [Closing.UNFILLED]
    assert world.told() == [("refused", "insufficient_funds")] * 3
    assert (world.demand.status, world.demands.leads) == (DemandStatus.UNFILLED, {})


def test_a_cheaper_offer_may_find_the_money_that_a_dearer_one_does_not() -> None:
    world = bidding().minute(120)
    world.put(world.customer().model_copy(update={"balance_cents": 1_000}))
    assert world.close() == [Closing.FILLED]
    assert world.customer().balance_cents == 50


def test_what_a_crash_has_left_is_gone_on_with_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    world = bidding().minute(120)
    world.put(world.customer().model_copy(update={"balance_cents": 100}))
    monkeypatch.setattr(close_demands, "OFFERS_MAX", 0)
    assert world.close() == [Closing.LEFT]
    assert world.told() == [("pending", None), ("refused", "insufficient_funds"), ("pending", None)]
    world.put(world.customer().model_copy(update={"balance_cents": MONEY}))
    assert world.close() == [Closing.FILLED]
    assert world.told() == [("lost", None), ("refused", "insufficient_funds"), ("accepted", None)]


def test_a_demand_of_an_archived_customer_is_cancelled() -> None:
    world = bidding()
    world.archive()
    assert world.told() == [("lost", None)] * 3
    assert world.minute(120).close() == [Closing.CANCELLED]
    assert (world.demand.status, world.demands.leads) == (DemandStatus.CANCELLED, {})


def test_a_demand_that_was_archived_before_it_was_settled_buys_nothing() -> None:
    world = bidding().minute(121)
    world.archive()
    assert world.close() == [Closing.CANCELLED]


def test_two_that_close_at_once_sell_once() -> None:
    world = bidding().minute(120)
    world.demands.races = [world.close]
    assert world.closing(DueDemand(TENANT_ID, DEMAND.id)) is Closing.NOTHING
    assert len(world.demands.sales) == 1


def test_a_refusal_that_was_overtaken_is_not_told_twice() -> None:
    world = bidding().minute(120)
    world.put(world.customer().model_copy(update={"balance_cents": 100}))
    world.demands.races = [world.close]
    assert world.closing(DueDemand(TENANT_ID, DEMAND.id)) is Closing.NOTHING
    assert world.told() == [("refused", "insufficient_funds")] * 3


def test_a_demand_that_cannot_be_settled_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    world = bidding().minute(120)

    def broken(*_: object) -> None:
        raise TransientFault

    monkeypatch.setattr(world.demands, "fill", broken)
    assert world.close() == [Closing.LEFT]
    monkeypatch.undo()
    assert world.close() == [Closing.FILLED]


def test_an_unknown_demand_is_nothing_to_do() -> None:
    unknown = DueDemand(TENANT_ID, DemandId(numbered("demand", 9)))
    assert DemandWorld().closing(unknown) is Closing.NOTHING


def test_an_offer_counts_though_its_source_has_gone_or_is_tested_since() -> None:
    world = bidding().minute(120)
    world.configure(bidder(0), bidder(1, test_mode=True, archived=True))
    assert world.close() == [Closing.FILLED]
    lead = next(iter(world.demands.leads.values()))
    assert (lead.source_id, lead.is_test) == (bidder(1).id, False)


def test_the_longest_due_comes_first() -> None:
    world = bidding()
    world.put(demand(2, closes_at=DEMAND.closes_at - timedelta(minutes=1)))
    world.offer(1_200, wanted=demand(2))
    world.minute(125)
    assert [one.demand_id for one in world.closing.due()] == [demand(2).id, DEMAND.id]


def test_an_offer_without_its_lead_is_left_for_a_person() -> None:
    world = bidding().minute(120)
    for key, one in world.demands.made.items():
        world.demands.made[key] = one.model_copy(update={"lead": None})
    assert world.close() == [Closing.LEFT]
