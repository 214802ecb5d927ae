"""Counts what a sold lead writes and reads, place by place, for `make scale`.

The figures lie beside the simulation that uses them (`tools/scale/counted.json`).
"""

import json
from collections.abc import Iterable, Mapping
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from tests.bench.account import account
from tests.bench.images import MotoImages
from tests.bench.machine import WalkedMachine
from tests.bench.market import Market, context
from tests.bench.partition_units import Load, Place, borne
from tests.bench.read_units import read_units
from tests.bench.recorder import Recorder, recording
from tests.bench.sold_lead import submit_lead
from tests.infrastructure.template import ROOT
from tools.cost.recorded import Call
from tools.cost.units import item_bytes
from tools.local_stack.progress import Progress

COUNTED = ROOT / "tools/scale/counted.json"
BIDS_ON_FILE = 30
LEADS = 3
"""Leads sold; the last one counts, whose bid and customer have been sold to before."""


def counted() -> dict[str, Any]:
    """Sell some leads in the tables that there are, and count the last one."""
    machine = WalkedMachine()
    answers = {"StartSyncExecution": machine.start_sync_execution}
    recorder = Recorder(answers, images=MotoImages())
    with recording(recorder):
        market = Market().open()
        market.fill(BIDS_ON_FILE)
        for _ in range(LEADS):
            recorder.clear()
            machine.clear()
            status = json.loads(submit_lead()(market.event(), context())["body"])["status"]
            if status != "assigned":
                message = f"The lead was not sold but {status}."
                raise AssertionError(message)
        return _figures(recorder.calls, machine, borne(recorder.calls))


def _figures(
    calls: list[Call], machine: WalkedMachine, loads: Mapping[Place, Load]
) -> dict[str, Any]:
    return {
        "aws_calls": len(calls),
        "lambda_invocations": machine.invocations + 1,
        "api_requests": 1,
        "stamp_read_units": read_units(_of_configuration(calls)),
        "market_read_units": max(read_units([call]) for call in calls if _is_query(call)),
        "wallet_bytes": _bytes_kept(calls),
        "writes": {"|".join(place): vars(load) for place, load in sorted(loads.items())},
    }


def _of_configuration(calls: Iterable[Call]) -> Iterable[Call]:
    return [call for call in calls if call.sent.get("TableName") == "ConfigurationTable"]


def _is_query(call: Call) -> bool:
    return call.operation == "Query" and call.sent.get("IndexName") == "ByRank"


def _bytes_kept(calls: Iterable[Call]) -> int:
    """What a sale adds to its wallet's partition for good: the entry, and again in its index."""
    changes = [change for call in calls for change in call.changes if change.before is None]
    [entry] = [one.after for one in changes if one.after and "sequence" in one.after]
    return 2 * item_bytes(entry)


def main() -> None:
    """Write the figures down."""
    with Progress().step("count what a sold lead writes"), redirect_stdout(StringIO()), account():
        figures = counted()
    Path(COUNTED).write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
