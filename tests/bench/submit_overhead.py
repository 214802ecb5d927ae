"""`submit_overhead`: a `POST /leads` that is sold by a bid, against a function that does nothing.

The floor makes the same calls to AWS, with as many items in each, on the same emulator, and is
called through API Gateway as well. Posts and calls of the floor take turns.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial

import httpx

from tests.bench.figures import Figure
from tests.bench.floor.deployed import floor_url
from tests.bench.running_stack import TIMEOUT_SECONDS, opened_shop, running_stack
from tests.bench.sold_lead import calls_of_a_sale
from tests.e2e.shop import Source, expect, lead
from tools.cost.recorded import Call

OVERHEAD_MAX = 1.3
BIDS, PRICE_CENTS, FUNDS_CENTS = 10, 5_000, 100_000_000
WARM_UPS, PAIRS = 5, 25
RANGES = [{"scope": "county", "enabled": True, "fixed_price_cents": PRICE_CENTS}]
MS_PER_SECOND = 1_000


def submit_overhead() -> Sequence[Figure]:
    """Take turns, and compare the medians."""
    shape = [(call.operation, _items(call)) for call in calls_of_a_sale(BIDS)]
    source, floor = _selling(), floor_url(running_stack().aws_endpoint_url)
    with httpx.Client(timeout=TIMEOUT_SECONDS) as client:
        acts = (partial(_sold, client, source), partial(_called, client, floor, shape))
        for act in acts * WARM_UPS:
            act()
        pairs = [[_milliseconds(act) for act in acts] for _ in range(PAIRS)]
    post, bare = (statistics.median(times) for times in zip(*pairs, strict=True))
    details = {
        "post_ms": round(post, 1),
        "floor_ms": round(bare, 1),
        "calls": [f"{operation} of {items}" for operation, items in shape],
        "pairs": PAIRS,
    }
    return [Figure("submit_overhead", post / bare, "x", OVERHEAD_MAX, details=details)]


def _items(call: Call) -> int:
    """How many items a call writes or asks for."""
    asked = call.sent.get("RequestItems", {}).values()
    return len(call.sent.get("TransactItems", ())) or sum(len(one["Keys"]) for one in asked) or 1


def _selling() -> Source:
    """A source whose every lead is sold to the best of some bids."""
    shop = opened_shop("Overhead").open(scopes=RANGES)
    for _ in range(BIDS):
        shop.bid(shop.customer(FUNDS_CENTS), PRICE_CENTS)
    return shop.source()


def _sold(client: httpx.Client, source: Source) -> None:
    headers = {"Authorization": source.basic}
    answer = client.post(f"{source.api_url}/leads", json=lead(), headers=headers)
    assert expect(answer, 201)["status"] == "assigned"


def _called(client: httpx.Client, url: str, shape: Sequence[tuple[str, int]]) -> None:
    expect(client.post(url, json=shape), 200)


def _milliseconds(act: Callable[[], None]) -> float:
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * MS_PER_SECOND
