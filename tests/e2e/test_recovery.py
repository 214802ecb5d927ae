"""An orderly stop of the emulator in the middle of a burst loses no accepted lead (C5)."""

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import boto3
import httpx
import pytest

from tests.e2e.shop import Shop, Source, lead
from tools.local_stack import StackInfo, reset_stack, start_stack, stop_stack
from tools.local_stack.layout import ACCESS_KEY_ID, ROOT, SECRET_ACCESS_KEY
from tools.local_stack.progress import Progress

DIRECTORY = ROOT / ".local/e2e-recovery"
FIXED = [{"scope": "county", "enabled": True, "fixed_price_cents": 1000}]
POSTS = 48
THREADS = 8
STOP_AFTER = 12
"""Answers after which the emulator is stopped."""


@pytest.fixture
def directory() -> Iterator[None]:
    reset_stack(DIRECTORY)
    try:
        yield
    finally:
        stop_stack(DIRECTORY)


@pytest.mark.usefixtures("directory")
def test_a_stop_in_mid_burst_loses_and_repeats_nothing() -> None:
    stack = start_stack(DIRECTORY, progress=Progress())
    with _client(stack) as client:
        shop = Shop(client, stack.api_url).open(scopes=FIXED)
        buyer = shop.customer(funds_cents=1_000_000)
        shop.bid(buyer, 1000)
        answered = _burst_with_a_stop(shop.source())

    assert STOP_AFTER <= len(answered) < POSTS
    stack = start_stack(DIRECTORY, progress=Progress())
    with _client(stack) as client:
        shop = Shop(client, stack.api_url)
        _reconcile(stack)
        leads = [shop.until_settled(lead_id) for lead_id in answered]
        assert {one["status"] for one in leads} == {"assigned"}
        charges = [
            row["related"]["lead_id"]
            for row in shop.everything(f"/customers/{buyer}/transactions")
            if row["event"] == "LEAD_ASSIGNED"
        ]
        assert len(charges) == len(set(charges))
        assert set(answered) <= set(charges)
        shop.check_ledger(buyer)


def _burst_with_a_stop(source: Source) -> list[str]:
    """Post from several threads and stop the emulator meanwhile; the ids answered with 201."""
    answered: list[str] = []
    enough = threading.Event()

    def one(_: int) -> None:
        try:
            answer = source.post(lead())
        except httpx.HTTPError:
            return
        if answer.status_code == httpx.codes.CREATED:
            answered.append(answer.json()["lead_public_id"])
        if len(answered) >= STOP_AFTER:
            enough.set()

    with ThreadPoolExecutor(THREADS) as pool:
        for number in range(POSTS):
            pool.submit(one, number)
        assert enough.wait(timeout=120)
        stop_stack(DIRECTORY)
    return answered


def _reconcile(stack: StackInfo) -> None:
    client = boto3.client(
        "lambda",
        endpoint_url=stack.aws_endpoint_url,
        region_name=stack.region,
        aws_access_key_id=ACCESS_KEY_ID,
        aws_secret_access_key=SECRET_ACCESS_KEY,
    )
    names = [one["FunctionName"] for one in client.list_functions(MaxItems=50)["Functions"]]
    reconcile = next(name for name in names if "Reconcile" in name)
    time.sleep(1)
    answer = client.invoke(FunctionName=reconcile, Payload=json.dumps({"idle_seconds": 0}))
    assert "FunctionError" not in answer, answer["Payload"].read()


def _client(stack: StackInfo) -> httpx.Client:
    headers = {"Authorization": f"Bearer {stack.admin_token}"}
    return httpx.Client(base_url=stack.api_url, headers=headers, timeout=60)
