"""`calls_per_sold_lead`: what AWS is asked for while one lead is sold by its first stage."""

import importlib.util
import json
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from tests.bench.account import account
from tests.bench.figures import Figure
from tests.bench.machine import WalkedMachine
from tests.bench.market import Market, context
from tests.bench.recorder import Recorder, recording
from tests.infrastructure.template import ROOT
from tools.cost.recorded import Call

BIDS_ON_FILE = (10, 1_000, 10_000)
LEADS = 2
"""Leads of each measurement; the dearest one counts."""

INVOCATIONS_MAX, CALLS_MAX, TRANSITIONS_MAX = 2.0, 10.0, 6.0

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


def calls_per_sold_lead() -> Sequence[Figure]:
    """Sell leads with ever more bids on file."""
    machine = WalkedMachine()
    recorder = Recorder({"StartSyncExecution": machine.start_sync_execution})
    with recording(recorder):
        sizes = [_measured(bids, recorder, machine) for bids in BIDS_ON_FILE]
    name = "calls_per_sold_lead"
    return [
        _figure(f"{name}.lambda_invocations", "invocations", INVOCATIONS_MAX, sizes),
        _figure(f"{name}.aws_calls", "calls", CALLS_MAX, sizes),
        _figure(f"{name}.transitions", "transitions", TRANSITIONS_MAX, sizes),
    ]


def calls_of_a_sale(bids: int) -> Sequence[Call]:
    """What AWS is asked for while one lead is sold, in this order, the configuration known."""
    machine = WalkedMachine()
    recorder = Recorder({"StartSyncExecution": machine.start_sync_execution})
    with recording(recorder):
        _measured(bids, recorder, machine)
    return recorder.calls


def _measured(bids: int, recorder: Recorder, machine: WalkedMachine) -> dict[str, Any]:
    """The dearest of some leads, once the configuration is in the process."""
    with account():
        market = Market().open()
        market.fill(bids)
        sold = [_sold(market, recorder, machine) for _ in range(LEADS + 1)]
    dearest = max(sold[1:], key=lambda one: int(one["calls"]))
    return {"bids_on_file": bids, **dearest}


def _sold(market: Market, recorder: Recorder, machine: WalkedMachine) -> dict[str, Any]:
    recorder.clear()
    machine.clear()
    answer = submit_lead()(market.event(), context())
    status = json.loads(answer["body"]).get("status")
    if status != "assigned":
        message = f"The lead was not sold but {status}."
        raise AssertionError(message)
    return {
        "calls": len(recorder.calls),
        "invocations": machine.invocations + 1,
        "transitions": machine.transitions,
        "operations": recorder.counts,
    }


def _figure(name: str, unit: str, target: float, sizes: Sequence[dict[str, Any]]) -> Figure:
    values = [float(one[unit]) for one in sizes]
    details: dict[str, object] = {
        "by_bids_on_file": {str(one["bids_on_file"]): one[unit] for one in sizes},
        "same_for_every_size": len(set(values)) == 1,
    }
    if unit == "calls":
        details["operations"] = {str(one["bids_on_file"]): one["operations"] for one in sizes}
    return Figure(name, max(values), unit, target, details=details)


def submit_lead() -> Handler:
    """The handler of `POST /leads`."""
    return handler_of("submit_lead")


@cache
def handler_of(function: str) -> Handler:
    """The handler of a function, from its file."""
    path = ROOT / "functions" / function / "app.py"
    spec = importlib.util.spec_from_file_location(f"bench_{function}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    handler: Handler = module.handler
    return handler
