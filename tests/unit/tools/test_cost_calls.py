"""What single calls use, against cases computed by hand."""

from fractions import Fraction

import pytest

from tests.unit.tools.test_cost_units import KEYS, KIB, item
from tools.cost.calls import Unpriced, call_usage, reads_of
from tools.cost.prices import Item
from tools.cost.recorded import Call, Change, Json
from tools.cost.tables import DrawnTable
from tools.cost.units import Image
from tools.cost.usage import Line

TABLES = {"T": DrawnTable("T", ("pk",), (KEYS,))}


def write(operation: str, before: Image | None, after: Image | None) -> Call:
    return Call("dynamodb", operation, {}, {}, (Change("T", before, after),))


def used(call: Call, index_factor: int = 2) -> dict[Line, Fraction]:
    return call_usage(call, TABLES, index_factor).amounts


def table(units: int) -> dict[Line, Fraction]:
    return {Line(Item.WRITE_UNIT, "T"): Fraction(units)}


def index(units: int) -> dict[Line, Fraction]:
    return {Line(Item.WRITE_UNIT, "T/ByCity"): Fraction(units)}


def test_a_write_is_billed_by_table_and_by_index() -> None:
    assert used(write("PutItem", None, item(1_025, city="Rome"))) == table(2) | index(1)


def test_a_transaction_doubles_every_item_of_it() -> None:
    call = write("TransactWriteItems", None, item(1_025, city="Rome"))
    assert used(call) == table(4) | index(2)
    assert used(call, index_factor=1) == table(4) | index(1)


def test_the_factor_of_indexes_is_of_transactions_only() -> None:
    moved = (item(900, city="Rome"), item(900, city="Oslo"))
    assert used(write("UpdateItem", *moved)) == table(1) | index(2)
    assert used(write("TransactWriteItems", *moved)) == table(2) | index(4)


def test_a_check_in_a_transaction_is_billed_as_a_write() -> None:
    there = item(900, city="Rome")
    assert used(write("TransactWriteItems", there, there)) == table(2)


def test_a_write_that_was_refused_is_billed_for_what_is_there() -> None:
    there = item(2 * KIB + 1, city="Rome")
    assert used(write("PutItem", there, there)) == table(3)
    assert used(write("UpdateItem", None, None)) == table(1)


@pytest.mark.parametrize(("consistent", "units"), [(False, Fraction(1)), (True, Fraction(2))])
def test_a_get_reads_one_item(consistent: bool, units: Fraction) -> None:
    sent = {"TableName": "T", "ConsistentRead": consistent}
    call = Call("dynamodb", "GetItem", sent, {"Item": item(4 * KIB + 1)})
    assert used(call) == {Line(Item.READ_UNIT, "T"): units}
    assert reads_of(call) == units


def test_a_query_adds_its_items_up_before_they_are_rounded() -> None:
    page = [item(1_024)] * 4
    sent = {"TableName": "T", "IndexName": "ByCity"}
    read = Line(Item.READ_UNIT, "T/ByCity")
    assert used(Call("dynamodb", "Query", sent, {"Items": page})) == {read: Fraction(1, 2)}
    one_more = {"Items": [*page[:3], item(1_025)]}
    assert used(Call("dynamodb", "Query", sent, one_more)) == {read: Fraction(1)}


def test_a_batch_rounds_every_item_by_itself_and_bills_missing_ones() -> None:
    sent: Json = {"RequestItems": {"T": {"Keys": [{}, {}, {}, {}]}}}
    answered = {"Responses": {"T": [item(100), item(100), item(4 * KIB + 1)]}}
    units = Fraction(1 + 1 + 2 + 1, 2)
    assert used(Call("dynamodb", "BatchGetItem", sent, answered)) == {
        Line(Item.READ_UNIT, "T"): units
    }


@pytest.mark.parametrize(
    ("operation", "sent", "item_used", "where", "amount"),
    [
        (
            "SendMessage",
            {"QueueUrl": "https://sqs/1/a.fifo", "MessageBody": "x" * (64 * KIB + 1)},
            Item.SQS_FIFO,
            "a.fifo",
            2,
        ),
        (
            "SendMessage",
            {"QueueUrl": "https://sqs/1/a", "MessageBody": "x"},
            Item.SQS_STANDARD,
            "a",
            1,
        ),
        (
            "PutEvents",
            {"Entries": [{"Source": "s", "DetailType": "t", "Detail": "x" * 64 * KIB}] * 2},
            Item.EVENT,
            "bus",
            4,
        ),
        ("StartSyncExecution", {}, Item.EXPRESS_REQUEST, "distribution", 1),
        ("PutObject", {}, Item.S3_PUT, "files", 1),
        ("GetObject", {}, Item.S3_GET, "files", 1),
    ],
)
def test_other_calls_are_requests(
    operation: str, sent: Json, item_used: Item, where: str, amount: int
) -> None:
    assert used(Call("any", operation, sent, {})) == {Line(item_used, where): Fraction(amount)}


def test_whatever_is_asked_of_keys_is_a_request() -> None:
    used_up = used(Call("kms", "Decrypt", {}, {}))
    assert used_up == {Line(Item.KMS_REQUEST, "Decrypt"): Fraction(1)}


@pytest.mark.parametrize("operation", ["Scan", "PutItem"])
def test_a_call_that_nobody_priced_or_looked_at_is_not_free(operation: str) -> None:
    with pytest.raises(Unpriced, match=operation):
        used(Call("dynamodb", operation, {}, {}))
