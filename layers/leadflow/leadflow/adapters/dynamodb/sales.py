"""A sale: lead, wallet, limits, ledger, turn, flow and usage change together or not at all."""

from leadflow.adapters.dynamodb.bids import bid_item
from leadflow.adapters.dynamodb.customers import customer_item
from leadflow.adapters.dynamodb.flows import add_ending, put_step
from leadflow.adapters.dynamodb.leads import put_lead
from leadflow.adapters.dynamodb.ledger import entry_item
from leadflow.adapters.dynamodb.rotations import rotation_put
from leadflow.adapters.dynamodb.transactions import Transaction
from leadflow.adapters.dynamodb.usage_draws import Drawing, draw_of_sale
from leadflow.adapters.dynamodb.wallet_items import BidItem, CustomerItem, EntryItem
from leadflow.application.ports import Refused, Sale
from leadflow.domain.identifiers import TenantId


class DynamoSales:
    """Implements `Sales`."""

    def sell(self, tenant_id: TenantId, sale: Sale) -> frozenset[Refused]:
        """Up to eight writes in one transaction, each on the state that the stage saw.

        Plan usage is counted in it; where its share has too little left, a second one follows.
        """

        def fill(transaction: Transaction) -> None:
            _put_sale(transaction, tenant_id, sale)

        draw = draw_of_sale(sale.lead)
        drawing = Drawing(tenant_id, sale.lead.id, draw, sale.ending.ended_at)
        return frozenset(map(Refused, drawing.refused(fill)))


def _put_sale(transaction: Transaction, tenant_id: TenantId, sale: Sale) -> None:
    flow_id = sale.lead.flow_ids[-1]
    put_lead(transaction, tenant_id, sale.lead)
    _put_money(transaction, tenant_id, sale)
    if sale.rotation is not None:
        rotation_put(transaction, tenant_id, sale.rotation)
    put_step(transaction, tenant_id, flow_id, sale.step)
    add_ending(transaction, tenant_id, flow_id, sale.ending)


def _put_money(transaction: Transaction, tenant_id: TenantId, sale: Sale) -> None:
    """The wallet that pays, the bid that won, and the ledger entry, as far as there are any."""
    if sale.customer is not None:
        transaction.put(
            customer_item(tenant_id, sale.customer),
            condition=CustomerItem.version == sale.customer.version - 1,
            label=Refused.CUSTOMER,
        )
    if sale.bid is not None:
        transaction.put(
            bid_item(tenant_id, sale.bid),
            condition=BidItem.version == sale.bid.version - 1,
            label=Refused.BID,
        )
    if sale.entry is not None:
        transaction.put(
            entry_item(tenant_id, sale.entry),
            condition=EntryItem.pk.does_not_exist(),
            label=Refused.ENTRY,
        )
