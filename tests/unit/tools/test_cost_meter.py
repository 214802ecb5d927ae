"""From a recorded run to a bill."""

from dataclasses import replace
from fractions import Fraction

import pytest

from tools.cost.assumptions import Assumptions
from tools.cost.meter import bill, billed_ms, path_usage, run_ms
from tools.cost.prices import PRICES, Item
from tools.cost.recorded import Call, Delivery, Invocation, Path, Run, Sent
from tools.cost.usage import Usage

GET = Call("dynamodb", "GetItem", {"TableName": "T"}, {})
START = Call("states", "StartSyncExecution", {}, {})
TASK = Invocation("sell", 512, 0.010, 600, 2, (GET,))
RUN = Run(4, 8_000, 300, (TASK,))
POST = Invocation("submit", 512, 0.020, 500, 2, (GET, GET, START), (RUN,))
ASSUMED = Assumptions(full_core_mb=1_024, call_ms={"GetItem": 5}, task_ms=20)


def test_a_function_takes_its_cpu_at_its_memory_and_what_it_waits_for() -> None:
    assert billed_ms(TASK, ASSUMED) == 2 * 10 + 5
    assert billed_ms(replace(TASK, memory_mb=2_048), ASSUMED) == 10 + 5


def test_a_run_takes_its_tasks_and_their_handing_over_and_who_waits_takes_the_run() -> None:
    assert run_ms(RUN, ASSUMED) == 25 + 20
    assert billed_ms(POST, ASSUMED) == 2 * 20 + 2 * 5 + 45


def test_all_times_can_be_assumed_to_be_others() -> None:
    doubled = replace(ASSUMED, time_factor=2)
    assert billed_ms(POST, doubled) == 2 * billed_ms(POST, ASSUMED)


def test_a_path_is_counted_with_all_that_it_set_off() -> None:
    path = Path(
        leads=1,
        answers=(1_000,),
        invocations=(POST,),
        deliveries=(Delivery("facts", 65_537),),
        sent=(Sent("facts", 65_536), Sent("a.fifo", 1)),
    )
    usage = path_usage(path, {}, ASSUMED)
    per_ms = Fraction(512, 1_000 * 1_024)
    assert {item: usage.of(item) for item in Item if usage.of(item)} == {
        Item.API_REQUEST: 1,
        Item.OUT_GB: Fraction(1_500, 10**9),
        Item.LAMBDA_REQUEST: 2,
        Item.LAMBDA_ARM64: (95 + 25) * per_ms,
        Item.LOG_GB: Fraction(600 + 500 + 2 * (350 + (2 + 4) * 26), 10**9),
        Item.TRACE: Fraction(2, 20),
        Item.READ_UNIT: Fraction(3, 2),
        Item.EXPRESS_REQUEST: 1,
        Item.EXPRESS_TIME: Fraction(1, 10) * Fraction(64, 1_024),
        Item.SQS_STANDARD: 1 + 2 + 1,
        Item.SQS_FIFO: 1,
    }


def test_what_lambda_does_not_log_is_not_billed() -> None:
    quiet = replace(TASK, platform_logs=False)
    path = Path(leads=1, answers=(), invocations=(quiet,))
    assert path_usage(path, {}, ASSUMED).of(Item.LOG_GB) == Fraction(600 + 2 * 26, 10**9)


def test_what_is_not_traced_costs_no_traces() -> None:
    path = Path(leads=1, answers=(), invocations=(TASK, replace(TASK, is_traced=False)))
    assert path_usage(path, {}, ASSUMED).of(Item.TRACE) == Fraction(1, 20)


def test_a_bill_is_of_a_million_leads_and_names_what_is_dearest() -> None:
    usage = Usage()
    usage.add(Item.API_REQUEST, "api", 2)
    usage.add(Item.WRITE_UNIT, "T", 8)
    usage.add(Item.WRITE_UNIT, "T/ByCity", 4)
    usage.add(Item.WRITE_UNIT, "T/ByAge", 6)
    usage.add(Item.READ_UNIT, "T", 1)
    found = bill(usage, leads=2)
    assert found.total == Fraction("3.5") + 9 * Fraction("0.625") + Fraction("0.0625")
    assert list(found.largest.items()) == [
        ("API Gateway, REST, requests", Fraction("3.5")),
        ("DynamoDB, write units, indexes of T", 5 * Fraction("0.625")),
        ("DynamoDB, write units, T", 4 * Fraction("0.625")),
    ]


@pytest.mark.parametrize(("architecture", "usd"), [("arm64", "133.334"), ("x86_64", "166.667")])
def test_a_bill_tells_what_hangs_on_assumed_times(architecture: str, usd: str) -> None:
    second = Invocation("sell", 1_024, 10.0, 0, 0)
    assumed = Assumptions(architecture=architecture, full_core_mb=1_024)
    usage = path_usage(Path(1, (), (second,)), {}, assumed)
    assert bill(usage, leads=1).timed == Fraction(usd)


def test_every_price_has_a_source() -> None:
    assert PRICES.keys() == set(Item)
    assert all(price.one > 0 and price.source for price in PRICES.values())
    unseen = {item for item, price in PRICES.items() if not price.verified}
    assert unseen == {Item.S3_PUT, Item.S3_GET, Item.KMS_REQUEST}
