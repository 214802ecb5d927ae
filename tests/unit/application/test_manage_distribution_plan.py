import pytest

from leadflow.domain.errors import NotFound, PreconditionFailed, ValidationFailed
from leadflow.domain.plans import STAGES_MAX, HighestPriceStage, Plan
from leadflow.domain.scopes import Scope
from tests.builders import CATEGORY_ID, SOURCE_ID, TYPE_ID, stage
from tests.fakes.workbench import ADMIN, Body, Workbench, any_version, small, stale

FIRST = stage(0).id
BIDDING = {"name": "Bidding", "method": "highest_price"}


def put(bench: Workbench, *stages: object, **members: object) -> Plan:
    return bench.plan.replace(ADMIN, {"stages": list(stages), **members}, any_version)


def mistakes(*stages: object, **members: object) -> set[str]:
    bench = small()
    before = bench.store.newest
    with pytest.raises(ValidationFailed) as refused:
        put(bench, *stages, **members)
    assert bench.store.newest is before
    return set(refused.value.errors)


def test_a_plan_is_replaced_as_a_new_version() -> None:
    bench = small()
    after = put(bench, {**BIDDING, "paused": True}, BIDDING)
    assert (after.version, [one.paused for one in after.stages]) == (2, [True, False])
    assert bench.plan.show(ADMIN) == bench.plan.version(ADMIN, "2") == after


def test_what_may_not_be_written_is_ignored() -> None:
    assert put(small(), BIDDING, version=9, object="distribution_plan", created_at="x").version == 2


def test_a_plan_may_be_empty() -> None:
    assert put(small()).stages == ()


def test_known_stages_keep_their_ids_and_unknown_ones_get_new_ones() -> None:
    after = put(small(), {**BIDDING, "id": "stage_mine"}, {**BIDDING, "id": FIRST}, BIDDING)
    ids = [one.id for one in after.stages]
    assert ids[1] == FIRST
    assert len({*ids, "stage_mine"}) == 4


def test_a_stage_occurs_once() -> None:
    assert mistakes({**BIDDING, "id": FIRST}, {**BIDDING, "id": FIRST}) == {"stages.1.id"}


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"method": "auction"}, "stages.0.method"),
        ({"name": " "}, "stages.0.name"),
        ({"paused": "no"}, "stages.0.paused"),
        ({"colour": "red"}, "stages.0.colour"),
        ({"settings": 5}, "stages.0.settings"),
        ({"settings": {"bids": {"enabled": 1}}}, "stages.0.settings.bids.enabled"),
        ({"settings": {"bids": {"scopes": []}}}, "stages.0.settings.bids.scopes"),
        ({"settings": {"bids": {"scopes": ["state"] * 2}}}, "stages.0.settings.bids.scopes"),
        ({"settings": {"bids": {"scopes": ["planet"]}}}, "stages.0.settings.bids.scopes.0"),
        ({"settings": {"price_cents": 5}}, "stages.0.settings.price_cents"),
        (
            {"conditions": [[{"property": "roof", "operator": "equals", "value": "x"}]]},
            "stages.0.conditions.0.0.property",
        ),
        (
            {"conditions": [[{"property": "lead_type", "operator": "any", "value": ["type_x"]}]]},
            "stages.0.conditions.0.0.value",
        ),
        (
            {"conditions": [[{"property": "zip", "operator": "equals", "value": {}}]]},
            "stages.0.conditions.0.0.value",
        ),
    ],
)
def test_a_stage_that_breaks_a_rule_is_named(changes: Body, path: str) -> None:
    assert path in mistakes({**BIDDING, **changes})


def test_mistakes_of_all_stages_are_told_of_together() -> None:
    twice = {**BIDDING, "id": FIRST}
    assert mistakes(
        5, {**BIDDING, "method": "auction"}, {**BIDDING, "paused": 1}, twice, twice
    ) == {
        "stages.0",
        "stages.1.method",
        "stages.2.paused",
        "stages.4.id",
    }


def test_a_plan_has_so_many_stages_at_most() -> None:
    assert len(put(small(), *[BIDDING] * STAGES_MAX).stages) == STAGES_MAX
    assert mistakes(*[BIDDING] * (STAGES_MAX + 1)) == {"stages"}


def test_stages_are_what_a_plan_consists_of() -> None:
    bench = small()
    with pytest.raises(ValidationFailed) as refused:
        bench.plan.replace(ADMIN, {"colour": "red"}, any_version)
    assert set(refused.value.errors) == {"stages", "colour"}


def test_bids_may_be_limited_to_scopes() -> None:
    after = put(small(), {**BIDDING, "settings": {"bids": {"enabled": True, "scopes": ["state"]}}})
    [only] = after.stages
    assert isinstance(only, HighestPriceStage)
    assert only.settings.bids.scopes == (Scope.STATE,)


def test_conditions_may_look_at_everything_about_a_lead() -> None:
    rows = [
        {"property": "lead_category", "operator": "equals", "value": CATEGORY_ID},
        {"property": "lead_type", "operator": "none", "value": [TYPE_ID]},
        {"property": "source", "operator": "any", "value": [SOURCE_ID]},
        {"property": "city", "operator": "contains", "value": "Aus"},
    ]
    assert len(put(small(), {**BIDDING, "conditions": [rows]}).stages[0].conditions[0]) == 4


def test_a_title_with_several_types_is_taken_as_the_one_that_suits() -> None:
    bench = small()
    for name, kind in (("Texts", "text"), ("Numbers", "numeric")):
        bench.create("lead-categories", name=name, fields=[{"title": "roof", "type": kind}])
    for value in ("tin", 5):
        row = {"property": "roof", "operator": "equals", "value": value}
        after = put(bench, {**BIDDING, "conditions": [[row]]})
        assert after.stages[0].conditions[0][0].value == value


@pytest.mark.parametrize("version", ["2", "0", "-1", "one", "1" * 30, "\u0661"])
def test_a_version_that_never_was_is_not_found(version: str) -> None:
    with pytest.raises(NotFound):
        small().plan.version(ADMIN, version)


def test_a_stale_version_replaces_nothing() -> None:
    with pytest.raises(PreconditionFailed):
        small().plan.replace(ADMIN, {"stages": []}, stale)
