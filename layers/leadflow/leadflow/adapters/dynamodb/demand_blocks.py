"""New demands of imports: those of consecutive rows go together, behind one mark."""

from collections.abc import Sequence

from leadflow.adapters.dynamodb.demand_items import demand_item
from leadflow.adapters.dynamodb.demand_writer import CHARACTERS_MAX, DynamoDemandWriter
from leadflow.adapters.dynamodb.import_items import DemandBlockItem
from leadflow.adapters.dynamodb.keys import tenant_key
from leadflow.adapters.dynamodb.marketplace_items import DemandItem
from leadflow.adapters.dynamodb.transactions import Transaction
from leadflow.application.import_ports import DemandBlock
from leadflow.domain.demands import Demand
from leadflow.domain.identifiers import TenantId

_MARK = "MARK"


class DynamoDemandBlocks:
    """Implements `DemandBlocks`."""

    def put_block(self, tenant_id: TenantId, block: DemandBlock, demands: Sequence[Demand]) -> None:
        """One transaction whose only condition is that the block's mark is not there.

        So no demand is stored anew behind it, and the store checks one thing in place of a hundred.
        When the mark is there, another import may have made some of them, or they are too large for
        a transaction, each is put behind the mark on the condition that it is not there.
        """
        items = [demand_item(tenant_id, demand) for demand in demands]
        is_small = sum(len(item.document) for item in items) <= CHARACTERS_MAX
        go_together = block.is_new and is_small
        mark = DemandBlockItem(tenant_key(tenant_id, block.origin), f"BLOCK#{block.first_row:07d}")
        if not _put(mark, items if go_together else ()) or not go_together:
            DynamoDemandWriter().put_all(tenant_id, demands)


def _put(mark: DemandBlockItem, items: Sequence[DemandItem]) -> bool:
    transaction = Transaction()
    transaction.put(mark, condition=DemandBlockItem.pk.does_not_exist(), label=_MARK)
    for item in items:
        transaction.put(item)
    return not transaction.refused()
