"""An orderly stop of the emulator in the middle of a burst loses no accepted lead (C5)."""

import threading
from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.e2e.conftest import SPARE_DIRECTORY, client_of
from tests.e2e.operations import invoke
from tests.e2e.shop import Shop, Source, lead
from tools.local_stack import StackInfo, start_stack, stop_stack
from tools.local_stack.progress import Progress

FIXED = [{"scope": "county", "enabled": True, "fixed_price_cents": 1000}]
POSTS = 48
THREADS = 8
STOP_AFTER = 12
"""Answers after which the emulator is stopped."""


def test_a_stop_in_mid_burst_loses_and_repeats_nothing(spare: StackInfo) -> None:
    with client_of(spare, spare.admin_token) as client:
        shop = Shop(client, spare.api_url).open(scopes=FIXED)
        buyer = shop.customer(funds_cents=1_000_000)
        shop.bid(buyer, 1000)
        answered = _burst_with_a_stop(shop.source())

    assert STOP_AFTER <= len(answered) < POSTS
    stack = start_stack(SPARE_DIRECTORY, progress=Progress())
    with client_of(stack, stack.admin_token) as client:
        shop = Shop(client, stack.api_url)
        invoke(stack, "ReconcileFunctionName", {"idle_seconds": 0})
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
        stop_stack(SPARE_DIRECTORY)
    return answered
