"""`auction_cpu`: what it takes to score a thousand offers and to price the best one."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from leadflow.domain.auction import decide, propose
from leadflow.domain.bids import Bid
from leadflow.domain.contenders import BidContender, TierTerms, bid_contender
from leadflow.domain.customers import Customer
from leadflow.domain.eligibility import AuctionTerms, assess
from leadflow.domain.geography import Country, Location
from leadflow.domain.identifiers import BidId, CustomerId, LeadTypeId, StageId
from leadflow.domain.limits import Budgets, LeadCaps, LimitSwitches
from leadflow.domain.scopes import BiddingScope, Scope
from tests.bench.figures import Figure, median_of

OFFERS = 1_000
MILLISECONDS_MAX = 2.0
RUNS = 25

_NOW = datetime(2026, 3, 11, 12, tzinfo=UTC)
_TERMS = AuctionTerms(
    stage_id=StageId("stage_0"),
    phase="post",
    scopes=frozenset(Scope),
    location=Location(postal_code="78701", county="Travis County", state="TX", country=Country.US),
    switches=LimitSwitches(),
    now=_NOW,
)
_GRIDS = {
    scope: BiddingScope(scope=scope, minimum_cents=1_000, maximum_cents=50_000, step_cents=100)
    for scope in Scope
}
_TIERS = tuple(
    TierTerms(penalty=Decimal(penalty), discount=Decimal(discount))
    for penalty, discount in (("0", "0"), ("2.5", "0"), ("10", "5"))
)


def auction_cpu() -> Sequence[Figure]:
    """Time scoring and pricing; beside it the same with every check, and with the record."""
    offers = [(_bid(number), _customer(number)) for number in range(OFFERS)]
    assessed = _assessed(offers)
    milliseconds = median_of(lambda: _timed(lambda: propose(_scored(assessed))), RUNS)
    checked = median_of(lambda: _timed(lambda: propose(_assessed(offers))), RUNS)
    proposal = propose(assessed)
    assert proposal is not None
    recorded = median_of(lambda: _timed(lambda: decide(_TERMS, assessed, (), proposal)), RUNS)
    details = {
        "offers": OFFERS,
        "runs": RUNS,
        "with_all_eligibility_checks_ms": round(checked, 3),
        "decision_record_ms": round(recorded, 3),
    }
    return [Figure("auction_cpu", milliseconds, "ms", MILLISECONDS_MAX, details=details)]


def _scored(assessed: Sequence[BidContender]) -> list[BidContender]:
    return [
        bid_contender(one.bid, one.customer, one.setting, one.tier, one.effective_cents)
        for one in assessed
    ]


def _assessed(offers: Sequence[tuple[Bid, Customer]]) -> list[BidContender]:
    found = [
        assess(bid, customer, _GRIDS[bid.scope], _TIERS[customer.number % len(_TIERS)], _TERMS)
        for bid, customer in offers
    ]
    eligible = [one for one in found if isinstance(one, BidContender)]
    assert len(eligible) == OFFERS
    return eligible


def _timed(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1_000


def _customer(number: int) -> Customer:
    return Customer(
        id=CustomerId(f"cus_{number:026d}"),
        number=number,
        name=f"Buyer {number}",
        email=f"buyer{number}@example.com",
        balance_cents=10_000_000,
        lead_caps=LeadCaps(daily=50) if number % 2 else LeadCaps(),
        created_at=_NOW,
        updated_at=_NOW,
    )


def _bid(number: int) -> Bid:
    scope = tuple(Scope)[number % len(Scope)]
    return Bid(
        id=BidId(f"bid_{number:026d}"),
        customer_id=CustomerId(f"cus_{number:026d}"),
        customer_number=number,
        lead_type_id=LeadTypeId("type_0"),
        scope=scope,
        country="US",
        state=None if scope is Scope.NATIONWIDE else "TX",
        county="Travis" if scope is Scope.COUNTY else None,
        amount_cents=1_000 + number * 7 % 490 * 100,
        budgets_cents=Budgets(monthly=5_000_000) if number % 3 else Budgets(),
        last_won_at=_NOW - timedelta(minutes=number) if number % 4 else None,
        created_at=_NOW,
        updated_at=_NOW,
    )
