"""The money of all tenants is judged, a part at a time, and nothing is missed or alarmed twice."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest
from pydantic import ValidationError

from leadflow.application import verify_ledger
from leadflow.application.ports import Page, Window
from leadflow.application.verify_ledger import (
    CALL_LASTS,
    LOOKS_MAX,
    PASS_EVERY,
    LedgerCheck,
    VerifyLedger,
)
from leadflow.domain.buy_orders import BuyOrder, placed
from leadflow.domain.customers import Customer
from leadflow.domain.identifiers import CustomerId, TenantId, TransactionId
from leadflow.domain.ledger import Entry, LedgerEvent, Posting, post
from leadflow.domain.wallet_audit import MismatchKind
from tests.builders import TENANT_ID, numbered
from tests.fakes.bookmarks import FixedTenants, MemoryBookmarks
from tests.fakes.clock import FixedClock
from tests.fakes.customer_store import MemoryCustomerStore, MemoryWallets
from tests.unit.domain.bidding_examples import NOW, customer
from tests.unit.domain.test_wallet_audit import ORDER

OTHER = TenantId(numbered("tenant", 1))


class Ticking(FixedClock):
    """A clock that goes on by a step with every look at it."""

    step = timedelta(0)

    def now(self) -> datetime:
        self.at += self.step
        return super().now()


class ScriptedOrders:
    """Open orders; `meanwhile` is what others do while they are read."""

    def __init__(self) -> None:
        self.open: list[BuyOrder] = []
        self.meanwhile: Callable[[], object] = lambda: None

    def active_orders(self, _tenant_id: TenantId, _customer_id: CustomerId) -> Sequence[BuyOrder]:
        seen = list(self.open)
        self.meanwhile()
        return seen


class UnreadableWallets(MemoryWallets):
    """Rows of which one is no row."""

    def entries(self, tenant_id: TenantId, customer_id: CustomerId, window: Window) -> Page[Entry]:
        if customer_id == customer(1).id:
            Entry.model_validate({})
        return super().entries(tenant_id, customer_id, window)


class World:
    """Tenants with customers, each of whom has put money into its wallet."""

    def __init__(self, wallets: type[MemoryWallets] = MemoryWallets) -> None:
        self.customers = MemoryCustomerStore()
        self.wallets = wallets(self.customers)
        self.orders = ScriptedOrders()
        self.bookmarks = MemoryBookmarks()
        self.clock = Ticking(NOW)
        self.verify = VerifyLedger(
            tenants=FixedTenants([OTHER, TENANT_ID]),
            customers=self.customers,
            wallets=self.wallets,
            orders=self.orders,
            bookmarks=self.bookmarks,
            clock=self.clock,
        )

    def with_customers(self, tenant_id: TenantId, number: int) -> "World":
        for one in range(number):
            owner = customer(one, spendable=0)
            self.customers.stored[tenant_id, owner.id] = owner
            self.deposit(tenant_id, owner.id)
        return self

    def deposit(self, tenant_id: TenantId, customer_id: CustomerId) -> None:
        def posting(before: Customer) -> Posting:
            return post(
                before,
                LedgerEvent.FUNDS_ADDED_BY_TENANT,
                500,
                transaction_id=TransactionId(numbered("txn", len(self.wallets.booked))),
                description="Because.",
                at=NOW,
            )

        self.wallets.move(tenant_id, customer_id, posting)

    def tamper(self, number: int, tenant_id: TenantId = TENANT_ID, **changes: object) -> None:
        key = tenant_id, customer(number).id
        self.customers.stored[key] = self.customers.stored[key].model_copy(update=changes)

    def hold(self) -> None:
        """Place an order of the first customer."""
        key = TENANT_ID, customer(0).id
        order = ORDER.model_copy(update={"customer_id": key[1]})
        posting = placed(self.customers.stored[key], order, order.amount_cents, NOW)
        self.customers.stored[key] = posting.customer
        self.wallets.booked[(*key, posting.entry.id)] = posting.entry
        self.orders.open.append(order)


def kinds(check: LedgerCheck) -> list[tuple[TenantId, str, MismatchKind]]:
    return [(one.tenant_id, one.mismatch.customer_id, one.mismatch.kind) for one in check.told]


def test_wallets_of_all_tenants_are_judged() -> None:
    world = World().with_customers(TENANT_ID, 3).with_customers(OTHER, 2)
    assert world.verify() == LedgerCheck(wallets=5, rows=5, is_ended=True)


def test_a_balance_that_somebody_has_changed_is_told_with_its_customer() -> None:
    world = World().with_customers(TENANT_ID, 3)
    world.tamper(1, balance_cents=501)
    check = world.verify()
    owner = TENANT_ID, customer(1).id
    assert kinds(check) == [
        (*owner, MismatchKind.BALANCE_AFTER),
        (*owner, MismatchKind.BALANCE),
    ]
    assert check.mismatches == 2


def test_long_histories_are_read_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify_ledger, "PAGE_ROWS", 2)
    world = World().with_customers(TENANT_ID, 1)
    for _ in range(4):
        world.deposit(TENANT_ID, customer(0).id)
    assert world.verify() == LedgerCheck(wallets=1, rows=5, is_ended=True)


def test_a_row_that_is_booked_while_a_wallet_is_read_is_no_mismatch() -> None:
    world = World().with_customers(TENANT_ID, 1)
    seen = world.customers.stored[TENANT_ID, customer(0).id]
    world.deposit(TENANT_ID, seen.id)
    assert [one.sequence for one in world.verify._rows(TENANT_ID, seen)] == [1]


def test_an_order_that_is_placed_while_a_wallet_is_read_is_no_mismatch() -> None:
    world = World().with_customers(TENANT_ID, 1)
    world.hold()
    placed_one = world.orders.open.pop()

    def settle() -> None:
        world.orders.open = [placed_one]
        world.tamper(0, version=9)

    world.orders.meanwhile = settle
    assert kinds(world.verify()) == []


def test_a_hold_without_an_order_is_told() -> None:
    world = World().with_customers(TENANT_ID, 1)
    world.hold()
    assert kinds(world.verify()) == []
    world.orders.open = []
    held = TENANT_ID, customer(0).id, MismatchKind.HELD_FOR_ORDERS
    assert kinds(world.verify(anew=True)) == [held]


def test_a_wallet_that_never_rests_is_left_for_another_time() -> None:
    world = World().with_customers(TENANT_ID, 1)
    world.hold()
    world.orders.open, looks = [], []

    def change() -> None:
        looks.append(1)
        world.tamper(0, version=len(looks) + 10)

    world.orders.meanwhile = change
    check = world.verify()
    assert (check.told, check.restless, len(looks)) == ([], 1, LOOKS_MAX)


def test_a_wallet_that_cannot_be_read_holds_up_no_other() -> None:
    world = World(UnreadableWallets).with_customers(TENANT_ID, 3)
    check = world.verify()
    assert kinds(check) == [(TENANT_ID, customer(1).id, MismatchKind.UNREADABLE)]
    assert (check.wallets, check.rows, check.mismatches) == (3, 2, 1)
    with pytest.raises(ValidationError):
        world.wallets.entries(TENANT_ID, customer(1).id, Window(1))


def test_a_wallet_that_is_gone_from_the_list_is_passed() -> None:
    world = World().with_customers(TENANT_ID, 1)
    listed = list(world.customers.spots(TENANT_ID, limit=9, position=None))
    world.customers.stored.clear()
    world.customers.spots = lambda *_, **__: listed  # type: ignore[method-assign]
    assert world.verify.of_tenant(TENANT_ID) == LedgerCheck(wallets=1, is_ended=True)


@pytest.mark.parametrize("page", [1, 2, 100])
def test_a_pass_goes_on_where_the_last_call_stopped(
    page: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify_ledger, "PAGE_CUSTOMERS", page)
    world = World().with_customers(TENANT_ID, 4).with_customers(OTHER, 3)
    world.tamper(0, OTHER, balance_cents=9)
    world.clock.step = CALL_LASTS / 2.5
    judged = [world.verify() for _ in range(5)]
    assert [one.wallets for one in judged] == [2, 2, 2, 1, 0]
    assert [one.is_ended for one in judged] == [False, False, False, True, True]
    assert [one.mismatches > 0 for one in judged] == [False, False, False, True, False]


def test_a_call_that_is_killed_loses_a_page_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify_ledger, "PAGE_CUSTOMERS", 2)
    world = World().with_customers(TENANT_ID, 5)
    judge, judged = VerifyLedger._judge, []

    def killed(self: VerifyLedger, tenant: TenantId, one: CustomerId, check: LedgerCheck) -> None:
        judged.append(one)
        if len(judged) == 4:
            raise KeyboardInterrupt
        judge(self, tenant, one, check)

    monkeypatch.setattr(VerifyLedger, "_judge", killed)
    with pytest.raises(KeyboardInterrupt):
        world.verify()
    assert world.verify().wallets == 3


def test_a_pass_begins_once_a_day_and_whenever_somebody_asks() -> None:
    world = World().with_customers(TENANT_ID, 1)
    assert world.verify().wallets == 1
    world.clock.at = NOW + PASS_EVERY - timedelta(seconds=1)
    assert world.verify() == LedgerCheck(is_ended=True)
    world.clock.at = NOW + PASS_EVERY
    assert world.verify().wallets == 1
    assert world.verify(anew=True).wallets == 1


def test_one_tenant_is_judged_by_itself_and_the_pass_stays_where_it_is() -> None:
    world = World().with_customers(TENANT_ID, 3).with_customers(OTHER, 3)
    assert world.verify.of_tenant(OTHER) == LedgerCheck(wallets=3, rows=3, is_ended=True)
    assert not world.bookmarks.kept
    world.clock.step = CALL_LASTS / 2.5
    assert world.verify.of_tenant(OTHER) == LedgerCheck(wallets=2, rows=2)
