"""Lead types, the price tiers of a category, and classification (`product.md`, 6 and 13.1)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Self

from pydantic import Field as Bound
from pydantic import model_validator

from leadflow.domain.condition_index import ConditionIndex
from leadflow.domain.conditions import Conditions, Fact
from leadflow.domain.identifiers import CategoryId, LeadTypeId
from leadflow.domain.model import Frozen
from leadflow.domain.money import PositiveCents
from leadflow.domain.scopes import BiddingScope

NAME_CHARACTERS_MAX = 200
DESCRIPTION_CHARACTERS_MAX = 1_024
PRIORITY_MAX = 1_000_000
INTERVAL_MINUTES_MAX = 43_200

AUCTION_MINUTES_MAX = 366 * 24 * 60
"""How long an auction may last: a price that is not down by then never gets there."""


class MarketplaceSettings(Frozen):
    """Whether leads of a type may be auctioned, and how the price falls; all or no parameters."""

    enabled: bool = False
    first_price_cents: PositiveCents | None = None
    last_price_cents: PositiveCents | None = None
    increment_cents: PositiveCents | None = None
    interval_minutes: Annotated[int, Bound(ge=1, le=INTERVAL_MINUTES_MAX)] | None = None

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        first, last = self.first_price_cents, self.last_price_cents
        parameters = (first, last, self.increment_cents, self.interval_minutes)
        missing = parameters.count(None)
        if 0 < missing < len(parameters) or (self.enabled and missing):
            raise ValueError("First price, last price, increment and interval go together.")
        if first is not None and last is not None and last > first:
            raise ValueError("The last price must not be above the first.")
        return self

    @property
    def lasts_minutes(self) -> int:
        """How long an auction without orders is open; 0 without parameters (13.2)."""
        first, last = self.first_price_cents, self.last_price_cents
        if first is None or last is None or not self.increment_cents or not self.interval_minutes:
            return 0
        drops = -((last - first) // self.increment_cents)
        return (drops + 1) * self.interval_minutes


class LeadType(Frozen):
    """A price tier of a category. The fallback has neither conditions nor a priority."""

    id: LeadTypeId
    name: Annotated[str, Bound(min_length=1, max_length=NAME_CHARACTERS_MAX)]
    description: Annotated[str, Bound(max_length=DESCRIPTION_CHARACTERS_MAX)] | None = None
    lead_category_id: CategoryId
    fallback: bool = False
    priority: Annotated[int, Bound(ge=1, le=PRIORITY_MAX)] | None = None
    conditions: Conditions = ()
    bidding_scopes: tuple[BiddingScope, ...] = ()
    marketplace: MarketplaceSettings | None = None
    archived: bool = False
    version: int = 1
    created_at: datetime
    updated_at: datetime

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if self.fallback and (self.conditions or self.priority is not None):
            raise ValueError("A fallback type has neither conditions nor a priority.")
        if not self.fallback and self.priority is None:
            raise ValueError("A type that is no fallback needs a priority.")
        scopes = [one.scope for one in self.bidding_scopes]
        if len(set(scopes)) < len(scopes):
            raise ValueError("Each bidding scope occurs at most once.")
        return self


@dataclass(frozen=True)
class Classifier:
    """The types of one category, made ready for many leads; `owners` has the type of each group."""

    groups: ConditionIndex
    owners: Sequence[LeadType]
    fallback: LeadType | None

    def classify(self, facts: Mapping[str, Fact], today: date) -> LeadType | None:
        """The type of a lead with these facts; None: it is Uncategorized (`product.md`, 6.2)."""
        number = self.groups.first_match(facts, today)
        return self.fallback if number is None else self.owners[number]


def classifier(types: Iterable[LeadType]) -> Classifier:
    """Order the live types of one category: ascending priority, equal numbers by creation."""
    live = [one for one in types if not one.archived]
    fallback = next((one for one in live if one.fallback), None)
    owned = [(group, one) for one in sorted(live, key=_order) for group in one.conditions]
    groups = ConditionIndex([group for group, _ in owned])
    return Classifier(groups, [one for _, one in owned], fallback)


def classify(types: Iterable[LeadType], facts: Mapping[str, Fact], today: date) -> LeadType | None:
    """Classify one lead; for many of them keep a `classifier` of the types."""
    return classifier(types).classify(facts, today)


def _order(one: LeadType) -> tuple[int, datetime, str]:
    return one.priority or PRIORITY_MAX, one.created_at, one.id
