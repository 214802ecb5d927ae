"""A process is known by its id and its start together."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.local_stack.process import (
    ProcessIdentity,
    ask_to_end,
    identify,
    is_alive,
    kill_group,
    spawn_detached,
    wait_for_end,
)

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def sleeper(tmp_path: Path) -> Iterator[ProcessIdentity]:
    pid = spawn_detached(SLEEP, environment=dict(os.environ), log=tmp_path / "log")
    identity = identify(pid)
    assert identity is not None
    yield identity
    kill_group(identity)
    wait_for_end(identity, seconds=5)


def test_a_process_is_known_by_its_id_and_start(sleeper: ProcessIdentity) -> None:
    assert is_alive(sleeper)


def test_a_later_process_with_the_same_id_is_another(sleeper: ProcessIdentity) -> None:
    assert not is_alive(ProcessIdentity(sleeper.pid, "another start"))


def test_another_process_with_the_same_id_is_never_signalled(sleeper: ProcessIdentity) -> None:
    ask_to_end(ProcessIdentity(sleeper.pid, "another start"))
    kill_group(ProcessIdentity(sleeper.pid, "another start"))
    assert not wait_for_end(sleeper, seconds=0.2)


def test_a_process_ends_when_asked(sleeper: ProcessIdentity) -> None:
    ask_to_end(sleeper)
    assert wait_for_end(sleeper, seconds=5)


def test_a_process_is_ended_with_its_group(sleeper: ProcessIdentity) -> None:
    kill_group(sleeper)
    assert wait_for_end(sleeper, seconds=5)
