"""Bidding scopes of a lead type and the arithmetic of their price grids (`product.md`, 6.3)."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from leadflow.domain.model import Frozen
from leadflow.domain.money import PositiveCents
from leadflow.domain.scores import kept_share

GridCents = Annotated[PositiveCents, Field(strict=True)]


class Scope(StrEnum):
    """The size of the location that a bid covers, narrowest first."""

    COUNTY = "county"
    STATE = "state"
    NATIONWIDE = "nationwide"

    @property
    def breadth(self) -> int:
        """0 for the narrowest; grows with the location."""
        return _BREADTHS[self]


_BREADTHS = {scope: breadth for breadth, scope in enumerate(Scope)}


class BiddingScope(Frozen):
    """One scope of a lead type: either a fixed price or a range with a step.

    Every operation on the grid is constant-time integer arithmetic, however fine the grid is.
    """

    scope: Scope
    enabled: Annotated[bool, Field(strict=True)] = True
    fixed_price_cents: GridCents | None = None
    minimum_cents: GridCents | None = None
    maximum_cents: GridCents | None = None
    step_cents: GridCents | None = None

    @model_validator(mode="after")
    def _is_one_grid(self) -> Self:
        steps = (self.minimum_cents, self.maximum_cents, self.step_cents)
        if self.fixed_price_cents is not None:
            if any(part is not None for part in steps):
                raise ValueError("A fixed price replaces minimum, maximum and step.")
        elif any(part is None for part in steps):
            raise ValueError("Give either a fixed price, or a minimum, a maximum and a step.")
        elif self.floor_cents > self._limit_cents:
            raise ValueError("The minimum must not be above the maximum.")
        return self

    @property
    def is_fixed(self) -> bool:
        """Whether one price replaces the range."""
        return self.fixed_price_cents is not None

    @property
    def floor_cents(self) -> int:
        """The lowest amount of the grid: the minimum, or the fixed price."""
        return self.fixed_price_cents or self.minimum_cents or 0

    @property
    def ceiling_cents(self) -> int:
        """The highest amount of the grid; below the maximum where the step misses it."""
        return self._floor_to_grid(self._limit_cents)

    @property
    def _limit_cents(self) -> int:
        return self.fixed_price_cents or self.maximum_cents or 0

    @property
    def _step(self) -> int:
        return self.step_cents or 1

    def _floor_to_grid(self, amount_cents: int) -> int:
        return amount_cents - (amount_cents - self.floor_cents) % self._step

    def on_grid(self, amount_cents: int) -> bool:
        """Whether the amount is one that may be bid."""
        return self.grid_at_or_below(amount_cents) == amount_cents

    def grid_at_or_below(self, amount_cents: int) -> int | None:
        """The highest grid amount that is not above the given one; None below the minimum."""
        if amount_cents < self.floor_cents:
            return None
        return self._floor_to_grid(min(amount_cents, self._limit_cents))

    def grid_at_or_above(self, amount_cents: int) -> int | None:
        """The lowest grid amount that is not below the given one; None above the last."""
        if amount_cents <= self.floor_cents:
            return self.floor_cents
        raised = self._floor_to_grid(amount_cents + self._step - 1)
        return raised if raised <= self._limit_cents else None

    def smallest_above(self, score: int, penalty: Decimal) -> int | None:
        """The lowest grid amount whose own score is strictly above `score`; None if there is none.

        The score is in the units of `domain/scores.py`. With a penalty of 100 % every amount
        scores 0, so none is above anything.
        """
        kept = kept_share(penalty)
        return self.grid_at_or_above(score // kept + 1) if kept else None

    def grid(self, limit: int) -> Iterator[int]:
        """The grid's amounts in ascending order, at most `limit` of them."""
        last = min(self.ceiling_cents, self.floor_cents + self._step * (limit - 1))
        return iter(range(self.floor_cents, last + 1, self._step))


def scope_errors(scopes: Sequence[BiddingScope]) -> tuple[str, ...]:
    """What is wrong with a lead type's scopes taken together: each may occur once."""
    names = [scope.scope for scope in scopes]
    return tuple(f"The scope {name} occurs twice." for name in Scope if names.count(name) > 1)


def setting_of(scopes: Iterable[BiddingScope], scope: Scope) -> BiddingScope | None:
    """The setting of that scope, if the lead type has one."""
    return next((setting for setting in scopes if setting.scope is scope), None)
