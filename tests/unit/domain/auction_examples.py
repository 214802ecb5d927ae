"""The auction of `product.md`, 13.2."""

from leadflow.domain.auction_listings import Auction, AuctionPrices, auction_id
from leadflow.domain.identifiers import StageId
from leadflow.domain.lead_types import MarketplaceSettings
from leadflow.domain.sources import PriceRow, PricingType
from tests.builders import TYPE_ID, flow, lead, numbered
from tests.unit.domain.bidding_examples import NOW, dollars

PRICES = AuctionPrices(
    first_price_cents=dollars(25),
    last_price_cents=dollars(5),
    increment_cents=250,
    interval_minutes=15,
)
ON_MARKETPLACE = MarketplaceSettings(enabled=True, **PRICES.model_dump())
FALLBACK = PriceRow(lead_type_id=TYPE_ID, pricing_type=PricingType.FALLBACK, price_cents=800)


def auction(**changes: object) -> Auction:
    """25.00 down to 5.00 by 2.50 every 15 minutes, opened now."""
    stage_id, of_lead = StageId(numbered("stage", 0)), lead()
    base = Auction(
        id=auction_id(flow().id, stage_id, 1),
        lead_id=of_lead.id,
        flow_id=flow().id,
        stage_id=stage_id,
        step=1,
        plan_version=1,
        source_id=of_lead.source_id,
        lead_category_id=of_lead.lead_category_id,
        lead_type_id=TYPE_ID,
        county=of_lead.location.county,
        state=of_lead.location.state,
        received_at=of_lead.received_at,
        prices=PRICES,
        payout_cents=FALLBACK.price_cents,
        started_at=NOW,
    )
    return base.model_copy(update=changes)
