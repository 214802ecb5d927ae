"""The next version of a customer or a bid."""

from datetime import datetime
from typing import TypeVar

from leadflow.domain.bids import Bid
from leadflow.domain.customers import Customer

Revised = TypeVar("Revised", Customer, Bid)


def revised(value: Revised, at: datetime, **members: object) -> Revised:
    """The value with other members, as its next version; itself where nothing differs."""
    if all(getattr(value, name) == member for name, member in members.items()):
        return value
    return value.model_copy(update={**members, "version": value.version + 1, "updated_at": at})
