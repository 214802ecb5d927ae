import pytest

from leadflow.domain.errors import NotFound
from tests.builders import CATEGORY_ID, SOURCE_ID, TYPE_ID
from tests.fakes.workbench import Body, small

CHECK = {"fields": ["email", "phone"], "days": 30}


def on(name: str, value: object, operator: str = "equals") -> list[list[Body]]:
    return [[{"property": name, "operator": operator, "value": value}]]


def test_the_switches_of_a_check_start_off() -> None:
    made = small().create("duplicate-checks", **CHECK)
    switches = ("apply_to_pings", "ignore_punctuation", "case_sensitive")
    assert [made[name] for name in switches] == [False, False, False]


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({"fields": []}, "fields"),
        ({"fields": ["roof"]}, "fields.0"),
        ({"fields": ["email", "email"]}, "fields.1"),
        ({"fields": "email"}, "fields"),
        ({"days": 0}, "days"),
        ({"days": 1.5}, "days"),
        ({"days": 3651}, "days"),
        ({"case_sensitive": 1}, "case_sensitive"),
        ({"source_id": SOURCE_ID}, "source_id"),
    ],
)
def test_a_check_that_breaks_a_rule_is_refused(members: Body, path: str) -> None:
    assert set(small().mistakes_of_new("duplicate-checks", **{**CHECK, **members})) == {path}


def test_a_global_check_may_name_a_field_of_any_source() -> None:
    bench = small()
    bench.change("sources", SOURCE_ID, fields=[{"title": "roof", "type": "text"}])
    assert bench.create("duplicate-checks", fields=["roof"], days=1)["fields"] == ["roof"]


def test_a_check_of_one_source_is_no_global_one() -> None:
    bench = small()
    bench.change("sources", SOURCE_ID, duplicate_checks=[{"fields": ["email"], "days": 1}])
    [check] = bench.store.newest.duplicate_checks
    with pytest.raises(NotFound):
        bench.show("duplicate-checks", check)


def test_a_check_is_changed_and_archived() -> None:
    bench = small()
    check = bench.create("duplicate-checks", **CHECK)
    changed = bench.change("duplicate-checks", check["id"], days=7)
    assert (changed["days"], changed["fields"], changed["version"]) == (7, ["email", "phone"], 2)
    bench.archive("duplicate-checks", check["id"])
    assert bench.listed("duplicate-checks") == []


def test_an_audit_condition_may_look_at_fields_type_and_source() -> None:
    bench = small()
    rows = [
        on("email", "x", "contains")[0] + on("lead_type", TYPE_ID)[0] + on("source", SOURCE_ID)[0]
    ]
    body = {"name": "Odd", "lead_category_id": CATEGORY_ID, "conditions": rows}
    made = bench.create("audit-conditions", **body)
    assert made["conditions"] == rows
    assert bench.change("audit-conditions", made["id"], name="Even")["conditions"] == rows
    bench.archive("audit-conditions", made["id"])
    assert bench.listed("audit-conditions") == []


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({"name": None}, "name"),
        ({"lead_category_id": None}, "lead_category_id"),
        ({"lead_category_id": "category_x"}, "lead_category_id"),
        ({"conditions": on("roof", "x")}, "conditions.0.0.property"),
        ({"conditions": on("lead_category", CATEGORY_ID)}, "conditions.0.0.property"),
        ({"conditions": on("lead_type", "type_x")}, "conditions.0.0.value"),
        ({"conditions": on("email", True)}, "conditions.0.0.value"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_an_audit_condition_that_breaks_a_rule_is_refused(members: Body, path: str) -> None:
    bench = small()
    body = {"name": "Odd", "lead_category_id": CATEGORY_ID, **members}
    assert set(bench.mistakes_of_new("audit-conditions", **body)) == {path}


def test_a_field_of_another_category_is_unknown_to_an_audit_condition() -> None:
    bench = small()
    bench.create("lead-categories", name="Roofs", fields=[{"title": "roof", "type": "text"}])
    body = {"name": "Odd", "lead_category_id": CATEGORY_ID, "conditions": on("roof", "tin")}
    assert set(bench.mistakes_of_new("audit-conditions", **body)) == {"conditions.0.0.property"}


def test_a_field_that_only_an_archived_source_had_is_unknown() -> None:
    bench = small()
    bench.change("sources", SOURCE_ID, fields=[{"title": "roof", "type": "text"}])
    body = {"name": "Odd", "lead_category_id": CATEGORY_ID, "conditions": on("roof", "tin")}
    audit = bench.create("audit-conditions", **body)
    bench.archive("sources", SOURCE_ID)
    bench.archive("audit-conditions", audit["id"])
    assert set(bench.mistakes_of_new("audit-conditions", **body)) == {"conditions.0.0.property"}
