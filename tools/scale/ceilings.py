"""Leads per second at which each limit bites: the limit by what a lead takes of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from tools.scale.assumed import BIDS_SECONDS, POST_SECONDS, RELEASE_SECONDS
from tools.scale.counted import Counted
from tools.scale.executions import seconds_held
from tools.scale.limits import (
    API_REQUESTS,
    COLLECTION_BYTES,
    EXPRESS_STARTS,
    FIFO_CALLS,
    LAMBDA_CONCURRENCY,
    LAMBDA_REQUESTS_PER_EXECUTION,
    NEW_TABLE_WRITES,
    PARTITION_READS,
    PARTITION_WRITES,
    PUT_EVENTS,
    RULE_INVOCATIONS,
    TABLE_WRITES,
    Limit,
)
from tools.scale.shares import SHARES

FACTS = 3
"""Facts of a lead that is sold at once: created, assigned, transaction (ADR 0027)."""


@dataclass(frozen=True)
class Ceiling:
    """A place, what a lead takes there, and how many leads a second it bears. `of`: whose it is."""

    place: str
    of: str
    takes: float
    limit: Limit
    places: int = 1

    @property
    def per_second(self) -> float:
        """Leads, or sales, each second."""
        return self.places * self.limit.value / self.takes


def ceilings(sold: Counted) -> Iterator[Ceiling]:
    """All of them, from the smallest owner to the largest."""
    yield from _of_customers(sold)
    yield from _of_tenants(sold)
    yield from _of_stacks(sold)


def sales_of_a_lifetime(sold: Counted) -> float:
    """Sales after which a customer's partition is full."""
    return COLLECTION_BYTES.value / sold.wallet_bytes


def released_per_second() -> float:
    """Withheld leads of one tenant, which leave one after the other."""
    return 1 / RELEASE_SECONDS


def _of_customers(sold: Counted) -> Iterator[Ceiling]:
    wallet = ("WalletsTable||<tenant>#<cus>", "WalletsTable|BySequence|<tenant>#<cus>")
    market = "WalletsTable|ByRank|<tenant>#<type>#nationwide#us"
    yield Ceiling("Partition of a wallet", "customer", _units(sold, *wallet), PARTITION_WRITES)
    yield Ceiling("`ByRank`, writes", "market", _units(sold, market), PARTITION_WRITES)
    yield Ceiling("`ByRank`, reads", "market", sold.market_read_units, PARTITION_READS)


def _of_tenants(sold: Counted) -> Iterator[Ceiling]:
    share = _units(sold, "FlowsTable||<tenant>#USAGE#<share>")
    rate = "IdempotencyTable||RATE#<tenant>#<source>#<minute>"
    yield Ceiling("Requests of the minute", "source", _units(sold, rate), PARTITION_WRITES)
    for index, partition in (
        ("ByStatus", "STATUS#processing#LIVE#<month>"),
        ("ByReceived", "RECEIVED#LIVE#<month>"),
        ("ByReceived", "SUBMISSIONS#LIVE#<month>"),
    ):
        units = _units(sold, f"LeadsTable|{index}|<tenant>#{partition}")
        name = partition.split("#LIVE")[0].lower().replace("#", " ")
        yield Ceiling(f"`{index}`, {name}", "tenant", units, PARTITION_WRITES)
    started = _units(sold, "FlowsTable|ByStarted|<tenant>#FLOWS#LIVE#<month>")
    yield Ceiling("`ByStarted`", "tenant", started, PARTITION_WRITES)
    yield Ceiling("Shares of plan usage, units", "tenant", share, PARTITION_WRITES, SHARES)
    yield Ceiling("Stamp of the configuration", "tenant", sold.stamp_read_units, PARTITION_READS)


def _of_stacks(sold: Counted) -> Iterator[Ceiling]:
    table, units = sold.dearest_table()
    bids_only = POST_SECONDS + 2 * BIDS_SECONDS
    # As many requests as ten times the executions at once.
    each = sold.lambda_invocations / LAMBDA_REQUESTS_PER_EXECUTION.value
    yield Ceiling(f"`{table}`, new", "stack", units, NEW_TABLE_WRITES)
    yield Ceiling(f"`{table}`, later", "stack", units, TABLE_WRITES)
    yield Ceiling("API Gateway", "account", sold.api_requests, API_REQUESTS)
    yield Ceiling("Lambda, requests", "account", each, LAMBDA_CONCURRENCY)
    yield Ceiling("Lambda, bids only", "account", bids_only, LAMBDA_CONCURRENCY)
    yield Ceiling("Lambda, partners answer", "account", seconds_held(0), LAMBDA_CONCURRENCY)
    yield Ceiling(
        "Lambda, 1 of 10 runs meets a silent partner",
        "account",
        seconds_held(0.1),
        LAMBDA_CONCURRENCY,
    )
    yield Ceiling(
        "Lambda, every run meets a silent partner", "account", seconds_held(1), LAMBDA_CONCURRENCY
    )
    yield Ceiling("Runs started without waiting", "account", 1, EXPRESS_STARTS)
    yield Ceiling("Tokens of withheld leads", "stack", 1, FIFO_CALLS)
    yield Ceiling("Facts put one by one", "account", FACTS, PUT_EVENTS)
    yield Ceiling("Facts handed to the queue", "account", FACTS, RULE_INVOCATIONS)


def _units(sold: Counted, *places: str) -> int:
    return sold.of_partition(*places)
