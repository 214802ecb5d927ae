"""Whether a bid may compete for a lead, and if not, the first reason (`product.md`, 12.2)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from leadflow.domain.bids import Bid, effective_cents, enforced_limits
from leadflow.domain.contenders import BidContender, TierTerms, bid_contender, candidate_of
from leadflow.domain.customers import Customer
from leadflow.domain.decisions import VERDICTS, Decision, Phase, Reason
from leadflow.domain.geography import Location
from leadflow.domain.identifiers import StageId
from leadflow.domain.limits import LimitSwitches, Period, blocking_budget, blocking_cap
from leadflow.domain.scopes import BiddingScope, Scope

Block = tuple[bool, Reason]
LimitBlock = tuple[Period | None, Reason]


@dataclass(frozen=True)
class AuctionTerms:
    """What is the same for all candidates of one stage's auction.

    `scopes` is empty where the stage takes no bids. `already_tried` holds ids of candidates that
    failed earlier in this flow: they are not checked again.
    """

    stage_id: StageId
    phase: Phase
    scopes: frozenset[Scope]
    location: Location
    switches: LimitSwitches
    now: datetime
    already_tried: frozenset[str] = frozenset()


def assess(
    bid: Bid,
    customer: Customer,
    setting: BiddingScope | None,
    tier: TierTerms,
    terms: AuctionTerms,
) -> BidContender | Decision:
    """The bid as a contender, or blocked with the first check of 12.2 (1 to 10) that fails.

    `setting` is the lead type's setting of the bid's scope, None if it has none. Check 11 needs
    the customer's other bids: see `best_of_each_customer`.
    """
    least = bid.floor_cents(setting) if setting else 0
    reason = _first_failed(bid, customer, setting, terms, least)
    if reason or setting is None:
        return reason or blocked(bid, Reason.SCOPE_DISABLED, terms)
    effective = effective_cents(bid, customer, setting, terms.switches, terms.now)
    return bid_contender(bid, customer, setting, tier, effective)


def promise_broken(
    bid: Bid,
    customer: Customer,
    setting: BiddingScope | None,
    terms: AuctionTerms,
    price_cents: int,
) -> Decision | None:
    """The first check (1 to 10) that keeps a promised bid from its lead; None: it gets it.

    Money and budgets are measured against the promised price (15.8).
    """
    return _first_failed(bid, customer, setting, terms, price_cents)


def _first_failed(
    bid: Bid,
    customer: Customer,
    setting: BiddingScope | None,
    terms: AuctionTerms,
    least_cents: int,
) -> Decision | None:
    reason = next(_failed(_admission(bid, customer, setting, terms)), None)
    if reason or setting is None:
        return blocked(bid, reason or Reason.SCOPE_DISABLED, terms)
    reason = next(_failed(_funding(bid, customer, setting, least_cents)), None)
    if reason:
        return blocked(bid, reason, terms)
    for period, limit in _limits(bid, customer, terms, least_cents):
        if period:
            return blocked(bid, limit, terms, {"period": period.value})
    return None


def blocked(
    bid: Bid, reason: Reason, terms: AuctionTerms, detail: Mapping[str, str] | None = None
) -> Decision:
    """The decision about a bid that does not compete."""
    return Decision(
        stage_id=terms.stage_id,
        phase=terms.phase,
        candidate=candidate_of(bid),
        verdict=VERDICTS[reason],
        reason=reason,
        amount_cents=bid.amount_cents,
        detail=detail,
    )


def _failed(checks: Iterator[Block]) -> Iterator[Reason]:
    return (reason for fails, reason in checks if fails)


def _admission(
    bid: Bid, customer: Customer, setting: BiddingScope | None, terms: AuctionTerms
) -> Iterator[Block]:
    yield bid.id in terms.already_tried, Reason.ALREADY_TRIED
    yield bid.scope not in terms.scopes, Reason.SCOPE_NOT_IN_STAGE
    yield setting is None or not setting.enabled, Reason.SCOPE_DISABLED
    yield not bid.contains(terms.location), Reason.LOCATION_OUTSIDE_SCOPE
    yield customer.archived, Reason.CUSTOMER_ARCHIVED
    yield customer.paused, Reason.CUSTOMER_PAUSED
    yield bid.archived, Reason.BID_ARCHIVED
    yield bid.paused, Reason.BID_PAUSED


def _funding(
    bid: Bid, customer: Customer, setting: BiddingScope, least_cents: int
) -> Iterator[Block]:
    yield bid.competing_cents(setting) is None, Reason.BID_BELOW_MINIMUM
    yield customer.spendable_cents < least_cents, Reason.WALLET_BELOW_MINIMUM


def _limits(
    bid: Bid, customer: Customer, terms: AuctionTerms, least_cents: int
) -> Iterator[LimitBlock]:
    of_bid, of_customer = enforced_limits(bid, customer, terms.switches)
    now = terms.now
    yield blocking_cap(of_bid.caps, bid.usage, now), Reason.BID_CAP_REACHED
    yield blocking_cap(of_customer.caps, customer.usage, now), Reason.CUSTOMER_CAP_REACHED
    yield blocking_budget(of_bid.budgets, bid.usage, now, least_cents), Reason.BID_BUDGET_EXHAUSTED
    yield (
        blocking_budget(of_customer.budgets, customer.usage, now, least_cents),
        Reason.CUSTOMER_BUDGET_EXHAUSTED,
    )
