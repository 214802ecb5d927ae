"""Units as AWS bills them, against cases computed by hand."""

from fractions import Fraction

import pytest

from tools.cost.tables import DrawnTable, Index, drawn_table
from tools.cost.units import (
    Consistency,
    Image,
    chunks,
    express_gb_seconds,
    item_bytes,
    lambda_gb_seconds,
    read_units,
    write_units,
)

KIB = 1_024


def item(size: int, **others: str) -> Image:
    """An item of so many bytes, with these members in them."""
    named: Image = {"pk": {"S": "one"}, **{name: {"S": text} for name, text in others.items()}}
    return {**named, "rest": {"S": "x" * (size - item_bytes(named) - len("rest"))}}


@pytest.mark.parametrize(
    ("attribute", "size"),
    [
        ({"S": "Zoë"}, 4),
        ({"N": "1234"}, 3),
        ({"N": "-12.5"}, 3),
        ({"N": "5000"}, 2),
        ({"B": "AAAA"}, 3),
        ({"BOOL": True}, 1),
        ({"NULL": True}, 1),
        ({"SS": ["ab", "c"]}, 3),
        ({"NS": ["1", "22"]}, 4),
        ({"BS": ["AAAA", "AAAA"]}, 6),
        ({"L": [{"S": "ab"}, {"N": "1"}]}, 3 + 3 + 3),
        ({"M": {"k": {"S": "ab"}}}, 3 + 1 + 3),
    ],
)
def test_a_value_has_its_size_and_the_name_comes_on_top(
    attribute: dict[str, object], size: int
) -> None:
    assert item_bytes({"name": attribute}) == len("name") + size


def test_writes_are_billed_by_the_begun_kibibyte() -> None:
    assert write_units(None, item(1_024)) == 1
    assert write_units(None, item(1_025)) == 2


def test_a_write_is_billed_for_the_larger_of_what_was_there_and_what_is() -> None:
    assert write_units(item(5 * KIB), item(100)) == 5
    assert write_units(item(5 * KIB), None) == 5
    assert write_units(None, None) == 1


def test_reads_are_billed_by_the_begun_four_kibibytes_and_by_their_consistency() -> None:
    size = 4 * KIB + 1
    assert read_units(size, Consistency.EVENTUAL) == 1
    assert read_units(size, Consistency.STRONG) == 2
    assert read_units(size, Consistency.TRANSACTED) == 4
    assert read_units(0, Consistency.EVENTUAL) == Fraction(1, 2)


def test_payloads_are_billed_by_the_begun_64_kibibytes() -> None:
    assert [chunks(0), chunks(64 * KIB), chunks(64 * KIB + 1), chunks(256 * KIB)] == [1, 1, 2, 4]


def test_a_function_is_billed_by_the_begun_millisecond() -> None:
    assert lambda_gb_seconds(1.0001, 512) == Fraction(2, 1_000) / 2
    assert lambda_gb_seconds(0, 1_024) == Fraction(1, 1_000)


def test_a_run_is_billed_by_the_begun_100_milliseconds_and_64_megabytes() -> None:
    small = express_gb_seconds(100, definition_bytes=8 * KIB, data_bytes=300)
    assert small == Fraction(1, 10) * Fraction(64, 1_024)
    assert express_gb_seconds(101, 8 * KIB, 300) == 2 * small
    assert express_gb_seconds(100, 8 * KIB, 14 * KIB * KIB) == 2 * small


KEYS = Index("ByCity", ("city",), frozenset({"city", "pk"}))


def test_an_index_takes_only_items_that_have_its_key() -> None:
    assert KEYS.write_units(None, item(900)) == 0
    assert KEYS.write_units(None, item(9 * KIB, city="Rome")) == 1
    assert KEYS.write_units(item(900, city="Rome"), item(900)) == 1


def test_an_index_is_not_written_when_nothing_that_it_holds_changes() -> None:
    assert KEYS.write_units(item(900, city="Rome"), item(901, city="Rome")) == 0
    assert Index("Whole", ("city",)).write_units(item(900, city="a"), item(901, city="a")) == 1


def test_a_changed_key_deletes_the_entry_and_puts_another() -> None:
    assert KEYS.write_units(item(900, city="Rome"), item(900, city="Oslo")) == 2
    whole = Index("Whole", ("city",))
    assert whole.write_units(item(1_025, city="Rome"), item(900, city="Oslo")) == 2 + 1


def test_tables_are_read_from_the_template() -> None:
    hash_key, sort_key = ({"AttributeName": name} for name in ("pk", "sk"))
    index = {"KeySchema": [{"AttributeName": "city"}]}
    some = {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["age"]}
    properties = {
        "KeySchema": [hash_key, sort_key],
        "GlobalSecondaryIndexes": [index | {"IndexName": "Some", "Projection": some}],
        "LocalSecondaryIndexes": [
            index | {"IndexName": "All", "Projection": {"ProjectionType": "ALL"}}
        ],
    }
    held = frozenset({"city", "pk", "sk", "age"})
    indexes = (Index("Some", ("city",), held), Index("All", ("city",)))
    assert drawn_table("Table", properties) == DrawnTable("Table", ("pk", "sk"), indexes)
