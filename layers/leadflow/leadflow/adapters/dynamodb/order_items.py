"""Buy orders as items: those of a customer lie together, in the order in which they were placed."""

from collections.abc import Sequence

from leadflow.adapters.dynamodb.auction_items import expiry
from leadflow.adapters.dynamodb.keys import tenant_key
from leadflow.adapters.dynamodb.marketplace_items import OrderItem
from leadflow.adapters.dynamodb.store import query, read
from leadflow.adapters.dynamodb.transactions import Transaction
from leadflow.adapters.dynamodb.walks import LAST
from leadflow.application.ports import Page, Window
from leadflow.domain.buy_orders import BuyOrder, OrderStatus
from leadflow.domain.identifiers import CustomerId, OrderId, TenantId

_ORDER = "ORDER#"


class DynamoOrders:
    """The part of the marketplace that keeps orders."""

    def order(
        self, tenant_id: TenantId, customer_id: CustomerId, order_id: OrderId
    ) -> BuyOrder | None:
        """One consistent read."""
        item = read(OrderItem, tenant_key(tenant_id, customer_id), _ORDER + order_id)
        return _order_of(item) if item else None

    def active_orders(self, tenant_id: TenantId, customer_id: CustomerId) -> Sequence[BuyOrder]:
        """One consistent query of what is kept; orders that have ended are in it for 90 days."""
        items = query(
            OrderItem,
            tenant_key(tenant_id, customer_id),
            condition=OrderItem.sk.startswith(_ORDER),
            consistent=True,
        )
        orders = map(_order_of, items)
        return [order for order in orders if order.status is OrderStatus.ACTIVE]

    def orders(
        self, tenant_id: TenantId, customer_id: CustomerId, window: Window
    ) -> Page[BuyOrder]:
        """One query; ids grow with time, so they are positions too."""
        behind = window.position
        items = query(
            OrderItem,
            tenant_key(tenant_id, customer_id),
            condition=OrderItem.sk.between(_ORDER, _ORDER + (behind or LAST)),
            ascending=False,
            limit=window.limit + 1 + (behind is not None),
            consistent=True,
        )
        found = [order for order in map(_order_of, items) if order.id != behind]
        shown = found[: window.limit]
        return Page(shown, shown[-1].id if len(found) > len(shown) else None)


def put_order(transaction: Transaction, tenant_id: TenantId, order: BuyOrder) -> None:
    """Write the next version of an order, or a new one, as part of a transaction."""
    is_new = order.version == 1
    transaction.put(
        order_item(tenant_id, order),
        condition=OrderItem.pk.does_not_exist()
        if is_new
        else OrderItem.version == order.version - 1,
    )


def order_item(tenant_id: TenantId, order: BuyOrder) -> OrderItem:
    """The item of an order."""
    is_active = order.status is OrderStatus.ACTIVE
    return OrderItem(
        tenant_key(tenant_id, order.customer_id),
        _ORDER + order.id,
        document=order.model_dump_json(exclude_none=True),
        version=order.version,
        expires_at=None if is_active else expiry(order.updated_at),
    )


def _order_of(item: OrderItem) -> BuyOrder:
    return BuyOrder.model_validate_json(item.document)
