"""What sources, customers and tenants are shown of demands and offers."""

from datetime import timedelta

import pytest

from leadflow.application.browse_demands import Audience, DemandFilters
from leadflow.application.ports import Window
from leadflow.domain.demands import DemandStatus
from leadflow.domain.errors import NotFound, Unauthorized
from leadflow.domain.identifiers import CategoryId
from tests.builders import numbered
from tests.unit.application.demand_world import DEMAND, DemandWorld, bidder, caller, owner, tenant
from tests.unit.domain.bidding_examples import NOW, customer
from tests.unit.domain.demand_examples import demand

ALL = Window(50)
OTHER_CATEGORY = CategoryId(numbered("category", 9))


def ids(world: DemandWorld, number: int | None = None, **filters: str) -> list[str]:
    """The demands that the tenant, or a customer, is shown."""
    scope = owner(number) if number else tenant()
    wanted = DemandFilters.model_validate(filters)
    return [one.demand.id for one in world.browsing.of_tenant(scope, wanted, ALL).items]


def open_ids(world: DemandWorld) -> list[str]:
    return [one.demand.id for one in world.browsing.of_source(caller(), ALL).items]


def two_of_two() -> DemandWorld:
    """A demand of each of two customers, the second one made later."""
    world = DemandWorld()
    world.put(demand(2, owner=2, created_at=NOW + timedelta(minutes=1)))
    return world.minute(2)


def test_a_tenant_sees_all_newest_first_and_a_customer_its_own() -> None:
    world = two_of_two()
    assert ids(world) == [demand(2).id, DEMAND.id]
    assert ids(world, 1) == [DEMAND.id]
    assert ids(world, customer_id=customer(2).id) == [demand(2).id]


def test_nobody_asks_for_another_customers_demands() -> None:
    with pytest.raises(NotFound):
        ids(two_of_two(), 1, customer_id=customer(2).id)
    with pytest.raises(NotFound):
        two_of_two().browsing.one(owner(2), DEMAND.id)


def test_demands_are_found_by_what_they_are_now() -> None:
    world = two_of_two()
    world.cancel()
    assert ids(world, status="cancelled") == [DEMAND.id]
    assert ids(world, status="open") == [demand(2).id]
    assert ids(world.minute(130), status="unfilled") == [demand(2).id]


def test_a_source_sees_what_is_open_in_its_category() -> None:
    world = two_of_two()
    world.put(demand(3, lead_category_id=OTHER_CATEGORY))
    world.put(demand(4, closes_at=NOW + timedelta(minutes=200)))
    assert open_ids(world)[0] == demand(4).id
    assert set(open_ids(world)[1:]) == {DEMAND.id, demand(2).id}
    world.archive(2)
    world.cancel()
    assert open_ids(world) == [demand(4).id]
    assert open_ids(world.minute(200)) == []


def test_a_source_sees_one_demand_while_it_is_open() -> None:
    world = DemandWorld()
    view = world.browsing.one_open(caller(), DEMAND.id)
    assert (view.demand, view.audience) == (DEMAND, Audience.SOURCE)
    world.cancel()
    with pytest.raises(NotFound):
        world.browsing.one_open(caller(), DEMAND.id)
    world.put(demand(2, lead_category_id=OTHER_CATEGORY))
    with pytest.raises(NotFound):
        world.browsing.one_open(caller(), demand(2).id)


def test_an_archived_source_sees_nothing() -> None:
    world = DemandWorld()
    world.configure(bidder(0, archived=True))
    with pytest.raises(Unauthorized):
        open_ids(world)


def test_customer_and_tenant_see_a_demand_whatever_became_of_it() -> None:
    world = DemandWorld().minute(120)
    mine, theirs = (world.browsing.one(who, DEMAND.id) for who in (owner(), tenant()))
    assert (mine.status, theirs.status) == (DemandStatus.UNFILLED, DemandStatus.UNFILLED)
    assert (mine.audience, theirs.audience) == (Audience.CUSTOMER, Audience.TENANT)


def test_a_source_sees_its_own_offers_and_the_tenant_all() -> None:
    world = DemandWorld()
    first = world.offer(1_200).offer
    second = world.minute(1).offer(1_300, by=1).offer
    page = world.browsing.offers(tenant(), DEMAND.id, ALL)
    assert [one.offer for one in page.items] == [second, first]
    own = world.browsing.own_offers(caller(1), DEMAND.id, ALL)
    assert [(one.offer, one.status) for one in own.items] == [(second, "pending")]


def test_offers_stay_visible_when_their_demand_has_ended() -> None:
    world = DemandWorld()
    world.offer(1_200)
    world.offer(500, by=1)
    own = world.browsing.own_offers(caller(), DEMAND.id, ALL)
    assert [one.status for one in own.items] == ["lost"]
