"""What a source is told for each of the twelve statuses (`product.md`, 7.5)."""

from collections.abc import Mapping, Sequence
from itertools import chain, islice, starmap

from leadflow.domain.errors import ValidationFailed
from leadflow.domain.leads import LeadStatus
from leadflow.domain.sources import DEFAULT_STATUS_RESPONSES, Result

PAIRS_MAX = 50
"""Statuses that are read, and told of where they are wrong; there are twelve."""

NAME_CHARACTERS_MAX = 100
"""So much of a name is read, and told of; no status is as long."""

_PATH = "status_responses"
_RESULTS = ", ".join(Result)

Requested = Mapping[str, object]
"""Either a result for every status, or a list of statuses for every result."""


def status_responses(requested: Requested | None) -> Mapping[LeadStatus, Result]:
    """The map with every status exactly once; the defaults for None.

    Raises `ValidationFailed` naming each status that is missing, doubled or unknown, or where
    there are too many to name.
    """
    if requested is None:
        return DEFAULT_STATUS_RESPONSES
    told = chain.from_iterable(starmap(_pairs, requested.items()))
    pairs = list(islice(told, PAIRS_MAX + 1))
    if len(pairs) > PAIRS_MAX:
        raise ValidationFailed({_PATH: [f"There are more than {PAIRS_MAX} statuses."]})
    messages = _unknown(pairs) + _miscounted([status for status, _ in pairs])
    if messages:
        raise ValidationFailed({_PATH: messages})
    return {LeadStatus(status): Result(result) for status, result in pairs}


def _pairs(name: str, value: object) -> list[tuple[str, str]]:
    """Pairs of status and result; anything that is neither becomes an unknown one."""
    if isinstance(value, list | tuple):
        return [(_cut(status), _cut(name)) for status in value]
    return [(_cut(name), _cut(value))]


def _cut(value: object) -> str:
    return str(value)[:NAME_CHARACTERS_MAX]


def _unknown(pairs: Sequence[tuple[str, str]]) -> list[str]:
    statuses = [f"There is no status {one}." for one, _ in pairs if one not in set(LeadStatus)]
    results = [
        f"The result {one} is none of {_RESULTS}." for _, one in pairs if one not in set(Result)
    ]
    return list(dict.fromkeys(statuses + results))


def _miscounted(statuses: Sequence[str]) -> list[str]:
    missing = [f"The status {one} is missing." for one in LeadStatus if one not in statuses]
    doubled = [f"The status {one} occurs twice." for one in LeadStatus if statuses.count(one) > 1]
    return missing + doubled
