"""Pages of lists: walk an index, fetch the objects, keep those that fit (`product.md`, 3.5)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar

from leadflow.application.list_ports import Period, Spot
from leadflow.application.ports import Page, Window
from leadflow.domain.configuration import Configuration

ROUNDS_MAX = 10
"""Rounds of one page. After the last one the page is as full as it is, and the list goes on."""

ROUND_OBJECTS = 100
"""Objects looked at in a round of a list that is filtered beyond its index: one batch of reads."""

PAGE_CHARACTERS_MAX = 400_000
"""Submitted text on one page. An answer of a function has at most 6 MiB, and JSON may spell one
character in twelve bytes; an object that is larger by itself has a page of its own."""

CLOCK_SKEW_MAX = timedelta(minutes=1)
"""How far a writer's clock may be ahead of a reader's."""

Listed = TypeVar("Listed")


class Spots(Protocol):
    """The next places of a walk."""

    def __call__(self, *, limit: int, position: str | None) -> Sequence[Spot]:
        """At most `limit` places behind a position; fewer only at the end."""
        ...


@dataclass(frozen=True, kw_only=True)
class Listing(Generic[Listed]):
    """A list: where its objects stand, how they are fetched, which of them are meant.

    `keep` decides on the fetched object, for it may have changed since the index was written.
    `is_narrow` says that many objects of the walk may not be meant. `characters` is the submitted
    text of an object.
    """

    spots: Spots
    fetch: Callable[[Sequence[str]], Mapping[str, Listed]]
    keep: Callable[[Listed], bool]
    characters: Callable[[Listed], int]
    is_narrow: bool

    def page(self, window: Window) -> Page[Listed]:
        """The objects behind the window's position.

        The page ends the list exactly when its position is None, except that after `ROUNDS_MAX`
        rounds an emptier page may be followed by others.
        """
        wanted = window.limit + 1
        size = max(wanted, ROUND_OBJECTS) if self.is_narrow else wanted
        found: list[tuple[Listed, str]] = []
        position = window.position
        for _ in range(ROUNDS_MAX):
            spots = self.spots(limit=size, position=position)
            found += self._kept(spots)
            shown = self._fitting(found[: window.limit])
            if len(shown) < len(found):
                return Page([item for item, _ in shown], shown[-1][1])
            if len(spots) < size:
                return Page([item for item, _ in shown], None)
            position = spots[-1].position
        return Page([item for item, _ in found], position)

    def _kept(self, spots: Sequence[Spot]) -> list[tuple[Listed, str]]:
        objects = self.fetch([spot.id for spot in spots]) if spots else {}
        placed = [(objects[spot.id], spot.position) for spot in spots if spot.id in objects]
        return [(item, position) for item, position in placed if self.keep(item)]

    def _fitting(self, found: Sequence[tuple[Listed, str]]) -> Sequence[tuple[Listed, str]]:
        """As many of the first objects as an answer has room for, but at least one."""
        characters = 0
        for index, (item, _) in enumerate(found):
            characters += self.characters(item)
            if index and characters > PAGE_CHARACTERS_MAX:
                return found[:index]
        return found


def period_of(
    configuration: Configuration, now: datetime, since: datetime | None, until: datetime | None
) -> Period:
    """The asked-for time as far as the tenant has existed."""
    oldest, newest = configuration.tenant.created_at, now + CLOCK_SKEW_MAX
    return Period(max(since or oldest, oldest), min(until or newest, newest))
