import pytest

from leadflow.domain.errors import Conflict
from tests.builders import CATEGORY_ID, SOURCE_ID, TYPE_ID
from tests.fakes.workbench import Workbench, refusal_of, small

ROOF = {"title": "roof", "type": "text"}
ON_ROOF = [[{"property": "roof", "operator": "equals", "value": "tin"}]]


def with_roof() -> Workbench:
    bench = small()
    bench.change("lead-categories", CATEGORY_ID, fields=[ROOF])
    return bench


def without_roof(bench: Workbench) -> tuple[str, str]:
    with pytest.raises(Conflict) as refused:
        bench.change("lead-categories", CATEGORY_ID, fields=[])
    return refusal_of(refused)


def test_the_basic_fields_are_there_whatever_is_listed() -> None:
    made = small().create("lead-categories", name="Roofs", fields=[ROOF])
    titles = [field["title"] for field in made["fields"]]
    assert (len(titles), titles[-1]) == (11, "roof")


def test_basic_fields_are_configured_by_listing_them() -> None:
    email = {"title": "email", "required_for_post": True, "deliverable": False}
    made = small().create("lead-categories", name="Roofs", fields=[email])
    [field] = [one for one in made["fields"] if one["title"] == "email"]
    assert (field["type"], field["required_for_post"], field["deliverable"]) == (
        "email",
        True,
        False,
    )


def test_the_fallback_type_is_made_in_the_same_change() -> None:
    bench = small()
    made = bench.create("lead-categories", name="Roofs")
    fallback = bench.show("lead-types", made["fallback_lead_type_id"])
    assert (fallback["fallback"], fallback["lead_category_id"]) == (True, made["id"])
    assert bench.store.newest.stamp == small().store.newest.stamp + 1


def test_a_category_without_a_fallback_says_so() -> None:
    bench = small()
    bench.archive("lead-types", TYPE_ID)
    assert bench.show("lead-categories", CATEGORY_ID)["fallback_lead_type_id"] is None


def test_a_name_is_taken_in_whatever_case_until_its_owner_is_archived() -> None:
    bench = small()
    assert "name" in bench.mistakes_of_new("lead-categories", name=" HOMES ")
    other = bench.create("lead-categories", name="Roofs")
    assert "name" in bench.mistakes_of("lead-categories", other["id"], name="homes")
    bench.archive("sources", SOURCE_ID)
    bench.archive("lead-categories", CATEGORY_ID)
    assert bench.create("lead-categories", name="Homes")["version"] == 1


@pytest.mark.parametrize(
    ("field", "path"),
    [
        ({"title": "1st", "type": "text"}, "fields.0.title"),
        ({"title": "a"}, "fields.0.type"),
        ({"title": "a", "type": "colour"}, "fields.0.type"),
        ({"title": "zip", "type": "text"}, "fields.0.type"),
        ({"title": "a", "type": "list-of-values"}, "fields.0.values"),
        ({"title": "a", "type": "text", "values": ["x"]}, "fields.0.values"),
        ({"title": "a", "type": "text", "deliverable": "yes"}, "fields.0.deliverable"),
        ({"title": "a", "type": "text", "colour": "red"}, "fields.0.colour"),
    ],
)
def test_a_field_that_breaks_a_rule_is_named(field: object, path: str) -> None:
    assert path in small().mistakes_of_new("lead-categories", name="Roofs", fields=[field])


def test_a_used_field_stays_and_its_users_are_named() -> None:
    bench = with_roof()
    bench.create("lead-types", name="Tin", lead_category_id=CATEGORY_ID, conditions=ON_ROOF)
    bench.create("audit-conditions", name="Odd", lead_category_id=CATEGORY_ID, conditions=ON_ROOF)
    check = bench.create("duplicate-checks", fields=["roof"], days=1)
    code, text = without_roof(bench)
    assert code == "in_use"
    assert all(place in text for place in ("roof", "type Tin", "condition Odd", check["id"]))


def test_a_field_used_by_a_check_of_a_source_of_the_category_stays() -> None:
    bench = with_roof()
    bench.change("sources", SOURCE_ID, duplicate_checks=[{"fields": ["roof"], "days": 1}])
    assert without_roof(bench)[0] == "in_use"


def test_a_field_goes_once_its_users_are_archived() -> None:
    bench = with_roof()
    kind = bench.create("lead-types", name="Tin", lead_category_id=CATEGORY_ID, conditions=ON_ROOF)
    check = bench.create("duplicate-checks", fields=["roof"], days=1)
    bench.archive("lead-types", kind["id"])
    bench.archive("duplicate-checks", check["id"])
    assert len(bench.change("lead-categories", CATEGORY_ID, fields=[])["fields"]) == 10


def test_another_categorys_type_does_not_hold_a_field() -> None:
    bench = with_roof()
    other = bench.create("lead-categories", name="Roofs", fields=[ROOF])
    bench.create("lead-types", name="Tin", lead_category_id=other["id"], conditions=ON_ROOF)
    assert len(bench.change("lead-categories", CATEGORY_ID, fields=[])["fields"]) == 10


def test_a_category_in_use_is_not_archived() -> None:
    bench = small()
    bench.create("lead-types", name="Tin", lead_category_id=CATEGORY_ID)
    with pytest.raises(Conflict) as refused:
        bench.archive("lead-categories", CATEGORY_ID)
    code, text = refusal_of(refused)
    assert code == "in_use"
    assert "source Web" in text
    assert "lead type Tin" in text


def test_archiving_a_category_takes_its_fallback_and_the_bids_on_it_along() -> None:
    bench = small()
    bench.archive("sources", SOURCE_ID)
    bench.archive("lead-categories", CATEGORY_ID)
    assert bench.show("lead-types", TYPE_ID)["archived"]
    assert bench.listed("lead-categories") == []
    assert bench.bids.types == [TYPE_ID]
    bench.archive("lead-categories", CATEGORY_ID)
    assert bench.bids.types == [TYPE_ID, TYPE_ID]
