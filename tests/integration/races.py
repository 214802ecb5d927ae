"""Calls at the same moment, within this process."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from leadflow.domain.errors import Refusal


class Raced(NamedTuple):
    """What calls came to, and the codes of those that were refused."""

    done: list[object]
    refused: Counter[str]


def at_once(calls: Sequence[Callable[[], object]]) -> Raced:
    """Call all at the same moment; any other error than a refusal is raised."""

    def called(call: Callable[[], object]) -> object:
        try:
            return call()
        except Refusal as refusal:
            return refusal

    with ThreadPoolExecutor(len(calls)) as threads:
        ends = list(threads.map(called, calls))
    refused = Counter(end.code for end in ends if isinstance(end, Refusal))
    return Raced([end for end in ends if not isinstance(end, Refusal)], refused)
