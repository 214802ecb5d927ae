"""Whose turn it is: what a Round Robin stage has handed out (`product.md`, 15.3; contract C8)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import NamedTuple

from leadflow.domain.decisions import Kind
from leadflow.domain.identifiers import StageId
from leadflow.domain.limits import Period
from leadflow.domain.model import Frozen
from leadflow.domain.plans import Rotation

_PERIODS = {
    Rotation.TODAY: Period.DAILY,
    Rotation.THIS_WEEK: Period.WEEKLY,
    Rotation.THIS_MONTH: Period.MONTHLY,
}
_NEVER = datetime.min.replace(tzinfo=UTC)


class Taker(NamedTuple):
    """Who may be handed a lead: a customer or a partner."""

    kind: Kind
    id: str


class Turn(NamedTuple):
    """One lead handed to somebody, at that moment."""

    taker: Taker
    at: datetime


class Tallies(NamedTuple):
    """What one taker was handed.

    `today`, `this_week` and `this_month` belong to the periods around `day`. `before` is what
    `last_at` was until the last turn was taken.
    """

    total: int = 0
    day: date = date.min
    today: int = 0
    this_week: int = 0
    this_month: int = 0
    last_at: datetime | None = None
    before: datetime | None = None

    def within(self, rotation: Rotation, now: datetime) -> int:
        """Leads handed out in the time over which the stage counts."""
        if rotation is Rotation.ALL_TIME:
            return self.total
        period = _PERIODS[rotation]
        return self._of(period) if self._began(period) >= period.start(now) else 0

    def plus(self, now: datetime) -> "Tallies":
        """One more. Periods never go back: a late clock counts in the newer one."""
        day = max(self.day, now.date())
        today, week, month = (
            self._of(period) + 1 if self._began(period) >= _start(period, day) else 1
            for period in Period
        )
        return Tallies(self.total + 1, day, today, week, month, now, self.last_at)

    def minus(self, at: datetime) -> "Tallies":
        """Without the one of that moment; the last time is as before, unless another came since."""
        today, week, month = (
            max(0, self._of(period) - (self._began(period) == period.start(at)))
            for period in Period
        )
        last = self.before if self.last_at == at else self.last_at
        return Tallies(max(0, self.total - 1), self.day, today, week, month, last, self.before)

    def _began(self, period: Period) -> date:
        return _start(period, self.day)

    def _of(self, period: Period) -> int:
        return {
            Period.DAILY: self.today,
            Period.WEEKLY: self.this_week,
            Period.MONTHLY: self.this_month,
        }[period]


_NOTHING = Tallies()


class RotationState(Frozen):
    """What one stage has handed out, by taker's id; `version` 0: nothing yet, nothing stored."""

    stage_id: StageId
    tallies: Mapping[str, Tallies] = {}
    version: int = 0

    def taken(self, taker: Taker, now: datetime) -> "RotationState":
        """The next version, in which somebody is handed a lead."""
        return self._next({taker.id: self.of(taker).plus(now)})

    def given_back(self, turn: Turn) -> "RotationState":
        """The next version, without a turn whose lead was not taken after all."""
        return self._next({turn.taker.id: self.of(turn.taker).minus(turn.at)})

    def passed_on(self, turn: Turn | None, taker: Taker, now: datetime) -> "RotationState":
        """One next version in which a turn, if any, is given back and another one is taken."""
        if turn is None:
            return self.taken(taker, now)
        after = self.given_back(turn)
        return self._next({**after.tallies, taker.id: after.of(taker).plus(now)})

    def of(self, taker: Taker) -> Tallies:
        """What somebody was handed."""
        return self.tallies.get(taker.id, _NOTHING)

    def _next(self, changed: Mapping[str, Tallies]) -> "RotationState":
        after = {"tallies": {**self.tallies, **changed}, "version": self.version + 1}
        return self.model_copy(update=after)


def order(
    takers: Iterable[Taker], state: RotationState, rotation: Rotation, now: datetime
) -> Sequence[Taker]:
    """Takers in the order of their turns.

    Fewest leads in the rotation scope, then the longest ago (never first), then customers before
    partners, then the lower id.
    """

    def place(taker: Taker) -> tuple[int, datetime, bool, str]:
        tallies = state.of(taker)
        last = tallies.last_at or _NEVER
        return tallies.within(rotation, now), last, taker.kind is Kind.PARTNER, taker.id

    return sorted(takers, key=place)


def _start(period: Period, day: date) -> date:
    return period.start(datetime.combine(day, time.min, UTC))
