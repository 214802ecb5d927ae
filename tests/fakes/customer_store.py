"""Customers and their wallets in memory."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from leadflow.application.customer_ports import Author
from leadflow.application.list_ports import Spot
from leadflow.application.ports import Page, Window
from leadflow.domain.customers import Customer
from leadflow.domain.errors import NotFound
from leadflow.domain.identifiers import CustomerId, TenantId, TransactionId
from leadflow.domain.ledger import Entry, Posting
from tests.fakes.spots import behind


@dataclass
class MemoryCustomerStore:
    """Implements `CustomerStore`; `audit` has the id of every object that changed."""

    stored: dict[tuple[TenantId, CustomerId], Customer] = field(default_factory=dict)
    audit: list[tuple[str, str]] = field(default_factory=list)
    numbers: dict[TenantId, int] = field(default_factory=dict)

    def next_number(self, tenant_id: TenantId) -> int:
        self.numbers[tenant_id] = self.numbers.get(tenant_id, 0) + 1
        return self.numbers[tenant_id]

    def add(self, tenant_id: TenantId, customer: Customer, author: Author) -> None:
        self.stored[tenant_id, customer.id] = customer
        self.audit.append((author.actor, customer.id))

    def get(self, tenant_id: TenantId, customer_id: CustomerId) -> Customer | None:
        return self.stored.get((tenant_id, customer_id))

    def change(
        self,
        tenant_id: TenantId,
        customer_id: CustomerId,
        change: Callable[[Customer], Customer],
        author: Author,
    ) -> Customer:
        before = self.get(tenant_id, customer_id)
        if before is None:
            raise NotFound
        after = change(before)
        if after != before:
            self.add(tenant_id, after, author)
        return after

    def spots(self, tenant_id: TenantId, *, limit: int, position: str | None) -> Sequence[Spot]:
        own = (Spot(one, one) for tenant, one in self.stored if tenant == tenant_id)
        return behind(own, limit=limit, position=position)

    def many(
        self, tenant_id: TenantId, customer_ids: Sequence[CustomerId]
    ) -> Mapping[CustomerId, Customer]:
        found = {one: self.get(tenant_id, one) for one in customer_ids}
        return {one: customer for one, customer in found.items() if customer}


@dataclass
class MemoryWallets:
    """Implements `Wallets`."""

    customers: MemoryCustomerStore
    booked: dict[tuple[TenantId, CustomerId, TransactionId], Entry] = field(default_factory=dict)

    def move(
        self, tenant_id: TenantId, customer_id: CustomerId, post: Callable[[Customer], Posting]
    ) -> Entry:
        before = self.customers.get(tenant_id, customer_id)
        if before is None:
            raise NotFound
        posting = post(before)
        key = tenant_id, customer_id, posting.entry.id
        if key not in self.booked:
            self.booked[key] = posting.entry
            self.customers.stored[tenant_id, customer_id] = posting.customer
        return self.booked[key]

    def entry(
        self, tenant_id: TenantId, customer_id: CustomerId, transaction_id: TransactionId
    ) -> Entry | None:
        return self.booked.get((tenant_id, customer_id, transaction_id))

    def entries(self, tenant_id: TenantId, customer_id: CustomerId, window: Window) -> Page[Entry]:
        own = [
            entry
            for (tenant, owner, _), entry in self.booked.items()
            if (tenant, owner) == (tenant_id, customer_id)
            and (window.position is None or entry.sequence < int(window.position))
        ]
        newest = sorted(own, key=lambda entry: -entry.sequence)
        shown = newest[: window.limit]
        return Page(shown, str(shown[-1].sequence) if len(newest) > len(shown) else None)
