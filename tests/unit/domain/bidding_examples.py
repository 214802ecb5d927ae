"""Bids, customers and terms for tests of the bidding rules; amounts are in cents."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from leadflow.domain.bids import Bid
from leadflow.domain.contenders import BidContender, TierTerms
from leadflow.domain.customers import Customer
from leadflow.domain.decisions import Decision
from leadflow.domain.eligibility import AuctionTerms, assess
from leadflow.domain.geography import Country, Location
from leadflow.domain.identifiers import BidId, CustomerId, LeadTypeId, StageId
from leadflow.domain.limits import LimitSwitches
from leadflow.domain.return_tiers import NO_TIER
from leadflow.domain.scopes import BiddingScope, Scope

NOW = datetime(2026, 3, 11, 12, tzinfo=UTC)
"""A Wednesday."""

LOCATION = Location(
    postal_code="78701",
    county="Travis County",
    state="TX",
    country=Country.US,
    other_counties=("Hays County",),
)


def dollars(amount: int) -> int:
    """Whole dollars in cents."""
    return amount * 100


def minutes(count: int) -> datetime:
    """So many minutes before now."""
    return NOW - timedelta(minutes=count)


def grid(
    minimum: int = 10, step: int = 10, maximum: int = 1_000, scope: Scope = Scope.COUNTY
) -> BiddingScope:
    """A range, in dollars."""
    return BiddingScope(
        scope=scope,
        minimum_cents=dollars(minimum),
        maximum_cents=dollars(maximum),
        step_cents=dollars(step),
    )


def fixed(price: int, scope: Scope = Scope.COUNTY) -> BiddingScope:
    """A fixed price, in dollars."""
    return BiddingScope(scope=scope, fixed_price_cents=dollars(price))


def customer(number: int = 1, spendable: int = 100_000, **changes: object) -> Customer:
    """A customer with that much money, in dollars."""
    base = Customer(
        id=CustomerId(f"cus_{number:026d}"),
        number=number,
        name=f"Buyer {number}",
        email=f"buyer{number}@example.com",
        balance_cents=dollars(spendable),
        created_at=NOW,
        updated_at=NOW,
    )
    return base.model_copy(update=changes)


def bid(amount: int = 100, owner: int = 1, scope: Scope = Scope.COUNTY, **changes: object) -> Bid:
    """An active bid of that many dollars where the lead is."""
    base = Bid(
        id=BidId(f"bid_{scope.breadth}{owner:025d}"),
        customer_id=CustomerId(f"cus_{owner:026d}"),
        customer_number=owner,
        lead_type_id=LeadTypeId("type_" + "0" * 26),
        scope=scope,
        country="US",
        state=None if scope is Scope.NATIONWIDE else "TX",
        county="Travis" if scope is Scope.COUNTY else None,
        amount_cents=dollars(amount),
        created_at=NOW,
        updated_at=NOW,
    )
    return base.model_copy(update=changes)


TERMS = AuctionTerms(
    stage_id=StageId("stage_" + "0" * 26),
    phase="post",
    scopes=frozenset(Scope),
    location=LOCATION,
    switches=LimitSwitches(),
    now=NOW,
)


def tier(penalty: str = "0", discount: str = "0") -> TierTerms:
    """A return tier, in percent."""
    return TierTerms(penalty=Decimal(penalty), discount=Decimal(discount))


def looked_at(
    offer: Bid | None = None,
    buyer: Customer | None = None,
    setting: BiddingScope | None = None,
    terms_of_tier: TierTerms = NO_TIER,
    terms: AuctionTerms = TERMS,
) -> BidContender | Decision:
    """What the checks make of a bid; everything not given is in order."""
    offer = offer or bid()
    buyer = buyer or customer(offer.customer_number)
    return assess(offer, buyer, setting or grid(scope=offer.scope), terms_of_tier, terms)


def contender(
    offer: Bid | None = None,
    buyer: Customer | None = None,
    setting: BiddingScope | None = None,
    terms_of_tier: TierTerms = NO_TIER,
    terms: AuctionTerms = TERMS,
) -> BidContender:
    """A bid that passed the checks."""
    result = looked_at(offer, buyer, setting, terms_of_tier, terms)
    assert isinstance(result, BidContender)
    return result
