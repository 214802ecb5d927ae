"""`make growth`: what a sold lead takes as ever more leads, bids and customers are on file.

By itself, not in `make bench`: putting a million of each into the emulator takes a quarter of an
hour and 14 GB. `SIZES="100 10000"` takes others. The curves go to `docs/growth.svg`.
"""

import gc
import json
import os
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass
from io import StringIO
from pathlib import Path
from random import Random

from leadflow.adapters.dynamodb.customers import customer_item
from tests.bench.account import account, crowded_tables
from tests.bench.cost_paths import Scene, scene, sold
from tests.bench.cost_per_million import ALONE, ASSUMED, billed
from tests.bench.figures import rounded
from tests.bench.list_reads import LeadFile
from tests.bench.market import SEED, a_customer, store
from tests.infrastructure.template import ROOT
from tools.chart import chart
from tools.cost.calls import reads_of
from tools.cost.meter import billed_ms
from tools.local_stack.progress import Progress

SIZES = (100, 10_000, 1_000_000)
LEADS = 5
RESULTS, DRAWING = Path(__file__).with_name("growth.json"), ROOT / "docs/growth.svg"
TITLE = "A sold lead, against the same with 100 of each on file"
COUNTED = "leads, bids and customers on file"
LEVELS = (0.5, 1, 2, 5)
NAMES: Mapping[str, str] = {
    "usd_per_million": "cost",
    "milliseconds": "time of the request",
    "aws_calls": "calls to AWS",
    "read_units": "read units",
}
"""What a curve is called."""


@dataclass(frozen=True)
class Taken:
    """What a lead took, with so many leads, bids and customers on file.

    Calls, units and time are those of its request. The time is the functions' own CPU time, and
    what the cost meter assumes that they wait for AWS.
    """

    on_file: int
    usd_per_million: float
    milliseconds: float
    aws_calls: float
    read_units: float


def main(sizes: Sequence[int]) -> None:
    """Measure with each size, write down, draw."""
    progress, taken = Progress(), []
    for size in sizes:
        with progress.step(f"{size:,} of each"):
            taken.append(_taken(size))
        print(taken[-1])
    RESULTS.write_text(json.dumps([asdict(one) for one in taken], indent=2) + "\n")
    DRAWING.write_text(chart(TITLE, curves(taken), LEVELS, COUNTED))


def curves(taken: Sequence[Taken]) -> dict[str, list[tuple[int, float]]]:
    """Each figure against what it is with the fewest on file."""
    return {
        name: [
            (one.on_file, round(getattr(one, figure) / getattr(taken[0], figure), 3))
            for one in taken
        ]
        for figure, name in NAMES.items()
    }


def _taken(size: int) -> Taken:
    with crowded_tables(), account(), scene(size) as here:
        _fill(here, size)
        gc.collect()
        gc.freeze()
        # What the functions log is no result.
        with redirect_stdout(StringIO()):
            path = here.measured(sold, LEADS, ALONE)
        gc.unfreeze()
    requests = [one for one in path.invocations if one.function == "submit_lead"]
    calls = [call for one in requests for call in one.all_calls]
    return Taken(
        on_file=size,
        usd_per_million=rounded(float(billed(path).total)),
        milliseconds=rounded(sum(billed_ms(one, ASSUMED) for one in requests) / LEADS),
        aws_calls=len(calls) / LEADS,
        read_units=rounded(float(sum(map(reads_of, calls))) / LEADS),
    )


def _fill(here: Scene, size: int) -> None:
    """The bids are there, with a customer to three of them; the other customers, and leads."""
    tenant_id, chance = here.market.tenant_id, Random(SEED)  # noqa: S311 # repeatable, not secret
    for number in range(size // 3, size):
        store(customer_item(tenant_id, a_customer(number + 1, chance)))
    LeadFile(here.market, here.metering.recorder, size).put()


if __name__ == "__main__":
    main([int(one) for one in os.environ.get("SIZES", "").split()] or SIZES)
