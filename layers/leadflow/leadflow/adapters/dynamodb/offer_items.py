"""Offers as items: those for a demand lie with it, and what waits lies there once more by rank."""

from leadflow.adapters.dynamodb.keys import moment_key, tenant_key
from leadflow.adapters.dynamodb.marketplace_items import OfferItem, WaitingItem
from leadflow.adapters.dynamodb.transactions import Transaction
from leadflow.domain.demand_offers import DemandOffer
from leadflow.domain.identifiers import DemandId, SourceId, TenantId

_OFFER = "OFFER#"
WAITING = "WAITING#"
"""Begins the sort key of a place among what waits for the close."""


def put_offer(transaction: Transaction, tenant_id: TenantId, offer: DemandOffer) -> None:
    """Write the next version of an offer, or a new one, as part of a transaction."""
    is_new = offer.version == 1
    transaction.put(
        _offer_item(tenant_id, offer),
        condition=OfferItem.pk.does_not_exist()
        if is_new
        else OfferItem.version == offer.version - 1,
    )


def put_waiting(transaction: Transaction, tenant_id: TenantId, offer: DemandOffer) -> None:
    """Give an offer its place at the close, as part of a transaction. It stays there for good."""
    partition = tenant_key(tenant_id, offer.demand_id)
    transaction.put(WaitingItem(partition, WAITING + offer.rank, offer_id=offer.id))


def offer_key(tenant_id: TenantId, demand_id: DemandId, offer_id: str) -> tuple[str, str]:
    """Where an offer lies."""
    return tenant_key(tenant_id, demand_id), _OFFER + offer_id


def offer_of(item: OfferItem) -> DemandOffer:
    """The offer in an item."""
    return DemandOffer.model_validate_json(item.document)


def offer_list(tenant_id: TenantId, demand_id: DemandId, source_id: SourceId | None = None) -> str:
    """The partition that lists the offers for a demand: all, or those of a source."""
    return tenant_key(tenant_id, "OFFERS", demand_id, *([source_id] if source_id else []))


def _offer_item(tenant_id: TenantId, offer: DemandOffer) -> OfferItem:
    return OfferItem(
        *offer_key(tenant_id, offer.demand_id, offer.id),
        document=offer.model_dump_json(exclude_none=True),
        version=offer.version,
        list_bucket=offer_list(tenant_id, offer.demand_id),
        list_key=moment_key(offer.received_at, offer.id),
        owner_bucket=offer_list(tenant_id, offer.demand_id, offer.source_id),
    )
