"""Returns, and the requests for them, in memory."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from leadflow.application.list_ports import Spot
from leadflow.application.return_ports import ReturnWalk
from leadflow.domain.identifiers import ReturnRequestId, TenantId
from leadflow.domain.leads import Lead
from leadflow.domain.ledger import Entry
from leadflow.domain.returns import Returned, ReturnRequest
from tests.fakes.book import MemoryBook
from tests.fakes.customers import MemoryCustomers
from tests.fakes.leads import MemoryLeads
from tests.fakes.spots import behind


@dataclass
class MemoryReturns:
    """Implements `Returns`, `ReturnRequests` and `ReturnRequestLists`.

    `meanwhile` is what others do before each of the first writes.
    """

    leads: MemoryLeads = field(default_factory=MemoryLeads)
    customers: MemoryCustomers = field(default_factory=MemoryCustomers)
    bids: MemoryBook = field(default_factory=MemoryBook)
    requests: dict[tuple[TenantId, ReturnRequestId], ReturnRequest] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    meanwhile: list[Callable[[], object]] = field(default_factory=list)

    def book(self, tenant_id: TenantId, after: Returned) -> bool:
        self._wait()
        customer, bid, entry, request = after.customer, after.bid, after.entry, after.request
        bids = {one.id: one for one in self.bids.bids}
        follows = (
            self.leads.stored[after.lead.id].version == after.lead.version - 1,
            not customer or self.customers.stored[customer.id].version == customer.version - 1,
            not bid or bids[bid.id].version == bid.version - 1,
            not entry or entry.id not in {one.id for one in self.entries},
            not request or self._follows(tenant_id, request),
        )
        if not all(follows):
            return False
        self.leads.stored[after.lead.id] = after.lead
        self.customers.stored |= {customer.id: customer} if customer else {}
        self.bids.bids = list((bids | ({bid.id: bid} if bid else {})).values())
        self.entries += [entry] if entry else []
        self.requests |= {(tenant_id, request.id): request} if request else {}
        return True

    def open(self, tenant_id: TenantId, lead: Lead, request: ReturnRequest) -> bool:
        self._wait()
        if (tenant_id, request.id) in self.requests or not self.leads.change(tenant_id, lead):
            return False
        self.requests[tenant_id, request.id] = request
        return True

    def decide(self, tenant_id: TenantId, request: ReturnRequest) -> bool:
        self._wait()
        follows = self._follows(tenant_id, request)
        self.requests |= {(tenant_id, request.id): request} if follows else {}
        return follows

    def get(self, tenant_id: TenantId, request_id: ReturnRequestId) -> ReturnRequest | None:
        return self.requests.get((tenant_id, request_id))

    def spots(
        self, tenant_id: TenantId, walk: ReturnWalk, *, limit: int, position: str | None
    ) -> Sequence[Spot]:
        status = None if walk.customer_id else walk.status
        meant = (
            Spot(one.id, f"{one.requested_at.isoformat(timespec='microseconds')}#{one.id}")
            for (tenant, _), one in self.requests.items()
            if tenant == tenant_id
            and walk.customer_id in {None, one.customer_id}
            and status in {None, one.status}
            and walk.period.oldest <= one.requested_at <= walk.period.newest
        )
        return behind(meant, limit=limit, position=position)

    def many(self, tenant_id: TenantId, request_ids: Sequence[str]) -> Mapping[str, ReturnRequest]:
        found = {one: self.requests.get((tenant_id, ReturnRequestId(one))) for one in request_ids}
        return {one: request for one, request in found.items() if request}

    def _follows(self, tenant_id: TenantId, request: ReturnRequest) -> bool:
        stored = self.requests.get((tenant_id, request.id))
        return stored is not None and stored.version == request.version - 1

    def _wait(self) -> None:
        if self.meanwhile:
            self.meanwhile.pop(0)()
