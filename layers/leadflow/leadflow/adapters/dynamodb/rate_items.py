"""Items that count requests and calls; they lie beside the kept answers and expire like them."""

from collections.abc import Mapping
from typing import Any, Self

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from leadflow.adapters.dynamodb.tables import Table, lives_in


@lives_in(Table.IDEMPOTENCY)
class RateItem(Model):
    """How many requests of one kind, or of one source, were admitted in one minute."""

    class Meta:
        table_name = ""

    id = UnicodeAttribute(hash_key=True)
    requests = NumberAttribute()
    expiration = NumberAttribute()


@lives_in(Table.IDEMPOTENCY)
class CallCountItem(Model):
    """How often partners were called in one minute, and how often they were late.

    Every counter is an attribute of its own, so that one update counts a whole round of calls.
    """

    class Meta:
        table_name = ""

    id = UnicodeAttribute(hash_key=True)
    expiration = NumberAttribute(null=True)

    counters: Mapping[str, int]

    @classmethod
    def from_raw_data(cls, data: dict[str, Any]) -> Self:
        """The item with its counters, whatever they are called."""
        item = super().from_raw_data(data)
        numbers = {name: int(value["N"]) for name, value in data.items() if "N" in value}
        item.counters = {name: n for name, n in numbers.items() if name != "expiration"}
        return item
