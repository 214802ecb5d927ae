"""Every call to AWS of a path is hit by every kind of fault; then the promises are judged."""

import os
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from leadflow.adapters.faults import FaultInjector, FaultKind, FaultPlan, FaultRule, Hit
from tests.contract_run import held
from tests.integration.faults.world import World

K = FaultKind
READS = frozenset(
    {"GetItem", "Query", "BatchGetItem", "HeadObject", "GetObject", "ListObjectsV2", "TransactGet"}
)
UNDONE = (K.UNSENT, K.KILLED_BEFORE, K.THROTTLED, K.CONFLICT, K.BROKEN)
"""Nothing was done. Calls are hit by one of them each, in turn."""

DONE = (K.LOST, K.KILLED_AFTER, K.REPEATED)
"""All was done: what calls that change something are hit by besides."""

REPORTED_MAX = 5
HIT_SHARE_MIN = 0.8
"""Of the cases whose call was made."""


def _nothing(_world: World) -> None:
    """Nothing is to be done."""


@dataclass(frozen=True)
class Path:
    """Something that clients and schedules do, and what has to have come of it.

    `arrange` stores what is there before; `ready` scripts partners before each run; `act` drives
    the path with no more regard to faults than a client has; `goal` asserts that it was reached
    exactly once, or cleanly was not, after everything that AWS does by itself.
    """

    name: str
    promises: Sequence[str]
    arrange: Callable[[World], None]
    act: Callable[[World], None]
    goal: Callable[[World], None]
    ready: Callable[[World], None] = _nothing
    schedules: Sequence[str] = ("reconcile",)
    """The functions that have to finish what was left."""


@dataclass(frozen=True)
class Case:
    """One fault at one call."""

    number: int
    operation: str
    kind: FaultKind


def walk(world: World, path: Path) -> int:
    """Try the path without a fault, with everything twice, and with each fault; how many were hit.

    Ids are new in each run, and with them the shares of plan usage that are drawn from: a run may
    make a few calls less than the one whose calls were counted.

    Raises `AssertionError` that names path, call, operation and fault.
    """
    path.arrange(world)
    world.keep()
    calls = _undisturbed(world, path)
    _twice(world, path)
    cases = list(_cases(calls))
    hits: list[Hit] = []
    broken = [told for case in cases if (told := _told(world, path, case, hits))]
    assert not broken, f"{len(broken)} of {len(cases)}\n" + "\n".join(broken[:REPORTED_MAX])
    assert len(hits) >= HIT_SHARE_MIN * len(cases)
    held(
        f"Faults at every call: {path.name}",
        path.promises,
        operations=len(calls),
        faults=len(hits),
    )
    return len(hits)


def _undisturbed(world: World, path: Path) -> list[tuple[str, str]]:
    """The calls of the path, from new processes."""
    _begin(world, path)
    path.act(world)
    world.drain()
    calls = list(world.switch.calls)
    _end(world, path)
    return calls


def _twice(world: World, path: Path) -> None:
    """Every task is executed and every message handed in twice: nothing changes."""
    _begin(world, path)
    world.machines.is_repeated = True
    try:
        path.act(world)
        _end(world, path)
    except Exception as error:
        message = f"{path.name}: all tasks and messages twice"
        raise AssertionError(message) from error
    finally:
        world.machines.is_repeated = False


def _cases(calls: Sequence[tuple[str, str]]) -> Iterator[Case]:
    """LEADFLOW_ALL_FAULTS: all calls by all kinds."""
    is_all = bool(os.environ.get("LEADFLOW_ALL_FAULTS"))
    for number, (service, operation) in enumerate(calls, 1):
        undone = [kind for kind in UNDONE if _fits(kind, service, operation)]
        if not is_all:
            undone = [undone[number % len(undone)]]
        done = DONE if is_all or operation not in READS else ()
        for kind in (*undone, *done):
            yield Case(number, f"{service}.{operation}", kind)


def _fits(kind: FaultKind, service: str, operation: str) -> bool:
    return kind is not K.CONFLICT or (service == "dynamodb" and operation not in READS)


def _told(world: World, path: Path, case: Case, hits: list[Hit]) -> str:
    """What went wrong with a case; empty if nothing did."""
    _begin(world, path)
    rule = FaultRule(call=case.number, kinds=(case.kind,))
    world.switch.injector = FaultInjector(
        FaultPlan(rules=(rule,)), path.name, tell=hits.append, kill=world.switch.kill
    )
    where = f"{path.name}: call {case.number} {case.operation} {case.kind}"
    try:
        path.act(world)
        _end(world, path)
    except Exception:  # all cases are told of together
        return f"{where}: {traceback.format_exc(limit=-4)}"
    return ""


def _begin(world: World, path: Path) -> None:
    world.restore()
    path.ready(world)


def _end(world: World, path: Path) -> None:
    world.recover(path.schedules)
    world.judge()
    path.goal(world)
