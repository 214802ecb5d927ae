"""Deleting a lead."""

from collections.abc import Callable

import pytest

from leadflow.domain.auction_listings import Auction, AuctionPrices, AuctionStatus, auction_id
from leadflow.domain.buy_orders import BuyOrder, OrderStatus
from leadflow.domain.decisions import AttemptStatus
from leadflow.domain.errors import Conflict, Forbidden, NotFound, PreconditionFailed
from leadflow.domain.flows import attempted
from leadflow.domain.identifiers import OrderId
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.plans import MarketplaceStage
from leadflow.domain.principals import Role
from leadflow.domain.statuses import SOLD
from tests.builders import SOURCE_ID, TENANT_ID, TYPE_ID, lead, numbered, stage
from tests.fakes.workbench import stale
from tests.unit.application.lead_world import ADMIN, World, acting, any_version
from tests.unit.domain.bidding_examples import NOW, customer

S = LeadStatus
STEP = 3
MARKET = MarketplaceStage(id=stage(5).id, name="Market")
LISTED = lead(status=S.MARKETPLACE)
PRICES = AuctionPrices(
    first_price_cents=900, last_price_cents=100, increment_cents=100, interval_minutes=5
)


def auction(**changes: object) -> Auction:
    """The auction of the listed lead."""
    base = Auction(
        id=auction_id(LISTED.flow_ids[-1], MARKET.id, STEP),
        lead_id=LISTED.id,
        flow_id=LISTED.flow_ids[-1],
        stage_id=MARKET.id,
        step=STEP,
        plan_version=1,
        source_id=SOURCE_ID,
        lead_category_id=LISTED.lead_category_id,
        lead_type_id=TYPE_ID,
        state="TX",
        received_at=NOW,
        prices=PRICES,
        payout_cents=0,
        started_at=NOW,
    )
    return base.model_copy(update=changes)


def listed(status: AuctionStatus = AuctionStatus.ACTIVE) -> World:
    """A lead that a Marketplace stage has listed, behind one that found nobody."""
    shop = World(LISTED)
    stages = ((1, stage(1), AttemptStatus.FAILED), (STEP, MARKET, AttemptStatus.PROCESSING))
    for number, kind, came_to in stages:
        step = attempted(kind, came_to, None, started_at=NOW, ended_at=NOW)
        shop.flows.add_step(
            TENANT_ID, LISTED.flow_ids[-1], step.model_copy(update={"number": number})
        )
    shop.marketplace.opened[TENANT_ID, auction().id] = auction(status=status)
    return shop


def removed(shop: World) -> Auction | None:
    shop.delete(ADMIN, LISTED.id, any_version)
    [deletion] = shop.leads.deleted
    return deletion.auction


@pytest.mark.parametrize("status", list(LeadStatus))
def test_every_lead_but_one_that_is_processing_is_deleted(status: LeadStatus) -> None:
    shop = World(lead(status=status))
    if status is S.PROCESSING:
        with pytest.raises(Conflict, match="processing") as refused:
            shop.delete(ADMIN, shop.lead.id, any_version)
        assert refused.value.code == "invalid_status"
        assert shop.stored == shop.lead
        return
    shop.delete(ADMIN, shop.lead.id, any_version)
    [deletion] = shop.leads.deleted
    assert (deletion.lead, deletion.deleted_at, deletion.deleted_by) == (
        shop.lead,
        NOW,
        ADMIN.actor,
    )
    assert deletion.auction is None


@pytest.mark.parametrize("status", sorted(SOLD))
def test_a_sold_lead_takes_a_permission_of_its_own(status: LeadStatus) -> None:
    shop = World(lead(status=status))
    with pytest.raises(Forbidden) as refused:
        shop.delete(acting(Role.CUSTOMER_SUPPORT), shop.lead.id, any_version)
    assert refused.value.permission == "leads.delete-sold"
    assert shop.stored == shop.lead


def test_an_unsold_lead_takes_the_common_one_only() -> None:
    shop = World()
    shop.delete(acting(Role.CUSTOMER_SUPPORT), shop.lead.id, any_version)
    assert shop.leads.deleted


def test_a_lead_is_deleted_once() -> None:
    shop = World()
    shop.delete(ADMIN, shop.lead.id, any_version)
    with pytest.raises(NotFound):
        shop.delete(ADMIN, shop.lead.id, any_version)


def test_a_repeat_whose_answer_was_lost_finds_the_lead_deleted() -> None:
    shop = World()
    for _ in range(2):
        shop.delete(ADMIN, shop.lead.id, any_version, "request-1")
    assert len(shop.leads.deleted) == 1
    with pytest.raises(NotFound):
        shop.delete(ADMIN, shop.lead.id, any_version, "request-2")


def test_another_version_than_expected_is_not_deleted() -> None:
    shop = World()
    with pytest.raises(PreconditionFailed):
        shop.delete(ADMIN, shop.lead.id, stale)
    assert shop.stored == shop.lead


@pytest.mark.parametrize(
    ("race", "refusal"),
    [
        (lambda one: one.moved(S.PROCESSING, NOW), Conflict),
        (lambda _deleted: None, NotFound),
    ],
)
def test_a_lead_that_moves_on_meanwhile_is_looked_at_again(
    race: Callable[[Lead], Lead | None], refusal: type[Exception]
) -> None:
    shop = World()
    shop.races.append(race)
    with pytest.raises(refusal):
        shop.delete(ADMIN, shop.lead.id, any_version)
    assert not shop.leads.deleted


def test_a_lead_that_was_sold_meanwhile_is_not_deleted_without_the_permission() -> None:
    def sold(one: Lead) -> Lead:
        return one.model_copy(update={"status": S.ASSIGNED, "version": 2})

    shop = World()
    shop.races.append(sold)
    with pytest.raises(Forbidden):
        shop.delete(acting(Role.CUSTOMER_SUPPORT), shop.lead.id, any_version)


def test_a_running_auction_is_removed_with_its_lead() -> None:
    after = removed(listed())
    assert after
    assert (after.id, after.status, after.version) == (auction().id, AuctionStatus.REMOVED, 2)


def test_an_auction_that_is_over_stays_as_it_is() -> None:
    assert removed(listed(AuctionStatus.UNSOLD)) is None


def test_a_test_lead_is_listed_without_an_auction() -> None:
    assert removed(World(LISTED)) is None


def test_what_is_held_for_the_listing_is_released() -> None:
    shop = listed()
    order = BuyOrder(
        id=OrderId(numbered("order", 1)),
        auction_id=auction().id,
        customer_id=customer(1).id,
        amount_cents=300,
        placed_at=NOW,
        updated_at=NOW,
    )
    shop.marketplace.opened[TENANT_ID, auction().id] = auction(orders=(order.standing,))
    shop.marketplace.ordered[TENANT_ID, order.id] = order
    owner = customer(1, held_cents=300)
    shop.marketplace.customers.stored[TENANT_ID, owner.id] = owner
    shop.delete(ADMIN, LISTED.id, any_version)
    assert shop.marketplace.customers.stored[TENANT_ID, owner.id].held_cents == 0
    assert shop.marketplace.ordered[TENANT_ID, order.id].status is OrderStatus.RELEASED
