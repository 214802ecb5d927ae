"""What a lead sold by bidding costs, place by place, as `tests/bench/hot_places.py` counted it."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("counted.json")


@dataclass(frozen=True)
class Counted:
    """The figures of one sold lead. Places are `table|index|partition`, ids taken out."""

    aws_calls: int
    lambda_invocations: int
    api_requests: int
    stamp_read_units: float
    market_read_units: float
    wallet_bytes: int
    units: Mapping[str, int]

    def of_partition(self, *places: str) -> int:
        """Write units of places that lie in one partition."""
        return sum(self.units[place] for place in places)

    def dearest_table(self) -> tuple[str, int]:
        """The table, or index of one, that bears the most write units, and how many."""
        sums: Counter[str] = Counter()
        for place, units in self.units.items():
            table, index, _ = place.split("|")
            local = "" if index == "BySequence" else index
            sums[f"{table} {local}".strip()] += units
        [(name, units)] = sums.most_common(1)
        return name, units


@cache
def counted() -> Counted:
    """The file's figures."""
    found = json.loads(FILE.read_text())
    units = {place: load["units"] for place, load in found.pop("writes").items()}
    return Counted(**found, units=units)
