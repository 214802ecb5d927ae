"""Returns: lead, wallet, limits, ledger and request change together; requests and their lists."""

from collections.abc import Mapping, Sequence

from leadflow.adapters.dynamodb.bids import bid_item
from leadflow.adapters.dynamodb.customers import customer_item
from leadflow.adapters.dynamodb.keys import list_bucket, moment_key, month, tenant_key
from leadflow.adapters.dynamodb.lead_items import (
    LeadItem,
    LeadsByCustomer,
    LeadsByReceived,
    LeadsByStatus,
    ReturnRequestItem,
)
from leadflow.adapters.dynamodb.leads import put_lead
from leadflow.adapters.dynamodb.ledger import entry_item
from leadflow.adapters.dynamodb.store import read, read_many
from leadflow.adapters.dynamodb.transactions import Transaction
from leadflow.adapters.dynamodb.walks import KeyIndex, in_order_by_month
from leadflow.adapters.dynamodb.wallet_items import BidItem, CustomerItem, EntryItem
from leadflow.application.list_ports import Spot
from leadflow.application.return_ports import ReturnWalk
from leadflow.domain.identifiers import ReturnRequestId, TenantId
from leadflow.domain.leads import Lead
from leadflow.domain.returns import Returned, ReturnRequest

_REQUEST = "RETURN"
_ALL = "RETURNS"

# Requests share a table and three indexes with the leads; the partition says which are meant.
_BY_RECEIVED = KeyIndex(LeadItem, LeadItem.by_received, LeadsByReceived.received_key)
_BY_STATUS = KeyIndex(LeadItem, LeadItem.by_status, LeadsByStatus.received_key)
_BY_CUSTOMER = KeyIndex(LeadItem, LeadItem.by_customer, LeadsByCustomer.received_key)


class DynamoReturns:
    """Implements `Returns`, `ReturnRequests` and `ReturnRequestLists`."""

    def book(self, tenant_id: TenantId, after: Returned) -> bool:
        """Up to five writes in one transaction, each on the state that the action saw."""
        transaction = Transaction()
        put_lead(transaction, tenant_id, after.lead)
        _put_money(transaction, tenant_id, after)
        if after.request is not None:
            _put_decided(transaction, tenant_id, after.request)
        return not transaction.refused()

    def open(self, tenant_id: TenantId, lead: Lead, request: ReturnRequest) -> bool:
        """Lead and request in one transaction."""
        transaction = Transaction()
        put_lead(transaction, tenant_id, lead)
        transaction.put(
            request_item(tenant_id, request),
            condition=ReturnRequestItem.pk.does_not_exist(),
            label=_REQUEST,
        )
        return not transaction.refused()

    def decide(self, tenant_id: TenantId, request: ReturnRequest) -> bool:
        """One put, on the version before."""
        transaction = Transaction()
        _put_decided(transaction, tenant_id, request)
        return not transaction.refused()

    def get(self, tenant_id: TenantId, request_id: ReturnRequestId) -> ReturnRequest | None:
        """One consistent read."""
        item = read(ReturnRequestItem, tenant_key(tenant_id, request_id), _REQUEST)
        return _request_of(item) if item else None

    def spots(
        self, tenant_id: TenantId, walk: ReturnWalk, *, limit: int, position: str | None
    ) -> Sequence[Spot]:
        """One query; more only where months have run out."""
        index, kind = _BY_RECEIVED, _ALL
        if walk.customer_id is not None:
            index, kind = _BY_CUSTOMER, f"{_ALL}#CUSTOMER#{walk.customer_id}"
        elif walk.status is not None:
            index, kind = _BY_STATUS, f"{_ALL}#STATUS#{walk.status}"
        return in_order_by_month(
            index,
            lambda at_month: list_bucket(tenant_id, kind, is_test=False, at_month=at_month),
            walk.period,
            limit=limit,
            position=position,
        )

    def many(self, tenant_id: TenantId, request_ids: Sequence[str]) -> Mapping[str, ReturnRequest]:
        """One batch for every hundred requests."""
        keys = [(tenant_key(tenant_id, one), _REQUEST) for one in request_ids]
        found = map(_request_of, read_many(ReturnRequestItem, keys))
        return {request.id: request for request in found}


def _put_money(transaction: Transaction, tenant_id: TenantId, after: Returned) -> None:
    """The wallet, the bid and the ledger entry, as far as they change."""
    if after.customer is not None:
        transaction.put(
            customer_item(tenant_id, after.customer),
            condition=CustomerItem.version == after.customer.version - 1,
        )
    if after.bid is not None:
        transaction.put(
            bid_item(tenant_id, after.bid), condition=BidItem.version == after.bid.version - 1
        )
    if after.entry is not None:
        transaction.put(entry_item(tenant_id, after.entry), condition=EntryItem.pk.does_not_exist())


def _put_decided(transaction: Transaction, tenant_id: TenantId, request: ReturnRequest) -> None:
    transaction.put(
        request_item(tenant_id, request),
        condition=ReturnRequestItem.version == request.version - 1,
    )


def request_item(tenant_id: TenantId, request: ReturnRequest) -> ReturnRequestItem:
    """A request with the keys under which it is listed; there are none for test data."""
    at_month = month(request.requested_at)

    def bucket(kind: str) -> str:
        return list_bucket(tenant_id, kind, is_test=False, at_month=at_month)

    return ReturnRequestItem(
        tenant_key(tenant_id, request.id),
        _REQUEST,
        document=request.model_dump_json(exclude_none=True),
        version=request.version,
        received_key=moment_key(request.requested_at, request.id),
        received_bucket=bucket(_ALL),
        status_bucket=bucket(f"{_ALL}#STATUS#{request.status}"),
        customer_bucket=bucket(f"{_ALL}#CUSTOMER#{request.customer_id}"),
    )


def _request_of(item: ReturnRequestItem) -> ReturnRequest:
    return ReturnRequest.model_validate_json(item.document)
