"""Receiving offers: the checks in their order, what waits, and what is told again."""

from datetime import timedelta

import pytest

from leadflow.application.demand_ports import Fill
from leadflow.domain.demand_offers import OfferStatus
from leadflow.domain.errors import (
    Conflict,
    CorruptState,
    NotFound,
    RateLimited,
    Refusal,
    TransientFault,
    Unauthorized,
    ValidationFailed,
)
from leadflow.domain.identifiers import CategoryId, PartnerId
from tests.builders import (
    numbered,
    partner,
)
from tests.unit.application.demand_world import (
    MONEY,
    DemandWorld,
    bidder,
)
from tests.unit.domain.bidding_examples import NOW
from tests.unit.domain.demand_examples import demand


def refusal(world: DemandWorld, cents: int = 1_200, **values: object) -> Refusal:
    """Why an offer is not even received; nothing of it is stored."""
    before = dict(world.demands.made)
    with pytest.raises(Refusal) as refused:
        world.offer(cents, **values)  # type: ignore[arg-type] # members are named by the tests
    assert world.demands.made == before
    return refused.value


def test_an_offer_above_the_instant_price_waits_for_the_close() -> None:
    world = DemandWorld()
    assert world.offer(501).status is OfferStatus.PENDING
    assert world.demand.awaits_close
    assert (world.demands.leads, world.customer().balance_cents) == ({}, MONEY)


@pytest.mark.parametrize("demand_id", ["demand_x", numbered("demand", 9)])
def test_an_unknown_demand_is_not_found(demand_id: str) -> None:
    world = DemandWorld()
    with pytest.raises(NotFound):
        world.offer(wanted=demand(id=demand_id))


def test_a_demand_of_another_category_is_not_found() -> None:
    world = DemandWorld()
    world.put(demand(lead_category_id=CategoryId(numbered("category", 9))))
    assert isinstance(refusal(world), NotFound)


def test_a_demand_without_a_customer_is_corrupt() -> None:
    world = DemandWorld()
    world.demands.customers.stored.clear()
    with pytest.raises(CorruptState):
        world.offer()


def test_an_archived_source_is_out_at_once() -> None:
    world = DemandWorld()
    world.configure(bidder(0, archived=True))
    assert isinstance(refusal(world), Unauthorized)


def test_a_source_calls_no_more_often_than_it_may() -> None:
    world = DemandWorld().minute(0.5)
    world.rates.left = 1
    world.offer()
    refused = refusal(world)
    assert isinstance(refused, RateLimited)
    assert refused.retry_after_seconds == 30


def test_a_source_in_test_mode_makes_no_offers() -> None:
    world = DemandWorld()
    world.configure(bidder(0, test_mode=True))
    refused = refusal(world)
    assert isinstance(refused, ValidationFailed)
    assert list(refused.errors) == ["source"]


def test_nothing_is_taken_from_the_moment_of_the_close() -> None:
    world = DemandWorld().minute(120)
    assert (refusal(world).status, refusal(world).code) == (409, "demand_closed")


def test_checks_come_in_their_order() -> None:
    world = DemandWorld()
    bad = {"zip": "0", "email": "x"}
    assert refusal(world, 0, **bad).code == "validation_failed"
    assert refusal(world, 2_501, **bad).code == "offer_above_ceiling"
    refused = refusal(world, 2_500, **bad)
    assert isinstance(refused, ValidationFailed)
    assert sorted(refused.errors) == ["lead.email", "lead.zip"]
    assert refusal(world, 2_500, county="Dallas").code == "criteria_not_met"
    world.cancel()
    assert refusal(world, 0, **bad).code == "demand_closed"


def test_a_lead_is_as_complete_as_a_post_of_its_source() -> None:
    world = DemandWorld()
    refused = refusal(world, zip=None, is_test=True)
    assert isinstance(refused, ValidationFailed)
    assert sorted(refused.errors) == ["lead.is_test", "lead.zip"]
    refused = refusal(world, is_test=True)
    assert isinstance(refused, ValidationFailed)
    assert list(refused.errors) == ["lead.is_test"]


def test_personal_data_of_the_row_are_not_compared() -> None:
    world = DemandWorld()
    assert world.offer(first_name="Bob", email="bob@example.com").status is OfferStatus.PENDING


def test_every_field_that_differs_is_named() -> None:
    world = DemandWorld()
    refused = refusal(world, zip="73301", county=None)
    assert isinstance(refused, ValidationFailed)
    assert sorted(refused.errors) == ["lead.county", "lead.zip"]


def test_an_offer_may_be_attributed_to_a_partner() -> None:
    world = DemandWorld()
    world.configure(bidder(0, partner_id=partner(2).id), partners={partner(1).id: partner(1)})
    world.offer(500, partner_id=partner(1).id)
    assert next(iter(world.demands.leads.values())).partner_id == partner(1).id
    world = DemandWorld()
    with pytest.raises(ValidationFailed) as refused:
        world.offer(500, partner_id=PartnerId(numbered("partner", 9)))
    assert list(refused.value.errors) == ["X-Partner-Id"]


def test_an_offer_made_during_a_sale_meets_a_closed_demand() -> None:
    world = DemandWorld()
    world.demands.races = [lambda: world.offer(400, by=1)]
    with pytest.raises(Conflict, match="not open"):
        world.offer(500)
    assert [one.price_cents for one in world.demands.made.values()] == [400]
    assert world.customer().balance_cents == MONEY - 400


def test_an_offer_that_would_wait_meets_a_demand_that_was_cancelled() -> None:
    world = DemandWorld()
    world.demands.races = [world.cancel]
    with pytest.raises(Conflict):
        world.offer(1_200)
    assert world.demands.made == {}


def test_whoever_is_always_overtaken_may_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    world = DemandWorld()
    monkeypatch.setattr("leadflow.application.demand_desk.TRIES_MAX", 2)
    monkeypatch.setattr(world.demands, "wait", lambda *_: False)
    with pytest.raises(TransientFault):
        world.offer()


@pytest.mark.parametrize(("cents", "write"), [(500, "fill"), (1_200, "wait")])
def test_an_offer_that_was_stored_though_nobody_was_told_is_told_of(
    monkeypatch: pytest.MonkeyPatch, cents: int, write: str
) -> None:
    world = DemandWorld()
    store = getattr(world.demands, write)

    def lost(*given: object) -> object:
        store(*given)
        return Fill.MOVED_ON if write == "fill" else False

    monkeypatch.setattr(world.demands, write, lost)
    made = world.offer(cents)
    assert made.status == ("accepted" if write == "fill" else "pending")
    assert [one.id for one in world.demands.made.values()] == [made.offer.id]
    assert len(world.demands.booked) == (write == "fill")


@pytest.mark.parametrize("cents", [500, 1_200])
def test_a_repeat_is_told_of_the_offer_that_it_made(cents: int) -> None:
    world = DemandWorld()
    first = world.offer(cents, repeat="key")
    again = world.minute(130).offer(cents, repeat="key")
    assert again.offer == first.offer
    assert len(world.demands.made) == 1


def test_a_key_makes_another_offer_a_day_later() -> None:
    world = DemandWorld()
    world.put(demand(closes_at=NOW + timedelta(days=5)))
    world.offer(repeat="key")
    world.minute(24 * 60).offer(repeat="key")
    assert len(world.demands.made) == 2


def test_a_key_cannot_be_used_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leadflow.application.offer_on_demand.GENERATIONS_MAX", 0)
    with pytest.raises(Conflict, match="Idempotency-Key"):
        DemandWorld().offer(repeat="key")
