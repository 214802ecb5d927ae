"""Ports, health and the corrections to the emulator, without an emulator."""

import socket
import types
from collections.abc import Iterator

import pytest

from tools.local_stack.emulator import choose_port, is_healthy
from tools.local_stack.emulator_main import ERROR_MEMBER, RAISED, as_failure, correct, hiding_errors
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


def test_the_api_does_not_say_what_was_raised() -> None:
    assert hiding_errors(lambda: (None, "secret"))() == (None, "Internal server error")
    assert hiding_errors(lambda: ({}, None))() == ({}, None)


def test_an_emulator_that_the_corrections_do_not_fit_is_refused() -> None:
    runtime = types.ModuleType("runtime")
    vars(runtime)["_PYTHON_WORKER_SCRIPT"] = RAISED.upper()
    with pytest.raises(RuntimeError, match="make setup"):
        correct(runtime, types.ModuleType("service"), types.ModuleType("gateway"))
