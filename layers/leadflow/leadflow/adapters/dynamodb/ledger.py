"""The ledger: entries are put once, next to the wallet they explain."""

from collections.abc import Callable

from leadflow.adapters.dynamodb.customers import CUSTOMER, customer_of, put_customer, wallet_key
from leadflow.adapters.dynamodb.optimistic import until_written
from leadflow.adapters.dynamodb.store import query, read
from leadflow.adapters.dynamodb.transactions import ConditionFailed, Transaction
from leadflow.adapters.dynamodb.wallet_items import CustomerItem, EntryItem
from leadflow.application.contention import Overtaken
from leadflow.application.ports import Page, Window
from leadflow.domain.customers import Customer
from leadflow.domain.errors import NotFound
from leadflow.domain.identifiers import CustomerId, TenantId, TransactionId
from leadflow.domain.ledger import Entry, Posting

ENTRY = "ENTRY"
"""How the sort key of every entry begins."""


class DynamoWallets:
    """Implements `Wallets`."""

    def move(
        self, tenant_id: TenantId, customer_id: CustomerId, post: Callable[[Customer], Posting]
    ) -> Entry:
        """Wallet and entry in one transaction, on the wallet's version."""
        return until_written(lambda: self._move_once(tenant_id, customer_id, post))

    def _move_once(
        self, tenant_id: TenantId, customer_id: CustomerId, post: Callable[[Customer], Posting]
    ) -> Entry:
        item = read(CustomerItem, wallet_key(tenant_id, customer_id), CUSTOMER)
        if item is None:
            raise NotFound
        before = customer_of(item)
        posting = post(before)
        transaction = Transaction()
        put_customer(transaction, tenant_id, before, posting.customer)
        transaction.put(
            entry_item(tenant_id, posting.entry),
            condition=EntryItem.pk.does_not_exist(),
            label=ENTRY,
        )
        try:
            transaction.commit()
        except ConditionFailed as error:
            booked = self.entry(tenant_id, customer_id, posting.entry.id)
            if booked is None:
                raise Overtaken from error
            return booked
        return posting.entry

    def entry(
        self, tenant_id: TenantId, customer_id: CustomerId, transaction_id: TransactionId
    ) -> Entry | None:
        """One entry, read consistently."""
        item = read(EntryItem, wallet_key(tenant_id, customer_id), entry_key(transaction_id))
        return entry_of(item) if item else None

    def entries(self, tenant_id: TenantId, customer_id: CustomerId, window: Window) -> Page[Entry]:
        """A wallet's entries by their place in its history, the latest first."""
        behind = None if window.position is None else int(window.position)
        items = query(
            EntryItem,
            wallet_key(tenant_id, customer_id),
            index=EntryItem.by_sequence,
            condition=None if behind is None else EntryItem.sequence < behind,
            ascending=False,
            limit=window.limit + 1,
            consistent=True,
        )
        found = [entry_of(item) for item in items]
        shown = found[: window.limit]
        more = len(found) > window.limit
        return Page(shown, str(shown[-1].sequence) if more else None)


def entry_key(transaction_id: TransactionId) -> str:
    """The sort key of an entry."""
    return f"{ENTRY}#{transaction_id}"


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
