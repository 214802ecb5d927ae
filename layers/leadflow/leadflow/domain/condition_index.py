"""Which of many groups of rows a lead can match, found without trying each (`product.md`, 5).

For every property the index keeps which groups its fact does not rule out, as bits of an integer:
the groups left by all properties together are few, and only they are tried row by row. It may leave
a group too many, never one too few, so it decides nothing itself.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from leadflow.domain.comparisons import Bounds, Comparison, Edge
from leadflow.domain.conditions import Fact, Row, matches

GROUPS_TOGETHER_MAX = 1_024
"""Groups of one index. What a row takes grows with them: at most two integers of as many bits."""

Group = tuple[Row, ...]


class ConditionIndex:
    """Groups of rows in an order, made ready for many leads; it reads every row once."""

    def __init__(self, groups: Sequence[Group]) -> None:
        starts = range(0, len(groups), GROUPS_TOGETHER_MAX)
        self._parts = [_Part(groups[at : at + GROUPS_TOGETHER_MAX]) for at in starts]

    def first_match(self, facts: Mapping[str, Fact], today: date) -> int | None:
        """The number of the first group of which every row is true; None: there is none."""
        before = 0
        for part in self._parts:
            for number in part.possible(facts):
                if matches((part.groups[number],), facts, today):
                    return before + number
            before += len(part.groups)
        return None


class _Part:
    """As many groups as are kept together."""

    def __init__(self, groups: Sequence[Group]) -> None:
        self.groups = groups
        self._everything = (1 << len(groups)) - 1
        asked: dict[str, list[tuple[int, list[Comparison]]]] = defaultdict(list)
        for number, group in enumerate(groups):
            for name, comparisons in _by_property(group).items():
                asked[name].append((1 << number, comparisons))
        self._asked = {name: _Asked(self._everything, one) for name, one in asked.items()}

    def possible(self, facts: Mapping[str, Fact]) -> Iterator[int]:
        """The numbers of the groups that no fact rules out, ascending."""
        left = self._everything
        for name, asked in self._asked.items():
            left &= asked.passing(facts.get(name))
        while left:
            lowest = left & -left
            yield lowest.bit_length() - 1
            left ^= lowest


def _by_property(group: Group) -> Mapping[str, list[Comparison]]:
    found: dict[str, list[Comparison]] = defaultdict(list)
    for row in group:
        found[row.property].append(row.comparison)
    return found


class _Asked:
    """What groups ask of one property, all comparisons of a group together."""

    def __init__(self, everything: int, asked: Iterable[tuple[int, list[Comparison]]]) -> None:
        self._indifferent = everything
        self._unsure = 0
        self._by_fact: dict[Fact, int] = {}
        ranges: dict[type, list[tuple[int, Bounds]]] = defaultdict(list)
        for bit, comparisons in asked:
            self._indifferent ^= bit
            accepted = [one.accepted for one in comparisons if one.accepted is not None]
            bounded = [one for one in comparisons if one.bounds is not None]
            for fact in frozenset.intersection(*accepted) if accepted else ():
                self._by_fact[fact] = self._by_fact.get(fact, 0) | bit
            if bounded and not accepted:
                ranges[bounded[0].fact_type].append((bit, _narrowest(bounded)))
            elif not accepted:
                self._unsure |= bit
        self._ranges = {kind: _Ranges(found) for kind, found in ranges.items()}

    def passing(self, fact: Fact | None) -> int:
        """The groups that this fact of a lead, None if it has none, does not rule out."""
        if fact is None:
            return self._indifferent
        found = self._indifferent | self._unsure | self._by_fact.get(fact, 0)
        ranges = self._ranges.get(type(fact))
        return found | ranges.at(fact) if ranges else found


def _narrowest(bounded: Sequence[Comparison]) -> Bounds:
    """What is left of all ranges; those of another type than the first are passed over."""
    fact_type = bounded[0].fact_type
    bounds = [one.bounds for one in bounded if one.bounds and one.fact_type is fact_type]
    lows = [low for low, _ in bounds if low is not None]
    highs = [high for _, high in bounds if high is not None]
    return max(lows, default=None), min(highs, default=None)


class _Ranges:
    """Groups by the range that they ask for; between two edges always the same ones pass."""

    def __init__(self, ranges: Iterable[tuple[int, Bounds]]) -> None:
        self._edges: list[Edge] = []
        self._passing = [0]
        changes: list[tuple[Edge, int]] = []
        for bit, (low, high) in ranges:
            self._passing[0] |= bit if low is None else 0
            changes += [(edge, bit) for edge in (low, high) if edge is not None]
        for edge, bit in sorted(changes):
            if not self._edges or self._edges[-1] != edge:
                self._edges.append(edge)
                self._passing.append(self._passing[-1])
            self._passing[-1] ^= bit

    def at(self, fact: Fact) -> int:
        """The groups whose range the fact lies in."""
        return self._passing[bisect_right(self._edges, (fact, False))]
