"""What was made of a deleted lead, emptied item by item; every write is on the version it saw."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import TypeVar
from uuid import UUID

from leadflow.adapters.dynamodb.claims import claim_key
from leadflow.adapters.dynamodb.deletions import put_remains, remains_in
from leadflow.adapters.dynamodb.deliveries import (
    delivery_item,
    delivery_key,
    delivery_of,
    lead_deliveries_key,
)
from leadflow.adapters.dynamodb.delivery_items import DeliveryItem, LeadDeliveryItem
from leadflow.adapters.dynamodb.demand_items import DEMAND, demand_item, demand_of
from leadflow.adapters.dynamodb.flow_items import FlowStepItem
from leadflow.adapters.dynamodb.keys import tenant_key
from leadflow.adapters.dynamodb.lead_items import (
    LEAD,
    ClaimItem,
    LeadItem,
    PingItem,
    PingKeyItem,
    ReturnRequestItem,
)
from leadflow.adapters.dynamodb.marketplace_items import DemandItem
from leadflow.adapters.dynamodb.optimistic import changed
from leadflow.adapters.dynamodb.pings import DynamoPings, digest_key, ping_item
from leadflow.adapters.dynamodb.returns import DynamoReturns, request_item
from leadflow.adapters.dynamodb.store import query, read
from leadflow.adapters.dynamodb.submissions import DynamoSubmissions, submission_item, unchanged
from leadflow.adapters.dynamodb.transactions import Transaction
from leadflow.application.erasure_ports import LeadDelivery
from leadflow.domain.deliveries import Delivery, Outbox
from leadflow.domain.demands import Demand
from leadflow.domain.erasure import Remains
from leadflow.domain.errors import NotFound, TransientFault
from leadflow.domain.identifiers import (
    DeliveryId,
    DemandId,
    FlowId,
    LeadId,
    ReturnRequestId,
    SubmissionId,
    TenantId,
    WebhookId,
)
from leadflow.domain.pings import Ping
from leadflow.domain.returns import ReturnRequest
from leadflow.domain.submissions import Submission

Kept = TypeVar("Kept")


class DynamoErasures:
    """Implements `Erasures`."""

    def remains(self, tenant_id: TenantId, lead_id: LeadId) -> Remains | None:
        """One consistent read."""
        item = read(LeadItem, tenant_key(tenant_id, lead_id), LEAD)
        return remains_in(item) if item else None

    def keep(self, tenant_id: TenantId, remains: Remains) -> None:
        """One read and one put, on the version that was read."""
        item = read(LeadItem, tenant_key(tenant_id, remains.lead_id), LEAD)
        if item is None:
            raise NotFound
        transaction = Transaction()
        put_remains(transaction, tenant_id, item, remains)
        if transaction.refused():
            raise TransientFault("Another erasure of the lead goes on.")

    def ping(self, tenant_id: TenantId, ping_id: UUID) -> Ping | None:
        """One consistent read."""
        return DynamoPings().get(tenant_id, ping_id)

    def refused_posts(self, tenant_id: TenantId, flow_id: FlowId) -> Sequence[SubmissionId]:
        """One query: the steps of refused posts are called after their submissions."""
        steps = query(
            FlowStepItem,
            tenant_key(tenant_id, flow_id),
            condition=FlowStepItem.sk.startswith("STEP#"),
            consistent=True,
        )
        named = (str(step.sk).split("#")[2:] for step in steps)
        return [SubmissionId(one) for names in named for one in names]

    def deliveries(self, tenant_id: TenantId, lead_id: LeadId) -> Sequence[LeadDelivery]:
        """One consistent query, and a read for each delivery."""
        items = query(LeadDeliveryItem, lead_deliveries_key(tenant_id, lead_id), consistent=True)
        found = (
            (WebhookId(one.webhook_id), _delivery(tenant_id, one.webhook_id, one.delivery_id))
            for one in items
        )
        return [LeadDelivery(webhook_id, one) for webhook_id, one in found if one is not None]

    def erase_submissions(self, tenant_id: TenantId, ids: Sequence[SubmissionId]) -> None:
        """A read and a put for each."""

        def put(transaction: Transaction, _before: Submission, after: Submission) -> None:
            transaction.put(submission_item(tenant_id, after), condition=unchanged(after))

        for one in dict.fromkeys(ids):
            find = partial(DynamoSubmissions().get, tenant_id, one)
            _change(find, Submission.erased, put)

    def erase_ping(self, tenant_id: TenantId, ping: Ping) -> None:
        """The key if it is still the ping's, then the ping, which knows the key."""
        if ping.digest:
            transaction = Transaction()
            key = PingKeyItem(digest_key(tenant_id, ping.source_id, ping.digest), "PING_KEY")
            transaction.delete(key, condition=PingKeyItem.ping_id == str(ping.id))
            transaction.refused()

        def put(transaction: Transaction, before: Ping, after: Ping) -> None:
            is_same = PingItem.version == before.version
            transaction.put(ping_item(tenant_id, after), condition=is_same)

        _change(lambda: self.ping(tenant_id, ping.id), Ping.erased, put)

    def erase_claims(
        self, tenant_id: TenantId, lead_id: LeadId, fingerprints: Sequence[str]
    ) -> None:
        """A conditional delete for each."""
        for fingerprint in fingerprints:
            transaction = Transaction()
            claim = ClaimItem(claim_key(tenant_id, fingerprint), "CLAIM")
            transaction.delete(claim, condition=ClaimItem.lead_id == lead_id)
            transaction.refused()

    def erase_return_request(self, tenant_id: TenantId, request_id: ReturnRequestId) -> None:
        """A read and a put."""

        def put(transaction: Transaction, before: ReturnRequest, after: ReturnRequest) -> None:
            is_same = ReturnRequestItem.version == before.version
            transaction.put(request_item(tenant_id, after), condition=is_same)

        _change(lambda: DynamoReturns().get(tenant_id, request_id), ReturnRequest.erased, put)

    def erase_demand(self, tenant_id: TenantId, demand_id: DemandId) -> None:
        """A read and a put."""

        def find() -> Demand | None:
            item = read(DemandItem, tenant_key(tenant_id, demand_id), DEMAND)
            return demand_of(item) if item else None

        def put(transaction: Transaction, before: Demand, after: Demand) -> None:
            is_same = DemandItem.version == before.version
            transaction.put(demand_item(tenant_id, after), condition=is_same)

        _change(find, Demand.erased, put)

    def erase_delivery(self, tenant_id: TenantId, told: LeadDelivery) -> None:
        """A read and a put."""
        outbox = Outbox(tenant_id=tenant_id, webhook_id=told.webhook_id)

        def put(transaction: Transaction, before: Delivery, after: Delivery) -> None:
            is_same = DeliveryItem.version == before.version
            transaction.put(delivery_item(outbox, after), condition=is_same)

        _change(
            lambda: _delivery(tenant_id, told.webhook_id, told.delivery.id), Delivery.erased, put
        )


def _delivery(tenant_id: TenantId, webhook_id: str, delivery_id: str) -> Delivery | None:
    outbox = Outbox(tenant_id=tenant_id, webhook_id=WebhookId(webhook_id))
    item = read(DeliveryItem, *delivery_key(outbox, DeliveryId(delivery_id)))
    return delivery_of(item) if item else None


def _change(
    find: Callable[[], Kept | None],
    change: Callable[[Kept], Kept],
    put: Callable[[Transaction, Kept, Kept], None],
) -> None:
    """Store what is left of something, unless it is gone by itself."""
    with suppress(NotFound):
        changed(find, change, put)
