"""Traffic goes on while calls fail, processes end and the emulator stops: no promise is broken.

Seeds are printed; LEADFLOW_SEED repeats one.
"""

import contextlib
import os
import random
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from leadflow.adapters.faults import FaultKind, FaultPlan, FaultRule
from tests.contract_run import held
from tests.e2e.conftest import SPARE_DIRECTORY
from tests.e2e.traffic import tenants
from tools.local_stack import StackInfo, start_stack, stop_stack
from tools.local_stack.aws import CONFIG, lambda_, local_session
from tools.local_stack.files import EmulatorRecord, read
from tools.local_stack.layout import Layout
from tools.local_stack.progress import Progress
from tools.stub_partner import stub_partner

PROMISES = ("C1", "C2", "C3", "C4", "C5", "C6", "C9", "C10")
K = FaultKind
KILLS = (K.KILLED_BEFORE, K.KILLED_AFTER)
OTHERS = tuple(kind for kind in K if kind not in KILLS)
SHARE, SHARE_OF_KILLS = 0.04, 0.01
"""Of all calls of a function that are hit. A sale makes eighteen."""

FAULTY = frozenset(
    {
        "SubmitLead",
        "SellAtHighestPrice",
        "CloseFlow",
        "RecordDistributionError",
        "ReturnLead",
        "ManageWallets",
        "BuyLead",
        "ReleaseWithheldLeads",
        "ManageSubscription",
        "ReprocessLeads",
        "SelectLeadsToReprocess",
        "ReprocessBatch",
        "CollectReprocessResults",
        "FinishReprocess",
    }
)
"""Functions that are hit. Their callers try again at once; a queue of webhooks takes minutes."""

KILLS_MAX, KILL_EVERY_SECONDS = 8, 1.0
STOP_AFTER, POLL_SECONDS = 8, 0.1
"""Answers after which the emulator is stopped, and how often they are counted."""


@dataclass
class Disturbance:
    """What happens while traffic goes on; `faults` is how often something was broken."""

    stack: StackInfo
    seed: int
    answers: Callable[[], int]
    """How much of the traffic has its answer for good."""
    faults: int = 0
    ended: threading.Event = field(default_factory=threading.Event)


@contextmanager
def planned_faults(disturbance: Disturbance) -> Iterator[None]:
    """Functions that are hit at a share of their calls."""
    plan = FaultPlan(
        seed=disturbance.seed,
        rules=(
            FaultRule(share=SHARE_OF_KILLS, kinds=KILLS),
            FaultRule(share=SHARE, kinds=OTHERS),
        ),
    )
    with _planned(disturbance.stack, plan.model_dump_json(exclude_defaults=True)):
        yield
    disturbance.faults = _faults_told(disturbance.stack)


@contextmanager
def _planned(stack: StackInfo, plan: str) -> Iterator[None]:
    client = lambda_(stack.aws_endpoint_url)
    functions = [
        one
        for page in client.get_paginator("list_functions").paginate()
        for one in page["Functions"]
        if _is_faulty(one["FunctionName"])
    ]
    assert len(functions) == len(FAULTY)

    def put(text: str) -> None:
        for one in functions:
            variables = {**one["Environment"]["Variables"], "FAULT_PLAN": text}
            client.update_function_configuration(
                FunctionName=one["FunctionName"], Environment={"Variables": variables}
            )

    try:
        put(plan)
        yield
    finally:
        put("")


def _is_faulty(text: str) -> bool:
    """Whether a name of a function, or an environment with one, is of those that are hit."""
    return any(f"-{name}Function" in text for name in FAULTY)


def _faults_told(stack: StackInfo) -> int:
    """The faults that functions have logged before they were done; a lost line is not counted."""
    logs = local_session().client("logs", endpoint_url=stack.aws_endpoint_url, config=CONFIG)
    groups = [
        group["logGroupName"]
        for page in logs.get_paginator("describe_log_groups").paginate()
        for group in page["logGroups"]
    ]
    return sum(
        event["message"].count('"planned fault"')
        for group in groups
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        for event in page["events"]
    )


@contextmanager
def killed_processes(disturbance: Disturbance) -> Iterator[None]:
    """Now and then the process of a function ends without a word."""
    emulator = read(Layout(SPARE_DIRECTORY).emulator_file, EmulatorRecord)
    assert emulator
    chance = random.Random(disturbance.seed)  # noqa: S311 # repeatable, not secret

    def kill_some() -> None:
        while disturbance.faults < KILLS_MAX:
            if disturbance.ended.wait(KILL_EVERY_SECONDS):
                return
            if workers := _functions_of(emulator.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(chance.choice(workers), signal.SIGKILL)
                    disturbance.faults += 1

    with _beside(disturbance, kill_some):
        yield


def _functions_of(emulator: int) -> list[int]:
    """The processes that the emulator has started for functions."""
    found = []
    for path in Path(f"/proc/{emulator}/task").glob("*/children"):
        for pid in path.read_text().split():
            with contextlib.suppress(OSError):
                if _is_faulty(Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace")):
                    found.append(int(pid))
    return sorted(found)


@contextmanager
def stopped_emulator(disturbance: Disturbance) -> Iterator[None]:
    """All of AWS stops in order, and is there again."""

    def stop_once() -> None:
        while disturbance.answers() < STOP_AFTER:
            if disturbance.ended.wait(POLL_SECONDS):
                return
        stop_stack(SPARE_DIRECTORY)
        start_stack(SPARE_DIRECTORY, progress=Progress())
        disturbance.faults += 1

    with _beside(disturbance, stop_once):
        yield


@contextmanager
def _beside(disturbance: Disturbance, work: Callable[[], None]) -> Iterator[None]:
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(work)
        try:
            yield
        finally:
            disturbance.ended.set()
        done.result()


Disturb = Callable[[Disturbance], AbstractContextManager[None]]
DISTURBANCES: dict[str, Disturb] = {
    "faults at calls of all kinds": planned_faults,
    "processes of functions killed": killed_processes,
    "the emulator stopped and started": stopped_emulator,
}


@pytest.mark.parametrize("name", DISTURBANCES, ids=lambda one: one.replace(" ", "-"))
def test_traffic_under_a_disturbance_breaks_no_promise(spare: StackInfo, name: str) -> None:
    seed = int(os.environ.get("LEADFLOW_SEED") or random.SystemRandom().randrange(10**6))
    print(f"{name}: LEADFLOW_SEED={seed}")
    with ExitStack() as clients, stub_partner() as stub:
        traffic = tenants(spare, stub, clients)
        traffic.begin()
        disturbance = Disturbance(spare, seed, traffic.answered)
        with DISTURBANCES[name](disturbance):
            operations = traffic.run(seed)
        assert disturbance.faults
        traffic.recover(are_jobs_lost=DISTURBANCES[name] is stopped_emulator)
        traffic.check()
    held(
        f"Traffic over HTTP: {name}",
        PROMISES,
        operations=operations,
        faults=disturbance.faults,
        seed=seed,
    )
