"""Write units by partition, against cases computed by hand."""

import pytest

from tests.bench.partition_units import Load, borne
from tools.cost.recorded import Call, Change, Json


def _text(length: int) -> Json:
    return {"S": "x" * length}


def _put(
    table: str, before: Json | None, after: Json, operation: str = "TransactWriteItems"
) -> Call:
    return Call("dynamodb", operation, {}, {}, (Change(table, before, after),))


def _flow(length: int) -> Json:
    """`pk`, `sk` and `d` take 20 bytes; the rest is text."""
    return {"pk": {"S": "partition"}, "sk": {"S": "sort__"}, "d": _text(length)}


@pytest.mark.parametrize(
    ("length", "operation", "units"),
    [
        (1_004, "PutItem", 1),
        (1_005, "PutItem", 2),
        (1_004, "TransactWriteItems", 2),
        (1_005, "TransactWriteItems", 4),
    ],
)
def test_a_write_is_rounded_up_and_then_doubled(length: int, operation: str, units: int) -> None:
    loads = borne([_put("FlowsTable", None, _flow(length), operation)])
    assert loads == {("FlowsTable", "", "partition"): Load(1, units)}


def test_the_writes_of_all_calls_are_added_up() -> None:
    loads = borne([_put("FlowsTable", _flow(2_000), _flow(10))] * 2)
    assert loads == {("FlowsTable", "", "partition"): Load(2, 8)}


def _lead(status: str, document: int = 10) -> Json:
    return {
        "pk": {"S": "lead"},
        "sk": {"S": "LEAD"},
        "document": _text(document),
        "status_bucket": {"S": f"tenant#STATUS#{status}#LIVE#2026-03"},
        "received_key": {"S": "2026-03-01"},
    }


def test_an_index_bears_what_leaves_and_what_comes_and_nothing_if_its_keys_stay() -> None:
    processing = _lead("processing")
    same = borne([_put("LeadsTable", processing, _lead("processing", 3_000))])
    assert set(same) == {("LeadsTable", "", "lead")}
    moved = borne([_put("LeadsTable", processing, _lead("assigned"))])
    assert {place[2]: load.units for place, load in moved.items() if place[1]} == {
        "tenant#STATUS#processing#LIVE#<month>": 2,
        "tenant#STATUS#assigned#LIVE#<month>": 2,
    }


def test_an_index_of_everything_bears_every_change_once() -> None:
    bid = {
        "pk": {"S": "customer"},
        "sk": {"S": "BID#1"},
        "market": {"S": "market"},
        "rank": {"S": "1"},
    }
    short, long = {**bid, "document": _text(10)}, {**bid, "document": _text(1_500)}
    loads = borne([_put("WalletsTable", short, long)])
    assert loads["WalletsTable", "ByRank", "market"] == Load(1, 4)
