"""`cost_per_million_…`: what a million leads cost at AWS's list prices, counted in one run."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from leadflow.domain.sources import SourceType
from tests.bench.account import account
from tests.bench.cost_paths import Scene, pinged, scene, sold, unsold, withheld_released
from tests.bench.fact_flow import QUEUE, TELLERS
from tests.bench.figures import Figure, rounded
from tests.bench.images import drawn_tables
from tools.cost.assumptions import Assumptions
from tools.cost.meter import Bill, bill, path_usage
from tools.cost.prices import CHECKED_ON
from tools.cost.recorded import Path

LEADS, BIDS_ON_FILE = 5, 200
ALONE, TOGETHER = 1, 10
"""Records of a stream and messages of a queue that come at once: when leads are far apart, and
when they are many."""


class Priced(NamedTuple):
    """A path: what is done, with how many bids on file, and what it may cost.

    `refuses` tells that it meets a condition that does not hold. Pings are of vendors.
    """

    act: Callable[[Scene, int, int], None]
    bids: int
    target: float
    refuses: bool = False
    source_type: SourceType = SourceType.INTERNAL


PATHS: Mapping[str, Priced] = {
    "sold": Priced(sold, BIDS_ON_FILE, 25.0),
    "unsold": Priced(unsold, 0, 20.0),
    "ping": Priced(pinged, BIDS_ON_FILE, 10.0, source_type=SourceType.VENDOR),
    "withheld_released": Priced(withheld_released, 10, 35.0, refuses=True),
}

ASSUMED = Assumptions()
OTHERWISE: Mapping[str, Assumptions] = {
    "times halved": replace(ASSUMED, time_factor=0.5),
    "times doubled": replace(ASSUMED, time_factor=2.0),
    "x86_64": replace(ASSUMED, architecture="x86_64"),
    "indexes not doubled in transactions": replace(ASSUMED, index_factor=1),
    "every request traced": replace(ASSUMED, traced_share=Fraction(1)),
    "no request traced": replace(ASSUMED, traced_share=Fraction(0)),
}


def cost_per_million() -> Sequence[Figure]:
    """Run each path, count, price."""
    return [_figure(name, path) for name, path in PATHS.items()]


def billed(path: Path, assumed: Assumptions = ASSUMED) -> Bill:
    """The bill of a path."""
    return bill(path_usage(path, drawn_tables(), assumed), path.leads)


def _figure(name: str, priced: Priced) -> Figure:
    alone, together = (_run(priced, batch) for batch in (ALONE, TOGETHER))
    found = billed(alone)
    details: dict[str, object] = {
        "prices_of": CHECKED_ON.isoformat(),
        "largest": _dollars(found.largest),
        "by_item": _dollars(found.by_item),
        "of_assumed_times": rounded(float(found.timed)),
        "of_facts": rounded(float(billed(_behind(alone)).total)),
        "amounts_per_lead": _amounts(alone),
        "write_units_per_lead": _writes(alone),
        "otherwise": {
            "ten records and messages at once": rounded(float(billed(together).total)),
            **{how: rounded(float(billed(alone, one).total)) for how, one in OTHERWISE.items()},
        },
    }
    figure = f"cost_per_million_{name}"
    notes = tuple(f"{figure}: {usd:g} USD {item}" for item, usd in _dollars(found.largest).items())
    return Figure(figure, float(found.total), "USD", priced.target, details=details, notes=notes)


def _run(priced: Priced, batch: int) -> Path:
    with account(rolls_back=priced.refuses), scene(priced.bids, priced.source_type) as here:
        return here.measured(priced.act, LEADS, batch)


def _behind(path: Path) -> Path:
    """Only what the path's facts set off, behind the request."""
    return replace(
        path,
        answers=(),
        invocations=tuple(one for one in path.invocations if one.function in TELLERS),
        deliveries=tuple(one for one in path.deliveries if one.queue == QUEUE),
    )


def _dollars(items: Mapping[str, Fraction]) -> dict[str, float]:
    return {name: rounded(float(usd)) for name, usd in items.items()}


def _amounts(path: Path) -> dict[str, float]:
    amounts: dict[str, Fraction] = {}
    for line, amount in path_usage(path, drawn_tables(), ASSUMED):
        amounts[line.item] = amounts.get(line.item, Fraction()) + amount / path.leads
    return _dollars(amounts)


def _writes(path: Path) -> dict[str, float]:
    """By table and index."""
    usage = path_usage(path, drawn_tables(), ASSUMED)
    found = {line.where: amount / path.leads for line, amount in usage if "write" in line.item}
    return _dollars(dict(sorted(found.items())))
