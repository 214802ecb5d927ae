"""Read units of what was recorded."""

from collections.abc import Iterable

from tools.cost.calls import reads_of
from tools.cost.recorded import Call


def read_units(calls: Iterable[Call]) -> float:
    """The read units of some calls; writes cost none of these."""
    return float(sum(map(reads_of, calls)))
