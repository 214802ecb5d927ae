"""`auction_reads_growth`: what an auction reads and computes as ever more bids are on file."""

import gc
import json
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from leadflow.application.ports import Refused, Sale
from leadflow.application.run_ports import Run, RunResult
from leadflow.application.sell_at_highest_price import SellAtHighestPrice
from leadflow.domain.identifiers import TenantId
from leadflow.runtime import stage_actions
from tests.bench.account import account, crowded_tables
from tests.bench.figures import Figure
from tests.bench.machine import never_ends
from tests.bench.market import Market, context
from tests.bench.read_units import read_units
from tests.bench.recorder import Recorder, recording
from tests.bench.sold_lead import submit_lead

FEW, MANY = 100, 100_000
"""Bids on file."""

RUNS = 5
READS_GROWTH_MAX, CPU_GROWTH_MAX = 1.1, 1.5


class _NothingBooked:
    """Implements `Sales`: the auction can be held again."""

    def sell(self, tenant_id: TenantId, sale: Sale) -> frozenset[Refused]:
        """Say that it was booked."""
        return frozenset()


@dataclass(frozen=True)
class _Auctions:
    """One lead that waits to be sold, again and again."""

    run: Run
    recorder: Recorder
    sell: SellAtHighestPrice

    def held(self) -> dict[str, Any]:
        """What one auction took; the emulator's own time is taken off."""
        self.recorder.clear()
        started = time.process_time()
        ended = self.sell(self.run)
        spent = time.process_time() - started
        assert isinstance(ended, RunResult)
        return {
            "cpu_ms": (spent - self.recorder.emulator_seconds) * 1_000,
            "read_units": read_units(self.recorder.calls),
            "operations": self.recorder.counts,
        }


def auction_reads_growth() -> Sequence[Figure]:
    """Hold the same auction with few and with many bids on file, pair by pair."""
    recorder = Recorder({"StartSyncExecution": never_ends})
    with recording(recorder), crowded_tables(), account():
        auctions = [_auctions(recorder, bids) for bids in (FEW, MANY)]
        # The emulator's items live in this process; collecting them is no work of the auction.
        gc.collect()
        gc.freeze()
        rounds = [[one.held() for one in auctions] for _ in range(RUNS + 1)][1:]
        gc.unfreeze()
    return [
        _growth("read_units", "read_units", READS_GROWTH_MAX, rounds),
        _growth("cpu", "cpu_ms", CPU_GROWTH_MAX, rounds),
    ]


def _auctions(recorder: Recorder, bids: int) -> _Auctions:
    market = Market().open()
    market.fill(bids)
    recorder.clear()
    submit_lead()(market.event(), context())
    [started] = [call for call in recorder.calls if call.operation == "StartSyncExecution"]
    run = Run(**json.loads(started.sent["input"]))
    sell = replace(stage_actions.sell_at_highest_price(), sales=_NothingBooked())
    return _Auctions(run, recorder, sell)


def _growth(
    name: str, measure: str, target: float, rounds: Sequence[Sequence[dict[str, Any]]]
) -> Figure:
    ratio = statistics.median(many[measure] / few[measure] for few, many in rounds)
    medians = [statistics.median(one[place][measure] for one in rounds) for place in (0, 1)]
    details: dict[str, object] = {
        "runs": len(rounds),
        "bids_on_file": [FEW, MANY],
        **{
            f"{measure}_{bids}_bids": round(m, 2)
            for bids, m in zip((FEW, MANY), medians, strict=True)
        },
    }
    if measure == "read_units":
        details["how"] = "computed from item sizes, rounded as DynamoDB rounds them"
        details["operations"] = {
            str(bids): one["operations"] for bids, one in zip((FEW, MANY), rounds[-1], strict=True)
        }
    else:
        details["how"] = "CPU time of this process without that of the emulator in it"
    return Figure(f"auction_reads_growth.{name}", ratio, "x", target, details=details)
