import pytest

from tests.builders import CATEGORY_ID, SOURCE_ID, TYPE_ID
from tests.fakes.workbench import Body, Workbench, small

STEEP = {"scope": "state", "minimum_cents": 1000, "maximum_cents": 5000, "step_cents": 500}
IN_TEXAS = [[{"property": "state", "operator": "equals", "value": "TX"}]]


def made(bench: Workbench, name: str = "Texas", **members: object) -> Body:
    return bench.create("lead-types", name=name, lead_category_id=CATEGORY_ID, **members)


def mistakes(**members: object) -> set[str]:
    body = {"name": "Texas", "lead_category_id": CATEGORY_ID, **members}
    return set(small().mistakes_of_new("lead-types", **body))


def row(name: str, operator: str, value: object) -> list[list[Body]]:
    return [[{"property": name, "operator": operator, "value": value}]]


def test_a_type_reads_as_it_was_written() -> None:
    body = made(small(), conditions=IN_TEXAS, bidding_scopes=[STEEP], description="Far away")
    assert (body["conditions"], body["description"]) == (IN_TEXAS, "Far away")
    assert body["bidding_scopes"] == [{**STEEP, "enabled": True}]


def test_a_blank_priority_takes_the_next_free_number() -> None:
    bench = small()
    assert made(bench, "A")["priority"] == 1
    assert made(bench, "B", priority=7)["priority"] == 7
    assert made(bench, "C", priority=0)["priority"] == 8
    assert bench.change("lead-types", TYPE_ID, fallback=False)["priority"] == 9


def test_names_are_unique_in_their_category_only() -> None:
    bench = small()
    other = bench.create("lead-categories", name="Roofs")
    made(bench)
    again = {"name": "texas", "lead_category_id": CATEGORY_ID}
    assert "name" in bench.mistakes_of_new("lead-types", **again)
    assert bench.create("lead-types", name="Texas", lead_category_id=other["id"])["version"] == 1


def test_a_category_has_one_fallback() -> None:
    bench = small()
    assert mistakes(fallback=True) == {"fallback"}
    other = made(bench)
    assert set(bench.mistakes_of("lead-types", other["id"], fallback=True)) == {"fallback"}
    bench.archive("lead-types", TYPE_ID)
    assert bench.change("lead-types", other["id"], fallback=True)["fallback"]


def test_switching_the_fallback_flag_on_clears_conditions_and_priority() -> None:
    bench = small()
    bench.archive("lead-types", TYPE_ID)
    kind = made(bench, conditions=IN_TEXAS)
    fallback = bench.change("lead-types", kind["id"], fallback=True)
    assert (fallback["fallback"], fallback["conditions"]) == (True, [])
    assert "priority" not in fallback


def test_a_fallback_takes_no_conditions() -> None:
    bench = small()
    assert set(bench.mistakes_of("lead-types", TYPE_ID, conditions=IN_TEXAS)) == {"conditions"}
    assert "conditions" in mistakes(fallback=True, conditions=IN_TEXAS)


@pytest.mark.parametrize(
    ("conditions", "path"),
    [
        (row("roof", "equals", "x"), "conditions.0.0.property"),
        (row("lead_category", "equals", CATEGORY_ID), "conditions.0.0.property"),
        (row("state", "less_than", "TX"), "conditions.0.0.operator"),
        (row("state", "equals", 5), "conditions.0.0.value"),
        (row("state", "equals", {}), "conditions.0.0.value"),
        (row("source", "any", ["source_x"]), "conditions.0.0.value"),
        (row("state", "resembles", "TX"), "conditions.0.0.operator"),
        ([[]], "conditions.0"),
        ("x", "conditions"),
    ],
)
def test_a_condition_that_breaks_a_rule_is_named(conditions: object, path: str) -> None:
    assert mistakes(conditions=conditions) == {path}


def test_conditions_may_name_sources() -> None:
    assert made(small(), conditions=row("source", "any", [SOURCE_ID]))["version"] == 1


def test_conditions_are_kept_in_normal_form() -> None:
    body = made(small(), conditions=row("phone", "equals", "(512) 555-0142"))
    assert body["conditions"][0][0]["value"] == "+15125550142"


@pytest.mark.parametrize(
    ("scopes", "path"),
    [
        ([STEEP, STEEP], "bidding_scopes"),
        ([{"scope": "county"}], "bidding_scopes.0"),
        ([{**STEEP, "step_cents": None}], "bidding_scopes.0"),
        ([{**STEEP, "minimum_cents": 0}], "bidding_scopes.0.minimum_cents"),
        ([{**STEEP, "minimum_cents": 6000}], "bidding_scopes.0"),
        ([{**STEEP, "step_cents": 0}], "bidding_scopes.0.step_cents"),
        ([{**STEEP, "step_cents": 2.5}], "bidding_scopes.0.step_cents"),
        ([{**STEEP, "fixed_price_cents": 1000}], "bidding_scopes.0"),
        ([{**STEEP, "scope": "planet"}], "bidding_scopes.0.scope"),
        ([{**STEEP, "colour": "red"}], "bidding_scopes.0.colour"),
    ],
)
def test_a_scope_that_breaks_a_rule_is_named(scopes: object, path: str) -> None:
    assert mistakes(bidding_scopes=scopes) == {path}


def test_marketplace_parameters_go_together() -> None:
    falling = {
        "first_price_cents": 2500,
        "last_price_cents": 500,
        "increment_cents": 250,
        "interval_minutes": 15,
    }
    assert made(small(), marketplace={"enabled": True, **falling})["marketplace"]["enabled"]
    assert mistakes(marketplace={"enabled": True}) == {"marketplace"}
    assert mistakes(marketplace={**falling, "last_price_cents": 2600}) == {"marketplace"}
    assert mistakes(marketplace={**falling, "interval_minutes": 0}) == {
        "marketplace.interval_minutes"
    }


def test_an_auction_has_to_reach_its_last_price_within_a_year() -> None:
    falling = {"last_price_cents": 1, "increment_cents": 1, "interval_minutes": 24 * 60}
    assert made(small(), marketplace={"enabled": False})
    assert made(small(), marketplace={**falling, "first_price_cents": 366})
    assert mistakes(marketplace={**falling, "first_price_cents": 367}) == {"marketplace"}
    assert mistakes(marketplace={**falling, "first_price_cents": 10**9}) == {"marketplace"}


def test_the_category_is_fixed_after_creation() -> None:
    bench = small()
    other = bench.create("lead-categories", name="Roofs")
    patch = {"lead_category_id": other["id"]}
    assert set(bench.mistakes_of("lead-types", TYPE_ID, **patch)) == {"lead_category_id"}


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({"lead_category_id": "category_x"}, "lead_category_id"),
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": 5}, "name"),
        ({"description": "x" * 1025}, "description"),
        ({"priority": -1}, "priority"),
        ({"priority": "1"}, "priority"),
        ({"priority": 2**53}, "priority"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_member_that_breaks_a_rule_is_named(members: Body, path: str) -> None:
    assert mistakes(**members) == {path}


def test_archiving_a_type_archives_its_bids_even_if_it_has_to_be_asked_twice() -> None:
    bench = small()
    bench.archive("lead-types", TYPE_ID)
    bench.archive("lead-types", TYPE_ID)
    assert bench.listed("lead-types") == []
    assert bench.bids.types == [TYPE_ID, TYPE_ID]


def test_a_member_set_to_null_returns_to_its_default() -> None:
    bench = small()
    kind = made(bench, description="Far away", conditions=IN_TEXAS)
    changed = bench.change("lead-types", kind["id"], description=None, conditions=None)
    assert "description" not in changed
    assert (changed["conditions"], changed["name"]) == ([], "Texas")
