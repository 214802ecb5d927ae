"""Ports, health and the corrections to the emulator, without an emulator."""

import socket
import threading
import types
from collections.abc import Iterator

import pytest

from tools.local_stack.emulator import choose_port, is_healthy
from tools.local_stack.emulator_main import (
    ERROR_MEMBER,
    RAISED,
    Result,
    WorkersInTurn,
    as_failed_batch,
    as_failure,
    correct,
    hiding_errors,
    keep_streams,
)
from tools.local_stack.errors import StackError


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_port_asked_for_that_is_taken_is_refused(taken_port: int) -> None:
    with pytest.raises(StackError, match=f"Port {taken_port} is in use"):
        choose_port(taken_port, None)


def test_a_last_port_that_is_taken_gives_way_to_a_free_one(taken_port: int) -> None:
    assert choose_port(None, taken_port) != taken_port


def test_the_last_port_is_used_again_when_it_is_free() -> None:
    free = choose_port(None, None)
    assert choose_port(None, free) == free


def test_nothing_on_the_port_is_not_healthy() -> None:
    assert not is_healthy(choose_port(None, None))


def test_a_raised_exception_keeps_its_name() -> None:
    raised = {"errorType": "StoreUnavailable", "errorMessage": "down", "stackTrace": ["line"]}
    failure = as_failure({"body": {ERROR_MEMBER: raised}, "log": "said"})
    assert failure["body"] == raised
    assert failure["error"]
    assert failure["log"] == "said\nline"


def test_an_ordinary_answer_is_left_alone() -> None:
    assert as_failure({"body": {"statusCode": 200}}) == {"body": {"statusCode": 200}}


@pytest.mark.parametrize(
    ("source", "failures", "fails"),
    [("aws:dynamodb", ["9"], True), ("aws:dynamodb", [], False), ("aws:sqs", ["9"], False)],
)
def test_a_batch_of_a_stream_comes_again_when_a_part_of_it_failed(
    source: str, failures: list[str], *, fails: bool
) -> None:
    result: Result = {"body": {"batchItemFailures": failures}}
    event = {"Records": [{"eventSource": source}]}
    assert as_failed_batch(event, result).get("error", False) is fails
    assert as_failed_batch("no batch", result) == result


def test_what_streams_hold_is_saved_and_loaded() -> None:
    saved: dict[str, object] = {}
    for records, expected in (({"Leads": ["first"]}, ["first"]), ({}, ["first"])):
        tables = types.ModuleType("dynamodb")
        vars(tables).update(
            _stream_records=records,
            _stream_trimmed={},
            get_state=lambda: {"tables": {}},
            load_persisted_state=lambda data: data,
        )
        keep_streams(tables)
        tables.load_persisted_state(saved)
        saved = tables.get_state()
        assert tables._stream_records["Leads"] == expected
    assert saved["tables"] == {}


def test_the_api_does_not_say_what_was_raised() -> None:
    assert hiding_errors(lambda: (None, "secret"))() == (None, "Internal server error")
    assert hiding_errors(lambda: ({}, None))() == ({}, None)


def test_an_emulator_that_the_corrections_do_not_fit_is_refused() -> None:
    runtime = types.ModuleType("runtime")
    vars(runtime)["_PYTHON_WORKER_SCRIPT"] = RAISED.upper()
    with pytest.raises(RuntimeError, match="make setup"):
        correct(runtime, types.ModuleType("service"), types.ModuleType("gateway"))


class Pool:
    """MiniStack's pool of one function's processes, with its signatures."""

    def __init__(self) -> None:
        self.free: list[object] = []
        self.count = 0
        self.started: list[object] = []

    def acquire(self, *, max_concurrency: int | None = None) -> tuple[object, str]:
        if self.free:
            return self.free.pop(), "reused"
        if max_concurrency is not None and self.count >= max_concurrency:
            return None, "func_cap"
        self.count += 1
        return f"worker {self.count}", "spawn"


def in_turn(pool: Pool) -> WorkersInTurn:
    return WorkersInTurn(pool.acquire, pool.free.append, pool.started.append, turns=1)


def test_a_free_process_is_used_before_another_one_is_started() -> None:
    pool = Pool()
    workers = in_turn(pool)
    first, _ = workers.acquire()
    workers.release(first)
    assert workers.acquire() == (first, "reused")
    assert pool.started == [first]


def test_another_process_is_started_when_all_stay_busy() -> None:
    pool = Pool()
    workers = in_turn(pool)
    workers.acquire()
    workers.acquire()
    assert pool.started == ["worker 1", "worker 2"]


def test_a_request_that_waits_takes_a_process_that_gets_free() -> None:
    pool = Pool()
    workers = in_turn(pool)
    first, _ = workers.acquire()
    timer = threading.Timer(0.05, workers.release, [first])
    timer.start()
    assert workers.acquire() == (first, "reused")
    timer.join()
    assert pool.started == [first]
