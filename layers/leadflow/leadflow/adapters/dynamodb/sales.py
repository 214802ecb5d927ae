"""A sale: lead, wallet, limits, ledger and flow change together or not at all."""

from leadflow.adapters.dynamodb.bids import bid_item
from leadflow.adapters.dynamodb.customers import customer_item
from leadflow.adapters.dynamodb.flow_items import FlowStepItem
from leadflow.adapters.dynamodb.flows import add_ending, step_item
from leadflow.adapters.dynamodb.lead_items import LeadItem
from leadflow.adapters.dynamodb.leads import lead_item
from leadflow.adapters.dynamodb.ledger import entry_item
from leadflow.adapters.dynamodb.transactions import ConditionFailed, Transaction
from leadflow.adapters.dynamodb.wallet_items import BidItem, CustomerItem, EntryItem
from leadflow.application.ports import Refused, Sale
from leadflow.domain.identifiers import TenantId


class DynamoSales:
    """Implements `Sales`."""

    def sell(self, tenant_id: TenantId, sale: Sale) -> frozenset[Refused]:
        """Six writes in one transaction, each on the state that the auction saw."""
        flow_id = sale.lead.flow_ids[-1]
        transaction = Transaction()
        transaction.put(
            lead_item(tenant_id, sale.lead),
            condition=LeadItem.version == sale.lead.version - 1,
            label=Refused.LEAD,
        )
        transaction.put(
            customer_item(tenant_id, sale.customer),
            condition=CustomerItem.version == sale.customer.version - 1,
            label=Refused.CUSTOMER,
        )
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
        transaction.put(
            step_item(tenant_id, flow_id, sale.step),
            condition=FlowStepItem.pk.does_not_exist(),
            label=Refused.STEP,
        )
        add_ending(transaction, tenant_id, flow_id, sale.ending)
        try:
            transaction.commit()
        except ConditionFailed as error:
            return frozenset(map(Refused, error.labels))
        return frozenset()
