"""The local stack keeps its word: what it holds survives a stop, and it guards what it should.

These tests stop and start a stack of their own, beside the one that the rest of the tier uses.
"""

from collections.abc import Iterator

import httpx
import pytest

from tools.local_stack import (
    StackError,
    StackInfo,
    create_tenant,
    reset_stack,
    start_stack,
    stop_stack,
)
from tools.local_stack.emulator import is_healthy
from tools.local_stack.files import read
from tools.local_stack.layout import ROOT, Layout

DIRECTORY = ROOT / ".local/e2e-lifecycle"
TIMEOUT_SECONDS = 60.0


@pytest.fixture(scope="module")
def started() -> Iterator[StackInfo]:
    reset_stack(DIRECTORY)
    try:
        yield start_stack(DIRECTORY)
    finally:
        stop_stack(DIRECTORY)


def get(info: StackInfo, path: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {info.admin_token}"}
    return httpx.get(info.api_url + path, headers=headers, timeout=TIMEOUT_SECONDS)


def test_the_stack_file_says_how_to_reach_the_running_stack(started: StackInfo) -> None:
    assert read(Layout(DIRECTORY).stack_file, StackInfo) == started
    assert get(started, "/leads").status_code == httpx.codes.OK


def test_a_second_start_finds_the_running_stack(started: StackInfo) -> None:
    record = Layout(DIRECTORY).emulator_file.read_text()
    assert start_stack(DIRECTORY) == started
    assert Layout(DIRECTORY).emulator_file.read_text() == record


def test_a_stop_and_a_start_keep_tenants_functions_and_urls(started: StackInfo) -> None:
    tenant = create_tenant(DIRECTORY, "Kept")
    assert stop_stack(DIRECTORY)
    port = httpx.URL(started.aws_endpoint_url).port
    assert port is not None
    assert not is_healthy(port)
    assert start_stack(DIRECTORY) == started
    kept = started.model_copy(update={"admin_token": tenant.admin_token})
    assert get(kept, "/leads").status_code == httpx.codes.OK


def test_a_request_without_credentials_is_refused(started: StackInfo) -> None:
    answer = httpx.get(started.api_url + "/leads", timeout=TIMEOUT_SECONDS)
    assert answer.status_code == httpx.codes.UNAUTHORIZED


def test_stopping_twice_is_harmless(started: StackInfo) -> None:
    assert stop_stack(DIRECTORY)
    assert not stop_stack(DIRECTORY)
    assert start_stack(DIRECTORY) == started


def test_a_tenant_needs_a_running_stack(started: StackInfo) -> None:
    stop_stack(DIRECTORY)
    with pytest.raises(StackError, match="not running"):
        create_tenant(DIRECTORY, "Nobody")
    assert start_stack(DIRECTORY) == started
