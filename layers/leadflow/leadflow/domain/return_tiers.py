"""Return tiers: brackets of the return rate, and what they do to bids (`product.md`, 20.2)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from leadflow.domain.contenders import TierTerms
from leadflow.domain.customers import Customer
from leadflow.domain.identifiers import ReturnTierId
from leadflow.domain.model import Frozen
from leadflow.domain.money import Percentage

NEW_CUSTOMER_CHARGED_CENTS = 500_000
"""Lifetime charges, returns not subtracted, below which a customer is new (F12)."""

TIERS_MAX = 100
"""Live tiers of a tenant."""

NO_TIER = TierTerms()
"""The terms of customers without a tier."""


class ReturnTier(Frozen):
    """A bracket of the return rate; headline, texts, colour and icon are display only.

    A tier for new customers is found by their charges; its bounds are ignored.
    """

    id: ReturnTierId
    name: str
    headline: str | None = None
    description: str | None = None
    long_description: str | None = None
    colour: str | None = None
    icon: str | None = None
    lower_percentage: Percentage
    upper_percentage: Percentage
    apply_to_new_customers: bool = False
    discount_percentage: Percentage | None = None
    penalty_percentage: Percentage | None = None
    penalty_matches_return_rate: bool = False
    archived: bool = False
    version: int = 1
    created_at: datetime
    updated_at: datetime

    def terms_of(self, customer: Customer) -> TierTerms:
        """What the tier does to that customer's bids; its rate may be the penalty."""
        stated = self.penalty_percentage or Decimal(0)
        penalty = customer.return_rate if self.penalty_matches_return_rate else stated
        return TierTerms(penalty, self.discount_percentage or Decimal(0))

    def overlaps(self, other: "ReturnTier") -> bool:
        """Whether a rate could be in both; bounds that only touch are none of both."""
        if self.apply_to_new_customers or other.apply_to_new_customers:
            return False
        bounds, others = self._bounds, other._bounds
        return bounds == others or (bounds[0] < others[1] and others[0] < bounds[1])

    @property
    def _bounds(self) -> tuple[Decimal, Decimal]:
        return self.lower_percentage, self.upper_percentage


@dataclass(frozen=True)
class TierLadder:
    """The live tiers of a tenant; unless `enabled` they show nowhere and do nothing.

    Which tier a customer has is kept with the customer and found with each charge and return,
    whether tiers are enabled or not. So a change of tiers moves nobody.
    """

    tiers: tuple[ReturnTier, ...] = ()
    enabled: bool = False

    def placed(self, customer: Customer) -> Customer:
        """The customer in the tier that its lifetime totals lead to; none where there is a gap."""
        found = next(self._found(customer), None)
        if found == customer.return_tier_id:
            return customer
        return customer.model_copy(update={"return_tier_id": found})

    def tier_of(self, customer: Customer) -> ReturnTier | None:
        """The tier that the customer is in and that acts; a deleted one does not any more."""
        if not self.enabled or customer.ignore_return_tiers:
            return None
        return next((one for one in self.tiers if one.id == customer.return_tier_id), None)

    def terms_of(self, customer: Customer) -> TierTerms:
        """Penalty and discount of the customer's bids."""
        tier = self.tier_of(customer)
        return tier.terms_of(customer) if tier else NO_TIER

    def _found(self, customer: Customer) -> Iterator[ReturnTierId]:
        if customer.lifetime_charged_cents < NEW_CUSTOMER_CHARGED_CENTS:
            yield from (one.id for one in self.tiers if one.apply_to_new_customers)
        rate = customer.return_rate
        for tier in self._by_rate:
            is_top = tier is self._by_rate[-1] and rate == tier.upper_percentage
            if tier.lower_percentage <= rate < tier.upper_percentage or is_top:
                yield tier.id

    @cached_property
    def _by_rate(self) -> tuple[ReturnTier, ...]:
        """Tiers that the rate decides, the lowest first; the last one includes its upper bound."""
        by_rate = (one for one in self.tiers if not one.apply_to_new_customers)
        return tuple(sorted(by_rate, key=lambda one: (one.upper_percentage, one.lower_percentage)))


NO_TIERS = TierLadder()
"""A tenant without tiers."""
