"""Whether a lead may be listed on the marketplace (`product.md`, 13.1)."""

from typing import NamedTuple

from leadflow.domain.auction_listings import AuctionPrices
from leadflow.domain.decisions import AttemptReason
from leadflow.domain.lead_types import LeadType
from leadflow.domain.settings import TenantSettings
from leadflow.domain.sources import PricingType, Source


class ListingTerms(NamedTuple):
    """How a lead is listed, and what its source is owed once it is sold (cents)."""

    prices: AuctionPrices
    payout_cents: int


def entry(
    settings: TenantSettings, lead_type: LeadType, source: Source
) -> ListingTerms | AttemptReason:
    """The terms of a listing, or the first reason why there is none."""
    if not settings.marketplace_enabled:
        return AttemptReason.MARKETPLACE_DISABLED
    prices = auction_prices(lead_type)
    if prices is None:
        return AttemptReason.LEAD_TYPE_MARKETPLACE_DISABLED
    payout = _fallback_cents(source, lead_type)
    return AttemptReason.NO_FALLBACK_PRICE if payout is None else ListingTerms(prices, payout)


def auction_prices(lead_type: LeadType) -> AuctionPrices | None:
    """The parameters of a type's auctions; None: its marketplace is off.

    They are all there where it is on.
    """
    market = lead_type.marketplace
    if market is None or not market.enabled:
        return None
    return AuctionPrices.model_validate(market.model_dump(exclude={"enabled"}))


def _fallback_cents(source: Source, lead_type: LeadType) -> int | None:
    rows = (row for row in source.pricing if row.lead_type_id == lead_type.id)
    fallback = (row.price_cents for row in rows if row.pricing_type is PricingType.FALLBACK)
    return next(fallback, None)
