"""The local stack keeps its word: what it holds survives a stop, and it guards what it should.

These tests stop and start the spare stack, beside the one that the rest of the tier uses.
"""

import httpx
import pytest

from tests.e2e.conftest import SPARE_DIRECTORY, client_of
from tests.e2e.operations import Listener, listening, until
from tests.e2e.shop import expect
from tools.local_stack import StackError, StackInfo, create_tenant, start_stack, stop_stack
from tools.local_stack.emulator import is_healthy
from tools.local_stack.files import read
from tools.local_stack.layout import Layout

TIMEOUT_SECONDS = 60.0


def get(info: StackInfo, path: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {info.admin_token}"}
    return httpx.get(info.api_url + path, headers=headers, timeout=TIMEOUT_SECONDS)


def test_the_stack_file_says_how_to_reach_the_running_stack(spare: StackInfo) -> None:
    assert read(Layout(SPARE_DIRECTORY).stack_file, StackInfo) == spare
    assert get(spare, "/leads").status_code == httpx.codes.OK


def test_a_second_start_finds_the_running_stack(spare: StackInfo) -> None:
    record = Layout(SPARE_DIRECTORY).emulator_file.read_text()
    assert start_stack(SPARE_DIRECTORY) == spare
    assert Layout(SPARE_DIRECTORY).emulator_file.read_text() == record


def test_a_stop_and_a_start_keep_tenants_functions_and_urls(spare: StackInfo) -> None:
    tenant = create_tenant(SPARE_DIRECTORY, "Kept")
    assert stop_stack(SPARE_DIRECTORY)
    port = httpx.URL(spare.aws_endpoint_url).port
    assert port is not None
    assert not is_healthy(port)
    assert start_stack(SPARE_DIRECTORY) == spare
    kept = spare.model_copy(update={"admin_token": tenant.admin_token})
    assert get(kept, "/leads").status_code == httpx.codes.OK
    with listening(kept, "BusName") as listener, client_of(kept, tenant.admin_token) as client:
        made = client.post("/customers", json={"name": "New", "email": "new@example.com"})
        customer_id = expect(made, 201)["id"]
        until(lambda: _tells_of(listener, customer_id), "the new customer is told of")


def _tells_of(listener: Listener, customer_id: str) -> bool:
    return any(one["detail"].get("customer_id") == customer_id for one in listener.heard())


def test_a_request_without_credentials_is_refused(spare: StackInfo) -> None:
    answer = httpx.get(spare.api_url + "/leads", timeout=TIMEOUT_SECONDS)
    assert answer.status_code == httpx.codes.UNAUTHORIZED


def test_stopping_twice_is_harmless(spare: StackInfo) -> None:
    assert stop_stack(SPARE_DIRECTORY)
    assert not stop_stack(SPARE_DIRECTORY)
    assert start_stack(SPARE_DIRECTORY) == spare


def test_a_tenant_needs_a_running_stack(spare: StackInfo) -> None:
    stop_stack(SPARE_DIRECTORY)
    with pytest.raises(StackError, match="not running"):
        create_tenant(SPARE_DIRECTORY, "Nobody")
    assert start_stack(SPARE_DIRECTORY) == spare
