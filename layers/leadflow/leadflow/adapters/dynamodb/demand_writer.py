"""Many new demands at once."""

from collections.abc import Sequence

from leadflow.adapters.dynamodb.demand_items import demand_item
from leadflow.adapters.dynamodb.marketplace_items import DemandItem
from leadflow.adapters.dynamodb.transactions import Transaction
from leadflow.application.contention import Overtaken, until_done
from leadflow.domain.demands import Demand
from leadflow.domain.identifiers import TenantId

DEMANDS_MAX = 100
"""Demands of one transaction: the store takes no more writes in one."""

CHARACTERS_MAX = 600_000
"""Characters of their documents: the store takes 4 MB in one, and a character has up to 4 bytes."""

_TRIES_MAX = 5
_WAIT_SECONDS_MAX = 0.3


class DynamoDemandWriter:
    """Implements `DemandWriter`."""

    def put_all(self, tenant_id: TenantId, demands: Sequence[Demand]) -> None:
        """Transactions of puts, each on the condition that the demand is not there.

        Where some are there the others go again without them.
        """
        items: dict[str, DemandItem] = {
            demand.id: demand_item(tenant_id, demand) for demand in demands
        }
        for chunk in _chunks(items):
            _put(chunk)


def _put(items: dict[str, DemandItem]) -> None:
    left = dict(items)

    def once() -> None:
        transaction = Transaction()
        for name, item in left.items():
            transaction.put(item, condition=DemandItem.pk.does_not_exist(), label=name)
        stored = transaction.refused()
        for name in stored:
            del left[name]
        if stored and left:
            raise Overtaken("The demands kept being stored by others.")

    until_done(once, tries=_TRIES_MAX, wait_seconds_max=_WAIT_SECONDS_MAX)


def _chunks(items: dict[str, DemandItem]) -> list[dict[str, DemandItem]]:
    """The items in parts that a transaction can take."""
    chunks: list[dict[str, DemandItem]] = []
    characters = CHARACTERS_MAX
    for name, item in items.items():
        characters += len(item.document)
        if characters > CHARACTERS_MAX or len(chunks[-1]) >= DEMANDS_MAX:
            chunks.append({})
            characters = len(item.document)
        chunks[-1][name] = item
    return chunks
