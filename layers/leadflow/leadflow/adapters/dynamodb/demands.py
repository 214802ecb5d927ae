"""Demands change together with their offers, and with leads and money when one is accepted."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial

from leadflow.adapters.dynamodb.claims import (
    Holders,
    are_taken,
    claim_item,
    held_by_deleted,
    is_free,
)
from leadflow.adapters.dynamodb.customers import customer_item
from leadflow.adapters.dynamodb.demand_items import DEMAND, demand_item, demand_of
from leadflow.adapters.dynamodb.due_index import DEMANDS, due_items
from leadflow.adapters.dynamodb.flows import put_flow, put_step
from leadflow.adapters.dynamodb.keys import tenant_key
from leadflow.adapters.dynamodb.lead_items import LeadItem
from leadflow.adapters.dynamodb.leads import lead_item
from leadflow.adapters.dynamodb.ledger import entry_item
from leadflow.adapters.dynamodb.marketplace_items import (
    AuctionItem,
    DemandItem,
    OfferItem,
    WaitingItem,
)
from leadflow.adapters.dynamodb.offer_items import (
    WAITING,
    offer_key,
    offer_of,
    put_offer,
    put_waiting,
)
from leadflow.adapters.dynamodb.store import query, read
from leadflow.adapters.dynamodb.transactions import Transaction
from leadflow.adapters.dynamodb.usage_draws import Drawing, draw_of_new_sale
from leadflow.adapters.dynamodb.walks import LAST
from leadflow.adapters.dynamodb.wallet_items import CustomerItem, EntryItem
from leadflow.application.demand_ports import DemandSale, DueDemand, Fill
from leadflow.application.ports import Claim, Refused
from leadflow.domain.demand_offers import DemandOffer
from leadflow.domain.demands import Demand
from leadflow.domain.identifiers import DemandId, OfferId, TenantId

PLACES_PAGE = 10
"""Places of waiting offers that are read at once; most demands are filled by the first."""

_CLAIM = "claim"


class DynamoDemands:
    """Implements `DemandStore` and `DueDemands`."""

    def get(self, tenant_id: TenantId, demand_id: DemandId) -> Demand | None:
        """One consistent read."""
        item = read(DemandItem, tenant_key(tenant_id, demand_id), DEMAND)
        return demand_of(item) if item else None

    def offer(
        self, tenant_id: TenantId, demand_id: DemandId, offer_id: OfferId
    ) -> DemandOffer | None:
        """One consistent read."""
        item = read(OfferItem, *offer_key(tenant_id, demand_id, offer_id))
        return offer_of(item) if item else None

    def waiting(self, tenant_id: TenantId, demand: Demand) -> Iterator[DemandOffer]:
        """One consistent query of places, a page at a time, and a read for each offer."""
        # The place that was tried last is between its rank and whatever comes behind that.
        behind = f"{demand.tried_until}{LAST}" if demand.tried_until else ""
        places = query(
            WaitingItem,
            tenant_key(tenant_id, demand.id),
            condition=WaitingItem.sk.between(WAITING + behind, WAITING + LAST),
            page_size=PLACES_PAGE,
            consistent=True,
        )
        offers = (self.offer(tenant_id, demand.id, OfferId(one.offer_id)) for one in places)
        return (offer for offer in offers if offer is not None)

    def wait(self, tenant_id: TenantId, demand: Demand, offer: DemandOffer) -> bool:
        """Offer, place and the demand's keys in one transaction; the demand's version stays."""
        transaction = Transaction()
        put_offer(transaction, tenant_id, offer)
        put_waiting(transaction, tenant_id, offer)
        due = demand_item(tenant_id, demand.model_copy(update={"awaits_close": True}))
        transaction.update(
            DemandItem(due.pk, due.sk),
            [DemandItem.due_shard.set(due.due_shard), DemandItem.due_key.set(due.due_key)],
            condition=DemandItem.version == demand.version,
        )
        return not transaction.refused()

    def fill(self, tenant_id: TenantId, sale: DemandSale) -> Fill:
        """Eight writes, those of plan usage and one for each claim in one transaction.

        A second one where claims are taken, if it is deleted leads that hold some of them.
        """
        done = self._fill(tenant_id, sale, {})
        if done is not Fill.DUPLICATE:
            return done
        deleted = held_by_deleted(tenant_id, sale.claims)
        return self._fill(tenant_id, sale, deleted) if deleted else done

    def refuse(self, tenant_id: TenantId, offer: DemandOffer, demand: Demand | None = None) -> bool:
        """One put, or two in one transaction."""
        transaction = Transaction()
        put_offer(transaction, tenant_id, offer)
        if demand is not None:
            _put_demand(transaction, tenant_id, demand)
        return not transaction.refused()

    def end(self, tenant_id: TenantId, demand: Demand) -> bool:
        """One put, on the version before."""
        transaction = Transaction()
        _put_demand(transaction, tenant_id, demand)
        return not transaction.refused()

    def duplicates(self, tenant_id: TenantId, claims: Sequence[Claim]) -> bool:
        """One batch of consistent reads, and one of the leads that they meet."""
        return are_taken(tenant_id, claims)

    def due(self, until: datetime) -> Sequence[DueDemand]:
        """One query for each shard of an index that is shared with the auctions."""
        return [_due_of(item) for item in due_items(DEMANDS, until)]

    def _fill(self, tenant_id: TenantId, sale: DemandSale, deleted: Holders) -> Fill:
        lead = sale.lead
        drawing = Drawing(tenant_id, lead.id, draw_of_new_sale(lead), lead.received_at)
        refused = drawing.refused(partial(_put_sale, tenant_id, sale, deleted))
        if not refused:
            return Fill.BOOKED
        if refused == {_CLAIM}:
            return Fill.DUPLICATE
        return Fill.THRESHOLD if refused == {Refused.THRESHOLD} else Fill.MOVED_ON


def _put_demand(transaction: Transaction, tenant_id: TenantId, demand: Demand) -> None:
    """Write the next version of a demand as part of a transaction."""
    transaction.put(
        demand_item(tenant_id, demand), condition=DemandItem.version == demand.version - 1
    )


def _put_sale(
    tenant_id: TenantId, sale: DemandSale, deleted: Holders, transaction: Transaction
) -> None:
    """Demand, offer, lead with its claims, money and flow."""
    _put_demand(transaction, tenant_id, sale.demand)
    put_offer(transaction, tenant_id, sale.offer)
    transaction.put(lead_item(tenant_id, sale.lead), condition=LeadItem.pk.does_not_exist())
    for claim in sale.claims:
        item = claim_item(tenant_id, claim, sale.lead)
        transaction.put(item, condition=is_free(claim, deleted), label=_CLAIM)
    transaction.put(
        customer_item(tenant_id, sale.customer),
        condition=CustomerItem.version == sale.customer.version - 1,
    )
    for entry in sale.entries:
        transaction.put(entry_item(tenant_id, entry), condition=EntryItem.pk.does_not_exist())
    put_flow(transaction, tenant_id, sale.flow)
    put_step(transaction, tenant_id, sale.flow.id, sale.step)


def _due_of(item: AuctionItem) -> DueDemand:
    tenant, _, demand = item.pk.partition("#")
    return DueDemand(TenantId(tenant), DemandId(demand))
