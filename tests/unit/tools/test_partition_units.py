"""Write units by partition, against cases computed by hand."""

import pytest

from tests.bench.partition_units import Load, Tables
from tools.cost.recorded import Call, Json


def _text(length: int) -> Json:
    return {"S": "x" * length}


def _put(table: str, item: Json, *, in_transaction: bool = True) -> Call:
    write = {"TableName": table, "Item": item}
    if not in_transaction:
        return Call("dynamodb", "PutItem", write, {})
    return Call("dynamodb", "TransactWriteItems", {"TransactItems": [{"Put": write}]}, {})


def _flow(length: int) -> Json:
    """`pk`, `sk` and `d` take 20 bytes; the rest is text."""
    return {"pk": {"S": "partition"}, "sk": {"S": "sort__"}, "d": _text(length)}


@pytest.mark.parametrize(
    ("length", "in_transaction", "units"),
    [(1_004, False, 1), (1_005, False, 2), (1_004, True, 2), (1_005, True, 4)],
)
def test_a_write_is_rounded_up_and_then_doubled(
    length: int, in_transaction: bool, units: int
) -> None:
    borne = Tables().borne([_put("FlowsTable", _flow(length), in_transaction=in_transaction)])
    assert borne == {("FlowsTable", "", "partition"): Load(1, units)}


def test_the_larger_of_the_item_before_and_after_counts() -> None:
    tables = Tables()
    tables.borne([_put("FlowsTable", _flow(2_000))])
    borne = tables.borne([_put("FlowsTable", _flow(10))])
    assert borne == {("FlowsTable", "", "partition"): Load(1, 4)}


def _lead(status: str, document: int = 10) -> Json:
    return {
        "pk": {"S": "lead"},
        "sk": {"S": "LEAD"},
        "document": _text(document),
        "status_bucket": {"S": f"tenant#STATUS#{status}#LIVE#2026-03"},
        "received_key": {"S": "2026-03-01"},
    }


def test_an_index_bears_what_leaves_and_what_comes_and_nothing_if_its_keys_stay() -> None:
    tables = Tables()
    tables.borne([_put("LeadsTable", _lead("processing"))])
    same = tables.borne([_put("LeadsTable", _lead("processing", 3_000))])
    assert {place for place, _ in same.items()} == {("LeadsTable", "", "lead")}
    moved = tables.borne([_put("LeadsTable", _lead("assigned"))])
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
    tables = Tables()
    tables.borne([_put("WalletsTable", {**bid, "document": _text(10)})])
    borne = tables.borne([_put("WalletsTable", {**bid, "document": _text(1_500)})])
    assert borne["WalletsTable", "ByRank", "market"] == Load(1, 4)
