"""Lead types, the price tiers of a category, and classification (`product.md`, 6 and 13.1)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Self

from pydantic import Field as Bound
from pydantic import model_validator

from leadflow.domain.conditions import Conditions, Fact, Row, matches
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
    """The types of one category, made ready for many leads.

    A type whose every group asks for certain values of some property is looked at only for leads
    that have one of them, so most of a thousand types cost a lead nothing.
    """

    ordered: Sequence[LeadType]
    fallback: LeadType | None
    by_fact: Mapping[str, Mapping[Fact, frozenset[int]]]
    always: frozenset[int]

    def classify(self, facts: Mapping[str, Fact], today: date) -> LeadType | None:
        """The type of a lead with these facts; None: it is Uncategorized (`product.md`, 6.2)."""
        for index in sorted(self._candidates(facts)):
            if matches(self.ordered[index].conditions, facts, today):
                return self.ordered[index]
        return self.fallback

    def _candidates(self, facts: Mapping[str, Fact]) -> set[int]:
        found = set(self.always)
        for name, by_value in self.by_fact.items():
            if name in facts:
                found |= by_value.get(facts[name], frozenset())
        return found


def classifier(types: Iterable[LeadType]) -> Classifier:
    """Order the live types of one category: ascending priority, equal numbers by creation."""
    live = [one for one in types if not one.archived]
    fallback = next((one for one in live if one.fallback), None)
    ordered = sorted((one for one in live if one.conditions), key=_order)
    always = set[int]()
    by_fact: dict[str, dict[Fact, set[int]]] = {}
    for index, one in enumerate(ordered):
        anchors = [_anchor(group) for group in one.conditions]
        if None in anchors:
            always.add(index)
            continue
        for name, accepted in filter(None, anchors):
            for fact in accepted:
                by_fact.setdefault(name, {}).setdefault(fact, set()).add(index)
    frozen = {
        name: {fact: frozenset(indexes) for fact, indexes in by_value.items()}
        for name, by_value in by_fact.items()
    }
    return Classifier(ordered, fallback, frozen, frozenset(always))


def classify(types: Iterable[LeadType], facts: Mapping[str, Fact], today: date) -> LeadType | None:
    """Classify one lead; for many of them keep a `classifier` of the types."""
    return classifier(types).classify(facts, today)


def _order(one: LeadType) -> tuple[int, datetime, str]:
    return one.priority or PRIORITY_MAX, one.created_at, one.id


def _anchor(group: Sequence[Row]) -> tuple[str, frozenset[Fact]] | None:
    """The property of which the group accepts the fewest values, if it names any."""
    named = [(row.property, row.comparison.accepted) for row in group if row.comparison.accepted]
    return min(named, key=lambda anchor: len(anchor[1]), default=None)
