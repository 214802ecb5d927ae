"""A customer whose archiving broke off does not keep its money on hold."""

from datetime import timedelta

import pytest

from leadflow.application.finish_archivings import ARCHIVED_WITHIN, Archived, Archiving
from leadflow.application.free_holds import FreeHolds
from leadflow.domain.buy_orders import OrderStatus
from leadflow.domain.errors import NotFound, PreconditionFailed
from tests.builders import TENANT_ID
from tests.fakes.bid_store import MemoryBidStore
from tests.trade import admin
from tests.unit.application.marketplace_world import MarketplaceWorld
from tests.unit.domain.bidding_examples import customer

LEAVING = Archiving(TENANT_ID, customer(2).id)


class Killed(BaseException):
    """The process ends."""


def broken_off(monkeypatch: pytest.MonkeyPatch) -> MarketplaceWorld:
    """The process ends behind the archiving, before the customer's order is canceled."""
    world = MarketplaceWorld()
    world.order(2, 700)

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(FreeHolds, "of_customer", killed)
        with pytest.raises(Killed):
            world.archiving(admin(), customer(2).id, lambda _: None)
    return world


def finished(world: MarketplaceWorld) -> list[Archived]:
    return [world.finishing(one) for one in world.finishing.due()]


def test_what_broke_off_is_finished_once_nobody_can_be_at_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = broken_off(monkeypatch)
    assert finished(world) == []
    assert world.customer(2).held_cents == 700
    world.clock.at += ARCHIVED_WITHIN
    assert finished(world) == [Archived.CANCELED]
    assert world.customer(2).held_cents == 0
    assert [one.status for one in world.market.ordered.values()] == [OrderStatus.CANCELED]
    assert finished(world) == []
    world.check()


def test_one_who_was_restored_meanwhile_keeps_its_orders(monkeypatch: pytest.MonkeyPatch) -> None:
    world = broken_off(monkeypatch)
    restored = world.customer(2).model_copy(update={"archived": False})
    world.market.customers.stored[TENANT_ID, restored.id] = restored
    world.clock.at += ARCHIVED_WITHIN
    assert finished(world) == [Archived.NOTHING]
    assert world.customer(2).held_cents == 700


def test_an_archiving_that_was_carried_out_leaves_nothing_to_do() -> None:
    world = MarketplaceWorld()
    world.order(2, 700)
    world.archiving(admin(), customer(2).id, lambda _: None)
    world.clock.at += timedelta(days=1)
    assert finished(world) == []


def test_an_archiving_of_nobody_is_not_even_noted() -> None:
    world = MarketplaceWorld()
    with pytest.raises(NotFound):
        world.archiving(admin(), customer(9).id, lambda _: None)
    assert not world.archivings.begun


def test_no_bid_is_read_to_archive_a_customer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(MemoryBidStore, "live_of")
    world = MarketplaceWorld()
    assert world.archiving(admin(), customer(1).id, lambda _: None).archived


def test_a_customer_of_another_version_is_not_even_begun_with() -> None:
    world = MarketplaceWorld()

    def stale(version: int) -> None:
        assert version == customer(1).version
        raise PreconditionFailed

    with pytest.raises(PreconditionFailed):
        world.archiving(admin(), customer(1).id, stale)
    assert not world.archivings.begun


def test_a_note_of_somebody_who_is_gone_is_done() -> None:
    world = MarketplaceWorld()
    world.archivings.begin(Archiving(TENANT_ID, customer(9).id), world.clock.now())
    assert finished(world) == [Archived.NOTHING]


def test_one_that_cannot_be_finished_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    world = broken_off(monkeypatch)
    world.clock.at += ARCHIVED_WITHIN
    world.archivings.fault = True
    assert finished(world) == [Archived.LEFT]
    world.archivings.fault = False
    assert finished(world) == [Archived.NOTHING]
    assert LEAVING not in world.archivings.begun
