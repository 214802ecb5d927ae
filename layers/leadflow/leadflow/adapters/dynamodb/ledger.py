"""The ledger: entries are put once, next to the wallet they explain."""

from leadflow.adapters.dynamodb.customers import wallet_key
from leadflow.adapters.dynamodb.items import EntryItem
from leadflow.domain.identifiers import TenantId, TransactionId
from leadflow.domain.ledger import Entry


def entry_key(transaction_id: TransactionId) -> str:
    """The sort key of an entry."""
    return f"ENTRY#{transaction_id}"


def entry_item(tenant_id: TenantId, entry: Entry) -> EntryItem:
    """The item of an entry."""
    return EntryItem(
        wallet_key(tenant_id, entry.customer_id),
        entry_key(entry.id),
        document=entry.model_dump_json(),
        sequence=entry.sequence,
    )


def entry_of(item: EntryItem) -> Entry:
    """The entry of an item."""
    return Entry.model_validate_json(str(item.document))
