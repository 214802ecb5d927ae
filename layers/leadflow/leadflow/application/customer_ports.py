"""What the actions on customers, wallets and bids need from the stores.

The `change` methods take a function from the newest state to the next one. They store what it makes
only on the state that it was given; if somebody else wrote in between, it is asked again with what
is there then. So it may be called several times and must have no effects of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from leadflow.application.list_ports import Spot
    from leadflow.application.ports import Page, Window
    from leadflow.domain.bids import Bid
    from leadflow.domain.customers import Customer
    from leadflow.domain.identifiers import BidId, CustomerId, TenantId, TransactionId
    from leadflow.domain.ledger import Entry, Posting


@dataclass(frozen=True)
class Author:
    """Who changes something, and when: what the audit log keeps of it."""

    actor: str
    at: datetime


class CustomerStore(Protocol):
    """Customers, one by one and as a list."""

    def next_number(self, tenant_id: TenantId) -> int:
        """A number that no other customer of the tenant has or will have; it grows."""
        ...

    def add(self, tenant_id: TenantId, customer: Customer, author: Author) -> None:
        """Store a new customer with a line in the audit log."""
        ...

    def get(self, tenant_id: TenantId, customer_id: CustomerId) -> Customer | None:
        """One customer, as of now."""
        ...

    def change(
        self,
        tenant_id: TenantId,
        customer_id: CustomerId,
        change: Callable[[Customer], Customer],
        author: Author,
    ) -> Customer:
        """Store the changed customer, with a line in the audit log; nothing if it is unchanged.

        Raises `NotFound`, and whatever `change` raises.
        """
        ...

    def spots(self, tenant_id: TenantId, *, limit: int, position: str | None) -> Sequence[Spot]:
        """The next customers behind a position, newest first; fewer than `limit` at the end."""
        ...

    def many(
        self, tenant_id: TenantId, customer_ids: Sequence[CustomerId]
    ) -> Mapping[CustomerId, Customer]:
        """Customers by id, as of now; unknown ones are left out."""
        ...


class Wallets(Protocol):
    """Movements of money by people."""

    def move(
        self, tenant_id: TenantId, customer_id: CustomerId, post: Callable[[Customer], Posting]
    ) -> Entry:
        """Book what `post` makes of the newest wallet: wallet and entry together.

        If an entry of that id exists already, nothing is booked and the existing one returned.
        Raises `NotFound`, and whatever `post` raises.
        """
        ...

    def entry(
        self, tenant_id: TenantId, customer_id: CustomerId, transaction_id: TransactionId
    ) -> Entry | None:
        """One entry, as of now."""
        ...

    def entries(self, tenant_id: TenantId, customer_id: CustomerId, window: Window) -> Page[Entry]:
        """A wallet's entries, newest first."""
        ...


class BidStore(Protocol):
    """Bids, one by one and as a list."""

    def add(self, tenant_id: TenantId, bid: Bid, author: Author) -> None:
        """Store a new bid with a line in the audit log.

        Raises `Conflict` (`bid_exists`) while the customer has another live bid on the same lead
        type in the same location.
        """
        ...

    def find(self, tenant_id: TenantId, bid_id: BidId) -> Bid | None:
        """One bid, as of now."""
        ...

    def change(
        self, tenant_id: TenantId, bid_id: BidId, change: Callable[[Bid], Bid], author: Author
    ) -> Bid:
        """Store the changed bid, with a line in the audit log; nothing if it is unchanged.

        Raises `NotFound`, and whatever `change` raises.
        """
        ...

    def spots(
        self,
        tenant_id: TenantId,
        customer_id: CustomerId | None,
        *,
        limit: int,
        position: str | None,
    ) -> Sequence[Spot]:
        """The next bids of a customer (None: of all) behind a position, newest first.

        Fewer than `limit` only at the end. The ids are for `many`.
        """
        ...

    def many(self, tenant_id: TenantId, spot_ids: Sequence[str]) -> Mapping[str, Bid]:
        """Bids by the ids of their spots, as of now; unknown ones are left out."""
        ...

    def live_of(self, tenant_id: TenantId, customer_id: CustomerId) -> Sequence[Bid]:
        """Bids of a customer that are not archived; the newest thousand are looked at."""
        ...
