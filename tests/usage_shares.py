"""Shares of plan usage as the first leads of a cycle leave them: for counting what is usual."""

from leadflow.adapters.dynamodb.transactions import Transaction
from leadflow.adapters.dynamodb.usage_books import put_change, read_books
from leadflow.domain.identifiers import TenantId
from leadflow.domain.plan_usage import CHECKED, SHARES, drawn
from leadflow.domain.subscriptions import cycle_label
from leadflow.runtime import container


def grant_shares(tenant_id: TenantId) -> None:
    """Give every share its grant."""
    cycle = cycle_label(container.clock().now())
    for number in range(SHARES):
        change = drawn(read_books(tenant_id, cycle), number, CHECKED)
        assert change
        transaction = Transaction()
        put_change(transaction, tenant_id, cycle, change)
        transaction.commit()
