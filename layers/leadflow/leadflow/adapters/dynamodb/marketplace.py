"""The marketplace: auctions change together with their leads, and with the money of customers."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from leadflow.adapters.dynamodb.auction_items import (
    AUCTION,
    auction_item,
    auction_list,
    put_auction,
)
from leadflow.adapters.dynamodb.customers import customer_item
from leadflow.adapters.dynamodb.due_index import AUCTIONS, due_items
from leadflow.adapters.dynamodb.flows import add_ending, put_step
from leadflow.adapters.dynamodb.keys import tenant_key
from leadflow.adapters.dynamodb.leads import put_lead
from leadflow.adapters.dynamodb.ledger import entry_item
from leadflow.adapters.dynamodb.marketplace_items import (
    AuctionItem,
    AuctionsByTenant,
)
from leadflow.adapters.dynamodb.order_items import DynamoOrders, put_order
from leadflow.adapters.dynamodb.store import read, read_many
from leadflow.adapters.dynamodb.transactions import Transaction
from leadflow.adapters.dynamodb.usage_draws import Drawing, draw_of_sale
from leadflow.adapters.dynamodb.walks import LAST, KeyIndex
from leadflow.adapters.dynamodb.wallet_items import CustomerItem, EntryItem
from leadflow.application.list_ports import Spot
from leadflow.application.marketplace_ports import AuctionChange, DueAuction
from leadflow.application.ports import Refused
from leadflow.domain.auction_listings import Auction, AuctionStatus
from leadflow.domain.flows import FlowStep
from leadflow.domain.identifiers import AuctionId, TenantId
from leadflow.domain.leads import Lead

_BY_TENANT = KeyIndex(AuctionItem, AuctionItem.by_tenant, AuctionsByTenant.list_key)


class DynamoMarketplace(DynamoOrders):
    """Implements `Marketplace`, `DueAuctions` and `MarketplaceLists`."""

    def open(
        self, tenant_id: TenantId, lead: Lead, auction: Auction, step: FlowStep
    ) -> frozenset[Refused]:
        """Lead, auction and step in one transaction."""
        transaction = Transaction()
        put_lead(transaction, tenant_id, lead)
        transaction.put(
            auction_item(tenant_id, auction),
            condition=AuctionItem.pk.does_not_exist(),
            label=Refused.STEP,
        )
        put_step(transaction, tenant_id, auction.flow_id, step)
        return frozenset(map(Refused, transaction.refused()))

    def change(self, tenant_id: TenantId, change: AuctionChange) -> bool:
        """At most nine writes in one transaction, each on the state that the action saw.

        A sale is counted in it; where its share of plan usage has too little left, a second one
        follows.
        """

        def fill(transaction: Transaction) -> None:
            _put_change(transaction, tenant_id, change)

        lead, auction = change.lead, change.auction
        draw = draw_of_sale(lead) if lead else None
        at = lead.updated_at if lead else auction.started_at
        return not Drawing(tenant_id, auction.lead_id, draw, at).refused(fill)

    def get(self, tenant_id: TenantId, auction_id: AuctionId) -> Auction | None:
        """One consistent read."""
        item = read(AuctionItem, tenant_key(tenant_id, auction_id), AUCTION)
        return _auction_of(item) if item else None

    def due(self, until: datetime) -> Sequence[DueAuction]:
        """One query for each shard; it reads what is due and nothing else."""
        return [_due_of(item) for item in due_items(AUCTIONS, until)]

    def spots(self, tenant_id: TenantId, *, limit: int, position: str | None) -> Sequence[Spot]:
        """One query of the active ones."""
        partition = auction_list(tenant_id, AuctionStatus.ACTIVE)
        return _BY_TENANT.between(partition, "0", position or LAST, limit=limit, position=position)

    def many(self, tenant_id: TenantId, auction_ids: Sequence[str]) -> Mapping[str, Auction]:
        """One batch for every hundred auctions."""
        keys = [(tenant_key(tenant_id, one), AUCTION) for one in auction_ids]
        return {one.id: one for one in map(_auction_of, read_many(AuctionItem, keys))}


def _put_change(transaction: Transaction, tenant_id: TenantId, change: AuctionChange) -> None:
    put_auction(transaction, tenant_id, change.auction)
    _put_money(transaction, tenant_id, change)
    if change.lead is not None:
        put_lead(transaction, tenant_id, change.lead)
    if change.step is not None:
        put_step(transaction, tenant_id, change.auction.flow_id, change.step)
    if change.ending is not None:
        add_ending(transaction, tenant_id, change.auction.flow_id, change.ending)


def _put_money(transaction: Transaction, tenant_id: TenantId, change: AuctionChange) -> None:
    """The wallet, its ledger entries and the order, as far as they change."""
    if change.customer is not None:
        transaction.put(
            customer_item(tenant_id, change.customer),
            condition=CustomerItem.version == change.customer.version - 1,
        )
    for entry in change.entries:
        transaction.put(entry_item(tenant_id, entry), condition=EntryItem.pk.does_not_exist())
    if change.order is not None:
        put_order(transaction, tenant_id, change.order)


def _auction_of(item: AuctionItem) -> Auction:
    return Auction.model_validate_json(item.document)


def _due_of(item: AuctionItem) -> DueAuction:
    tenant_id, _, auction_id = str(item.pk).partition("#")
    return DueAuction(TenantId(tenant_id), AuctionId(auction_id))
