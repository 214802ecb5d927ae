"""Walks over indexes that hold nothing but keys."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import Index
from pynamodb.models import Model

from leadflow.adapters.dynamodb.keys import moment_key, months_back
from leadflow.adapters.dynamodb.store import faults_translated, query
from leadflow.application.list_ports import Period, Spot

Item = TypeVar("Item", bound=Model)

LAST = "\U0010ffff"
"""Stands behind every character that a key can hold."""


@dataclass(frozen=True)
class KeyIndex(Generic[Item]):
    """An index with its sort attribute, as the item class and the index class name it."""

    kind: type[Item]
    index: Index[Item]
    sort: UnicodeAttribute

    def between(
        self,
        partition: str,
        low: str,
        high: str,
        *,
        limit: int,
        position: str | None,
        ascending: bool = False,
    ) -> Sequence[Spot]:
        """Places of a partition with a key from `low` to `high`, the position itself left out.

        One query: it reads one key more than asked for when it may meet the position.
        """
        if low > high:
            return []
        items = query(
            self.kind,
            partition,
            condition=self.sort.between(low, high),
            index=self.index,
            ascending=ascending,
            limit=limit + (position is not None),
        )
        spots = [self._spot(item) for item in items]
        return [spot for spot in spots if spot.position != position][:limit]

    def count_by_month(self, partition_of: Callable[[str], str], period: Period) -> int:
        """The keys of a period, at most `LIST_MONTHS_MAX` months of it."""
        low, high = _bounds(period, None, ascending=False)
        months = months_back(period.newest, period.oldest)
        with faults_translated():
            return sum(
                self.index.count(partition_of(at_month), self.sort.between(low, high))
                for at_month in months
            )

    def _spot(self, item: Item) -> Spot:
        partition = str(item.attribute_values["pk"])
        return Spot(partition.rpartition("#")[2], str(item.attribute_values[self.sort.attr_name]))


def in_order(
    index: KeyIndex[Item],
    partition: str,
    period: Period,
    *,
    limit: int,
    position: str | None,
    ascending: bool = False,
) -> Sequence[Spot]:
    """A walk down one partition, or up."""
    low, high = _bounds(period, position, ascending=ascending)
    return index.between(partition, low, high, limit=limit, position=position, ascending=ascending)


def in_order_by_month(
    index: KeyIndex[Item],
    partition_of: Callable[[str], str],
    period: Period,
    *,
    limit: int,
    position: str | None,
    ascending: bool = False,
) -> Sequence[Spot]:
    """A walk down the partitions of the months, or up; on to the next only when one has run out.

    At most one query for each month of the period, and no more than `LIST_MONTHS_MAX`.
    """
    low, high = _bounds(period, position, ascending=ascending)
    if low > high:
        return []
    months = list(months_back(_moment(high), _moment(low)))
    spots: list[Spot] = []
    for at_month in reversed(months) if ascending else months:
        spots += index.between(
            partition_of(at_month),
            low,
            high,
            limit=limit - len(spots),
            position=position,
            ascending=ascending,
        )
        if len(spots) >= limit:
            break
    return spots


def _bounds(period: Period, position: str | None, *, ascending: bool) -> tuple[str, str]:
    oldest, newest = moment_key(period.oldest), moment_key(period.newest, LAST)
    return (position or oldest, newest) if ascending else (oldest, position or newest)


def _moment(key: str) -> datetime:
    return datetime.fromisoformat(key.partition("#")[0])
