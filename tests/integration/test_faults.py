"""Planned faults: each kind does what it says to the call that it names, and to no other."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

from leadflow.adapters.faults import (
    FaultInjector,
    FaultKind,
    FaultPlan,
    FaultRule,
    Hit,
    arm,
    planned,
)
from leadflow.adapters.step_functions import ExpressDistribution
from leadflow.runtime.container import foundation
from leadflow.runtime.settings import settings
from tests.builders import run
from tests.integration.conftest import REGION

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

K = FaultKind
TABLE = "FlowsTable"
CONDITION = "attribute_not_exists(pk)"
pytestmark = pytest.mark.usefixtures("tables")


class Killed(BaseException):
    """Stands for the end of the process."""


def killed() -> None:
    raise Killed


@contextmanager
def armed(*rules: FaultRule, seed: int = 0, process: str = "p") -> Iterator[list[Hit]]:
    """The faults that were done so far, as long as the block lasts."""
    hits: list[Hit] = []
    plan = FaultPlan(seed=seed, rules=rules)
    disarm = arm(FaultInjector(plan, process, tell=hits.append, kill=killed))
    try:
        yield hits
    finally:
        disarm()


def rule(kind: FaultKind, call: int = 1, operation: str = "PutItem") -> FaultRule:
    return FaultRule(service="dynamodb", operation=operation, call=call, kinds=(kind,))


def client() -> "DynamoDBClient":
    return boto3.Session().client("dynamodb", region_name=REGION)


def put(of: "DynamoDBClient", key: str) -> None:
    item = {"pk": {"S": key}, "sk": {"S": "x"}}
    of.put_item(TableName=TABLE, Item=item, ConditionExpression=CONDITION)


def is_there(key: str) -> bool:
    found = client().get_item(TableName=TABLE, Key={"pk": {"S": key}, "sk": {"S": "x"}})
    return "Item" in found


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(ClientError) as raised:
        call()
    return raised.value.response["Error"]["Code"]


def test_a_call_that_is_not_sent_changes_nothing() -> None:
    with armed(rule(K.UNSENT)) as hits, pytest.raises(ConnectTimeoutError):
        put(client(), "a")
    assert not is_there("a")
    assert hits == [Hit("dynamodb", "PutItem", 1, K.UNSENT, 100)]


def test_a_lost_answer_is_that_of_a_call_that_was_carried_out() -> None:
    with armed(rule(K.LOST)), pytest.raises(ReadTimeoutError):
        put(client(), "a")
    assert is_there("a")


def test_a_call_that_the_client_repeats_is_carried_out_twice() -> None:
    with armed(rule(K.REPEATED)):
        assert code_of(lambda: put(client(), "a")) == "ConditionalCheckFailedException"
    assert is_there("a")


def test_a_client_that_never_repeats_has_lost_the_answer() -> None:
    sfn = FaultRule(service="sfn", call=1, kinds=(K.REPEATED,))
    waiting = ExpressDistribution("arn:aws:states:us-east-1:1:stateMachine:x", endpoint_url=None)
    with armed(sfn) as hits:
        assert waiting.run(run(), patience_seconds=1) is None
    assert [one.operation for one in hits] == ["StartSyncExecution"]


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (K.THROTTLED, "ThrottlingException"),
        (K.BROKEN, "InternalServerError"),
        (K.CONFLICT, "TransactionConflictException"),
    ],
)
def test_an_answer_stands_in_for_the_call(kind: FaultKind, code: str) -> None:
    with armed(rule(kind)):
        assert code_of(lambda: put(client(), "a")) == code
    assert not is_there("a")


def test_a_transaction_is_cancelled_by_a_conflict_of_its_first_write() -> None:
    items = [{"pk": {"S": key}, "sk": {"S": "x"}} for key in "ab"]
    puts = [{"Put": {"TableName": TABLE, "Item": one}} for one in items]
    conflict = rule(K.CONFLICT, operation="TransactWriteItems")
    with armed(conflict), pytest.raises(ClientError) as hit:
        client().transact_write_items(TransactItems=puts)  # type: ignore[arg-type] # plain dicts
    reasons = hit.value.response["CancellationReasons"]
    assert [one["Code"] for one in reasons] == ["TransactionConflict", "None"]
    assert not is_there("a")


def test_reads_meet_no_conflict() -> None:
    with armed(rule(K.CONFLICT, operation="GetItem")) as hits:
        assert not is_there("a")
    assert not hits


@pytest.mark.parametrize(("kind", "is_done"), [(K.KILLED_BEFORE, False), (K.KILLED_AFTER, True)])
def test_the_process_ends_before_or_behind_the_call(kind: FaultKind, is_done: bool) -> None:
    with armed(rule(kind)), pytest.raises(Killed):
        put(client(), "a")
    assert is_there("a") is is_done


def test_a_delayed_call_is_carried_out() -> None:
    late = FaultRule(call=1, kinds=(K.DELAYED,), delay_ms=20)
    with armed(late):
        begun = time.monotonic()
        put(client(), "a")
    assert is_there("a")
    assert time.monotonic() - begun >= 0.02


def test_only_the_call_with_the_number_is_hit_and_others_of_its_rule_count() -> None:
    with armed(rule(K.UNSENT, call=2)) as hits:
        of = client()
        put(of, "a")
        of.list_tables()
        with pytest.raises(ConnectTimeoutError):
            put(of, "b")
        put(of, "b")
    assert [one.number for one in hits] == [3]


def hit_numbers(seed: int, process: str) -> list[int]:
    share = FaultRule(share=0.2, kinds=(K.DELAYED,), delay_ms=0)
    with armed(share, seed=seed, process=process) as hits:
        of = client()
        for _ in range(60):
            of.list_tables()
    return [one.number for one in hits]


def test_a_share_is_the_same_for_a_seed_and_a_process_and_else_another() -> None:
    first = hit_numbers(1, "p")
    assert 3 <= len(first) <= 25
    assert first == hit_numbers(1, "p")
    assert len({tuple(first), tuple(hit_numbers(2, "p")), tuple(hit_numbers(1, "q"))}) == 3


def test_kinds_of_a_rule_are_drawn() -> None:
    with armed(FaultRule(share=1, kinds=(K.DELAYED, K.LOST), delay_ms=0)) as hits:
        of = client()
        for _ in range(20):
            try:
                of.list_tables()
            except ReadTimeoutError:
                continue
    assert {one.kind for one in hits} == {K.DELAYED, K.LOST}


@pytest.mark.parametrize(
    ("text", "member"),
    [
        ("no json", "plan: Invalid JSON"),
        ('{"rules": []}', "rules: Tuple should have at least 1 item"),
        ('{"rules": [{"call": 0, "kinds": ["lost"]}]}', "rules.0.call: "),
        ('{"rules": [{"share": 2, "kinds": ["lost"]}]}', "rules.0.share: "),
        ('{"rules": [{"call": 1, "kinds": ["sunk"]}]}', "rules.0.kinds.0: "),
        ('{"rules": [{"call": 1, "kinds": []}]}', "rules.0.kinds: "),
        ('{"rules": [{"call": 1, "kinds": ["delayed"], "delay_ms": 10001}]}', "rules.0.delay_ms"),
        ('{"rules": [{"call": 1, "kinds": ["lost"], "surprise": 1}]}', "rules.0.surprise: "),
        ('{"rules": [{"call": 1, "share": 0.5, "kinds": ["lost"]}]}', "rules.0: Value error, exac"),
        ('{"rules": [{"kinds": ["lost"]}]}', "rules.0: Value error, exactly one of"),
    ],
)
def test_a_plan_that_cannot_be_names_its_member(text: str, member: str) -> None:
    with pytest.raises(ValueError, match="FAULT_PLAN: ") as refused:
        planned(text)
    assert str(refused.value).startswith(f"FAULT_PLAN: {member}")


@pytest.fixture
def disarmed() -> Iterator[None]:
    """Whatever is armed is taken away."""
    from botocore.handlers import BUILTIN_HANDLERS  # noqa: PLC0415 # of this fixture alone

    before = list(BUILTIN_HANDLERS)
    yield
    BUILTIN_HANDLERS[:] = before


@pytest.mark.usefixtures("disarmed")
def test_a_function_with_a_plan_is_hit(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = FaultPlan(rules=(rule(K.UNSENT, operation="ListTables"),))
    monkeypatch.setenv("STAGE", "sandbox")
    monkeypatch.setenv("FAULT_PLAN", plan.model_dump_json(exclude_defaults=True))
    settings.cache_clear()
    assert foundation.known_settings().stage == "sandbox"
    with pytest.raises(ConnectTimeoutError):
        client().list_tables()


def test_a_function_without_a_plan_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAULT_PLAN", "")
    settings.cache_clear()
    foundation.known_settings()
    assert client().list_tables()["TableNames"]
