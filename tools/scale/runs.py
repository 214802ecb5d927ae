"""Which simulations `docs/scale.md` shows."""

from collections.abc import Mapping, Sequence

from tools.scale.assumed import Latencies
from tools.scale.buckets import Bucket, share_passed
from tools.scale.counted import Counted
from tools.scale.executions import Held, held_by
from tools.scale.limits import API_BURST, API_REQUESTS
from tools.scale.shares import SHARES, Drawn, drawn_by
from tools.scale.wallet import (
    ADDED,
    AS_BUILT,
    LEASED,
    LOOKS_AGAIN,
    Design,
    Sold,
    sold_by,
    sold_in_a_burst,
)

SELLERS = (1, 2, 4, 8, 16, 32, 64)
FACTORS = (0.5, 1, 2)
BURST = 64
COSTS = (1, 0.5, 0)
DESIGNS = (AS_BUILT, LOOKS_AGAIN, ADDED, LEASED)
RATES = (25, 50, 100, 200)
MORE_SHARES = 32
HUNG = ((100, 0.0), (100, 0.01), (100, 0.1), (20, 0.5), (50, 0.5), (20, 1.0))
RESERVED = 500
REQUESTS = (10_000, 12_000, 20_000)
REQUEST_SECONDS = 3


def wallets(sold: Counted) -> Mapping[Design, Sequence[Sold]]:
    """Sellers side by side, for each design."""
    units = wallet_units(sold)
    return {one: [sold_by(sellers, units, one) for sellers in SELLERS] for one in DESIGNS}


def slower_and_faster(sold: Counted) -> Mapping[float, Sequence[Sold]]:
    """As built, if everything took half as long, or twice as long."""
    units = wallet_units(sold)
    return {
        factor: [sold_by(one, units, latencies=Latencies().times(factor)) for one in (1, 8, 64)]
        for factor in FACTORS
    }


def costs_of_refusal(sold: Counted) -> Mapping[Design, Mapping[float, Sequence[Sold]]]:
    """Sellers side by side and a burst, by what a refused transaction takes of its units."""
    units = wallet_units(sold)
    return {
        one: {
            cost: (
                *(sold_by(sellers, units, one, refused_cost=cost) for sellers in (16, 64)),
                sold_in_a_burst(BURST, units, one, refused_cost=cost),
            )
            for cost in COSTS
        }
        for one in (AS_BUILT, LOOKS_AGAIN, ADDED)
    }


def bursts(sold: Counted) -> Mapping[Design, Sold]:
    """Leads that come at the same moment."""
    return {one: sold_in_a_burst(BURST, wallet_units(sold), one) for one in DESIGNS}


def shares(sold: Counted) -> Mapping[int, Sequence[Drawn]]:
    """Leads of one tenant, with the shares that there are and with more."""
    units = sold.of_partition("FlowsTable||<tenant>#USAGE#<share>") // 2
    return {
        count: [drawn_by(rate, units, count) for rate in RATES] for count in (SHARES, MORE_SHARES)
    }


def executions() -> Mapping[int, Sequence[Held]]:
    """Leads while partners hang; then, at the worst of it, with executions kept for stages."""
    worst = (100, 0.5)
    return {
        0: [held_by(rate, hung) for rate, hung in (*HUNG, worst)],
        RESERVED: [held_by(*worst, reserved=RESERVED)],
    }


def requests() -> Mapping[int, float]:
    """The share of requests that API Gateway lets pass in some seconds."""
    return {
        rate: share_passed(Bucket(API_REQUESTS.value, API_BURST.value), rate, REQUEST_SECONDS)
        for rate in REQUESTS
    }


def wallet_units(sold: Counted) -> int:
    """Write units of one sale in its wallet's partition."""
    places = ("WalletsTable||<tenant>#<cus>", "WalletsTable|BySequence|<tenant>#<cus>")
    return sold.of_partition(*places)
