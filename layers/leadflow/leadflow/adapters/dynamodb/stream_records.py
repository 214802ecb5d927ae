"""Records of the tables' streams, read as changes of what the domain knows."""

from collections.abc import Callable, Mapping
from typing import TypeVar, cast

from pynamodb.models import Model

from leadflow.adapters.dynamodb.configuration_items import UserItem
from leadflow.adapters.dynamodb.customers import CUSTOMER, customer_of
from leadflow.adapters.dynamodb.lead_items import DELETED, LEAD, LeadItem
from leadflow.adapters.dynamodb.leads import lead_of
from leadflow.adapters.dynamodb.ledger import ENTRY, entry_of
from leadflow.adapters.dynamodb.users import USER, user_of
from leadflow.adapters.dynamodb.wallet_items import CustomerItem, EntryItem
from leadflow.application.fact_ports import StreamRecord
from leadflow.domain.errors import CorruptState
from leadflow.domain.identifiers import TenantId
from leadflow.domain.leads import Lead
from leadflow.domain.stored_changes import (
    Change,
    CustomerChange,
    EntryChange,
    LeadChange,
    UserChange,
)

Item = TypeVar("Item", bound=Model)
Stored = TypeVar("Stored")
Image = Mapping[str, Mapping[str, object]]
"""An item as DynamoDB writes it: each value beside the name of its type."""


class DynamoChanges:
    """Implements `ChangeReader`."""

    def read(self, record: StreamRecord) -> Change | None:
        """No call: an item is told by its table and sort key, and read by its own class."""
        try:
            return _change(record.content)
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            # The error's own text may repeat what the item holds.
            raise CorruptState(f"Unreadable record: {type(error).__name__}.") from None


def _change(content: Mapping[str, object]) -> Change | None:
    table = str(content["eventSourceARN"]).split("/")[1]
    images = cast("Mapping[str, Image]", content["dynamodb"])
    keys, new = images["Keys"], images.get("NewImage")
    kind = str(keys["sk"]["S"]).partition("#")[0]
    tenant_id = TenantId(str(keys["pk"]["S"]).partition("#")[0])
    for item, name, make in _READERS:
        if new is not None and (table, kind) == (item.Meta.table_name, name):
            return make(tenant_id, images.get("OldImage"), new)
    return None


def _lead_change(tenant_id: TenantId, old: Image | None, new: Image) -> Change | None:
    after = _stored(LeadItem, new, _lead)
    if after is None:
        return None
    return LeadChange(tenant_id, _before(LeadItem, old, _lead), after)


def _lead(item: LeadItem) -> Lead | None:
    return None if item.status == DELETED else lead_of(item)


def _customer_change(tenant_id: TenantId, old: Image | None, new: Image) -> Change:
    before = _before(CustomerItem, old, customer_of)
    return CustomerChange(tenant_id, before, _stored(CustomerItem, new, customer_of))


def _entry_change(tenant_id: TenantId, old: Image | None, new: Image) -> Change:
    before = _before(EntryItem, old, entry_of)
    return EntryChange(tenant_id, before, _stored(EntryItem, new, entry_of))


def _user_change(tenant_id: TenantId, old: Image | None, new: Image) -> Change:
    return UserChange(tenant_id, _before(UserItem, old, user_of), _stored(UserItem, new, user_of))


def _before(kind: type[Item], image: Image | None, read: Callable[[Item], Stored]) -> Stored | None:
    return None if image is None else _stored(kind, image, read)


def _stored(kind: type[Item], image: Image, read: Callable[[Item], Stored]) -> Stored:
    return read(kind.from_raw_data(dict(image)))


_READERS: tuple[
    tuple[type[Model], str, Callable[[TenantId, Image | None, Image], Change | None]], ...
] = (
    (LeadItem, LEAD, _lead_change),
    (EntryItem, ENTRY, _entry_change),
    (CustomerItem, CUSTOMER, _customer_change),
    (UserItem, USER, _user_change),
)
"""The items that facts are made of: class, beginning of the sort key, and how they are read."""
