"""`wallet_contention`: many sales at once that one wallet pays for, against one after the other."""

import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from tests.bench.figures import Figure
from tests.bench.running_stack import opened_shop
from tests.e2e.shop import Shop, Source, expect, lead

SALES, PAIRS = 64, 5
PRICE_CENTS, FUNDS_CENTS = 5_000, 100_000_000
RANGES = [{"scope": "county", "enabled": True, "fixed_price_cents": PRICE_CENTS}]
SHARE_MIN = 1.0


def wallet_contention() -> Sequence[Figure]:
    """Both ways in turn; the medians count, and the wallet's balance tells that none was lost."""
    shop = opened_shop("Contention").open(scopes=RANGES)
    buyer = shop.customer(FUNDS_CENTS)
    shop.bid(buyer, PRICE_CENTS)
    source = shop.source()
    _rate(source, SALES)
    pairs = [(_rate(source, SALES), _rate(source, 1)) for _ in range(PAIRS)]
    together, alone = (statistics.median(rates) for rates in zip(*pairs, strict=True))
    sold = SALES * (1 + 2 * PAIRS)
    lost = sold - (FUNDS_CENTS - _balance_cents(shop, buyer)) // PRICE_CENTS
    details = {
        "sales_per_second_together": round(together, 2),
        "sales_per_second_alone": round(alone, 2),
        "sales": sold,
        "pairs": PAIRS,
    }
    share = Figure(
        "wallet_contention", together / alone, "x", SHARE_MIN, at_most=False, details=details
    )
    return [share, Figure("wallet_contention.lost", float(lost), "sales", 0.0)]


def _rate(source: Source, at_once: int) -> float:
    """Sales per second; each lead is sold."""
    started = time.perf_counter()
    with ThreadPoolExecutor(at_once) as pool:
        answers = list(pool.map(lambda _: source.post(lead()), range(SALES)))
    seconds = time.perf_counter() - started
    assert {expect(one, 201)["status"] for one in answers} <= {"assigned", "processing"}
    return SALES / seconds


def _balance_cents(shop: Shop, customer_id: str) -> int:
    return int(shop.wallet(customer_id)["balance_cents"])
