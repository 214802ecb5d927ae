"""Listings: what is shown of them, to whom, and how they are filtered."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from leadflow.application import browse_marketplace
from leadflow.application.browse_marketplace import AuctionFilters, FloorBy, ListedAuction
from leadflow.application.caller_scope import CallerScope
from leadflow.application.ports import Window
from leadflow.domain.auction_listings import Auction
from leadflow.domain.errors import CorruptState, NotFound, RateLimited
from leadflow.domain.identifiers import AuctionId, TenantId
from tests.builders import TENANT_ID, TYPE_ID, numbered
from tests.trade import admin
from tests.unit.application.marketplace_world import AUCTION, MarketplaceWorld, scope
from tests.unit.domain.bidding_examples import NOW

ADDRESS = "203.0.113.7"
ALL = Window(50)


def numbered_auction(number: int, **changes: object) -> Auction:
    """An auction that was opened a second after the one before."""
    base = AUCTION.model_copy(
        update={
            "id": AuctionId(numbered("auction", number)),
            "started_at": NOW + timedelta(seconds=number),
        }
    )
    return base.model_copy(update=changes)


def world_of(*auctions: Auction) -> MarketplaceWorld:
    world = MarketplaceWorld()
    world.market.opened.clear()
    for one in auctions:
        world.put(one)
    return world


def listed(
    world: MarketplaceWorld,
    reader: CallerScope | None = None,
    filters: Mapping[str, object] | None = None,
) -> list[ListedAuction]:
    wanted = AuctionFilters.model_validate(filters or {})
    return list(world.browsing.auctions(reader or scope(), wanted, ALL).items)


def seen(world: MarketplaceWorld, number: int) -> FloorBy:
    [one] = listed(world, scope(number))
    return one.floor_by


def test_a_listing_names_the_lead_type_and_the_moment() -> None:
    [one] = listed(MarketplaceWorld().minute(20))
    assert (one.auction, one.lead_type) == (AUCTION, "Any")
    assert one.at == NOW + timedelta(minutes=20)


def test_everybody_is_told_who_sets_the_floor() -> None:
    world = MarketplaceWorld()
    assert seen(world, 1) is FloorBy.NONE
    world.order(1, 1_100)
    world.order(2, 1_200)
    assert [seen(world, number) for number in (1, 2, 3)] == [
        FloorBy.TRAILING,
        FloorBy.LEADING,
        FloorBy.OTHERS,
    ]
    [for_tenant] = listed(world, admin())
    assert for_tenant.floor_by is FloorBy.OTHERS


def test_listings_are_shown_from_the_newest_back_page_by_page() -> None:
    world = world_of(*(numbered_auction(number) for number in (2, 1, 3)))
    first = world.browsing.auctions(scope(), AuctionFilters(), Window(2))
    rest = world.browsing.auctions(scope(), AuctionFilters(), Window(2, first.position))
    shown = [one.auction.id for one in (*first.items, *rest.items)]
    assert shown == [numbered("auction", number) for number in (3, 2, 1)]
    assert rest.position is None


def test_what_can_be_bought_no_longer_is_not_shown() -> None:
    world = MarketplaceWorld()
    assert not listed(world.minute(135))
    world.minute(0).buy()
    assert not listed(world)


@pytest.mark.parametrize(
    ("filters", "is_shown"),
    [
        ({"state": "TX"}, True),
        ({"state": "tx", "county": "travis county"}, True),
        ({"state": "GA"}, False),
        ({"county": "Travis"}, False),
        ({"lead_type_id": TYPE_ID}, True),
        ({"lead_type_id": numbered("type", 9)}, False),
        ({"search": "aVis"}, True),
        ({"search": "any"}, True),
        ({"search": "Byron"}, False),
        ({"order": "leading"}, True),
        ({"order": "none"}, False),
    ],
)
def test_listings_are_filtered(filters: dict[str, object], is_shown: bool) -> None:
    world = MarketplaceWorld()
    world.order()
    assert bool(listed(world, filters=filters)) is is_shown


def test_a_listing_without_a_county_has_none_that_could_be_asked_for() -> None:
    world = world_of(numbered_auction(1, county=None))
    assert listed(world, filters={"state": "TX"})
    assert not listed(world, filters={"county": "Travis County"})


def test_the_lead_type_of_a_listing_may_be_gone() -> None:
    world = MarketplaceWorld()
    world.settled.newest = replace(world.settled.newest, lead_types={})
    [one] = listed(world)
    assert one.lead_type is None


def test_the_public_sees_the_listings_of_a_tenant_that_shows_them() -> None:
    world = MarketplaceWorld()
    world.order()
    world.configure(public_marketplace_enabled=True)
    shown = world.browsing.admitted(TENANT_ID, ADDRESS)
    [one] = world.browsing.public(shown, AuctionFilters(), ALL).items
    assert (one.auction.id, one.floor_by) == (AUCTION.id, FloorBy.OTHERS)


@pytest.mark.parametrize(
    "switches",
    [{}, {"public_marketplace_enabled": True, "marketplace_enabled": False}],
    ids=["not public", "no marketplace"],
)
def test_other_tenants_show_nothing(switches: dict[str, object]) -> None:
    world = MarketplaceWorld()
    world.configure(**switches)
    with pytest.raises(NotFound):
        world.browsing.admitted(TENANT_ID, ADDRESS)
    assert not world.rates.counted


@pytest.mark.parametrize("tenant_id", ["tenant_" + "7" * 26, "tenant_1", "nobody"])
def test_an_unknown_tenant_has_no_public_marketplace(
    tenant_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_tenant_id: TenantId) -> None:
        raise CorruptState("The tenant has no configuration.")

    world = MarketplaceWorld()
    monkeypatch.setattr(world.settled, "current", missing)
    with pytest.raises(NotFound):
        world.browsing.admitted(tenant_id, ADDRESS)


def admissions(world: MarketplaceWorld, address: str, times: int) -> int:
    """How many of so many requests are answered until one is refused."""
    for count in range(times):
        try:
            world.browsing.admitted(TENANT_ID, address)
        except RateLimited:
            return count
    return times


def test_one_caller_and_all_callers_together_have_so_many_requests_a_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(browse_marketplace, "CALLER_PER_MINUTE", 3)
    monkeypatch.setattr(browse_marketplace, "TENANT_PER_MINUTE", 5)
    world = MarketplaceWorld().minute(0.25)
    world.configure(public_marketplace_enabled=True)
    assert admissions(world, ADDRESS, 9) == 3
    assert admissions(world, ADDRESS, 9) == 0
    assert admissions(world, "203.0.113.8", 9) == 2
    assert admissions(world.minute(1), ADDRESS, 9) == 3


def test_a_customer_lists_its_own_orders_newest_first() -> None:
    world = MarketplaceWorld()
    first = world.order(1, 600)
    world.cancel(first)
    world.order(2, 700)
    second = world.order(1, 800)
    page = world.browsing.orders(scope(), Window(1))
    rest = world.browsing.orders(scope(), Window(1, page.position))
    assert [one.id for one in (*page.items, *rest.items)] == [second.id, first.id]
    assert rest.position is None


def test_a_tenant_has_no_orders() -> None:
    with pytest.raises(NotFound):
        MarketplaceWorld().browsing.orders(admin(), ALL)
