"""Judge the money of every tenant, wallet by wallet (`product.md`, 18; contract C2 and C4)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from pydantic import ValidationError

from leadflow.application.customer_ports import CustomerStore, Wallets
from leadflow.application.list_ports import Spot
from leadflow.application.operation_ports import Bookmarks, Tenants
from leadflow.application.ports import Clock, Window
from leadflow.domain.buy_orders import BuyOrder
from leadflow.domain.customers import Customer
from leadflow.domain.identifiers import CustomerId, TenantId
from leadflow.domain.ledger import Entry
from leadflow.domain.model import Frozen
from leadflow.domain.wallet_audit import Judged, Mismatch, MismatchKind, held_mismatch, judged

PAGE_CUSTOMERS = 100
"""Wallets between two bookmarks."""

PAGE_ROWS = 1_000
"""Rows of a wallet that are read at once."""

PASS_EVERY = timedelta(hours=24)
"""How long after the beginning of one pass over all wallets the next one begins."""

CALL_LASTS = timedelta(minutes=8)
"""No wallet is begun later in a call; its time limit leaves seven minutes for the last one."""

LOOKS_MAX = 5
"""How often a wallet is read whose holds and orders change while they are."""

BOOKMARK = "verify_ledger"


class OpenOrders(Protocol):
    """Buy orders for which money is held."""

    def active_orders(self, tenant_id: TenantId, customer_id: CustomerId) -> Sequence[BuyOrder]:
        """Those of a customer, as of now."""
        ...


class Place(Frozen):
    """How far a pass has come: behind which wallet of which tenant, and what it has looked at."""

    began_at: datetime
    tenant_id: TenantId | None = None
    position: str | None = None
    wallets: int = 0
    rows: int = 0
    mismatches: int = 0
    ended_at: datetime | None = None


@dataclass(frozen=True)
class WrongWallet:
    """What contradicts what in a tenant's wallet."""

    tenant_id: TenantId
    mismatch: Mismatch


@dataclass
class LedgerCheck:
    """What one call has done.

    `cut`: wallets of which the oldest rows were not looked at. `restless`: wallets whose orders
    kept changing, so that their holds are judged another time. `is_ended`: all tenants are through.
    """

    wallets: int = 0
    rows: int = 0
    mismatches: int = 0
    cut: int = 0
    restless: int = 0
    is_ended: bool = False
    told: list[WrongWallet] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class VerifyLedger:
    """The action with its ports."""

    tenants: Tenants
    customers: CustomerStore
    wallets: Wallets
    orders: OpenOrders
    bookmarks: Bookmarks
    clock: Clock

    def __call__(self, *, anew: bool = False) -> LedgerCheck:
        """Go on with the pass where the last call stopped; begin one if it is time, or `anew`.

        It changes nothing but its bookmark, so two calls at once judge some wallets twice.
        """
        now = self.clock.now()
        kept = self.bookmarks.get(BOOKMARK)
        place = Place.model_validate_json(kept) if kept and not anew else Place(began_at=now)
        if place.ended_at is not None:
            if now - place.began_at < PASS_EVERY:
                return LedgerCheck(is_ended=True)
            place = Place(began_at=now)
        return self._gone_on(place, now + CALL_LASTS)

    def of_tenant(self, tenant_id: TenantId) -> LedgerCheck:
        """Judge one tenant's wallets now, as far as one call comes; the pass stays where it is."""
        check, until = LedgerCheck(is_ended=True), self.clock.now() + CALL_LASTS
        for spot in self._wallets(tenant_id, None):
            if self.clock.now() >= until:
                return replace(check, is_ended=False)
            self._judge(tenant_id, CustomerId(spot.id), check)
        return check

    def _gone_on(self, begun: Place, until: datetime) -> LedgerCheck:
        check, place = LedgerCheck(), begun
        for tenant_id, spot in self._rest(begun):
            if self.clock.now() >= until:
                break
            self._judge(tenant_id, CustomerId(spot.id), check)
            place = _reached(begun, check, tenant_id=tenant_id, position=spot.position)
            if check.wallets % PAGE_CUSTOMERS == 0:
                self.bookmarks.put(BOOKMARK, place.model_dump_json())
        else:
            check.is_ended = True
            place = place.model_copy(update={"ended_at": self.clock.now()})
        self.bookmarks.put(BOOKMARK, place.model_dump_json())
        return check

    def _rest(self, place: Place) -> Iterator[tuple[TenantId, Spot]]:
        """The wallets that a pass has not come to yet: by tenant, the newest first."""
        for tenant_id in sorted(self.tenants.tenants()):
            if place.tenant_id is None or tenant_id >= place.tenant_id:
                position = place.position if tenant_id == place.tenant_id else None
                for spot in self._wallets(tenant_id, position):
                    yield tenant_id, spot

    def _wallets(self, tenant_id: TenantId, position: str | None) -> Iterator[Spot]:
        while True:
            page = self.customers.spots(tenant_id, limit=PAGE_CUSTOMERS, position=position)
            yield from page
            if len(page) < PAGE_CUSTOMERS:
                return
            position = page[-1].position

    def _judge(self, tenant_id: TenantId, customer_id: CustomerId, check: LedgerCheck) -> None:
        check.wallets += 1
        try:
            customer = self.customers.get(tenant_id, customer_id)
            if customer is None:
                return
            by_rows = judged(customer, self._rows(tenant_id, customer))
            held, is_restless = self._holds(tenant_id, customer)
        except ValidationError:
            unreadable = Mismatch(kind=MismatchKind.UNREADABLE, customer_id=customer_id)
            by_rows = Judged(rows=0, is_whole=True, told=(unreadable,), mismatches=1)
            held, is_restless = None, False
        told = [*by_rows.told, *([held] if held else [])]
        check.rows += by_rows.rows
        check.mismatches += by_rows.mismatches + (held is not None)
        check.cut += not by_rows.is_whole
        check.restless += is_restless
        check.told += [WrongWallet(tenant_id, one) for one in told]

    def _rows(self, tenant_id: TenantId, customer: Customer) -> Iterator[Entry]:
        """The wallet's rows as it was read, newest first: later ones have higher places."""
        position: str | None = str(customer.sequence + 1)
        while position is not None:
            page = self.wallets.entries(tenant_id, customer.id, Window(PAGE_ROWS, position))
            yield from page.items
            position = page.position

    def _holds(self, tenant_id: TenantId, customer: Customer) -> tuple[Mismatch | None, bool]:
        """What is held against what is ordered; and whether both kept changing.

        An order changes together with its wallet, so orders that were read between two readings of
        the same version of the wallet are those of that version.
        """
        for _ in range(LOOKS_MAX):
            orders = self.orders.active_orders(tenant_id, customer.id)
            mismatch = held_mismatch(customer, orders)
            newest = self.customers.get(tenant_id, customer.id) if mismatch else None
            if newest is None or newest.version == customer.version:
                return mismatch, False
            customer = newest
        return None, True


def _reached(begun: Place, check: LedgerCheck, **place: str) -> Place:
    """How far the pass is once a call that found it somewhere has done this."""
    return begun.model_copy(
        update={
            **place,
            "wallets": begun.wallets + check.wallets,
            "rows": begun.rows + check.rows,
            "mismatches": begun.mismatches + check.mismatches,
        }
    )
