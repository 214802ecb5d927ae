"""Settings of the stages that change a lead's data: operations, and the Real Estate API."""

from decimal import Decimal

import pytest

from leadflow.domain.identifiers import LeadTypeId
from leadflow.domain.plans import FIELD_MAPPINGS_MAX, OPERATIONS_MAX, SetField, SetLeadType
from tests.builders import CATEGORY_ID, TYPE_ID
from tests.fakes.workbench import Workbench
from tests.unit.application.stage_settings_world import (
    ASKED,
    GONE_CATEGORY,
    GONE_TYPE,
    OTHER_CATEGORY,
    OTHER_TYPE,
    Settings,
    kept,
    mistakes,
    put,
    shop,
)

IN_CATEGORY = {"property": "lead_category", "operator": "equals", "value": CATEGORY_ID}
IN_AUSTIN = {"property": "city", "operator": "equals", "value": "Austin"}


def test_operations_keep_their_order_and_the_type_of_their_values() -> None:
    operations = [
        {"set_field": "roof", "value": Decimal("2.5")},
        {"set_lead_type": TYPE_ID},
        {"set_field": "roof", "value": "tin"},
        {"set_field": "city", "value": 5},
    ]
    assert kept("alter_data", {"operations": operations}).operations == (
        SetField(set_field="roof", value=2.5),
        SetLeadType(set_lead_type=LeadTypeId(TYPE_ID)),
        SetField(set_field="roof", value="tin"),
        SetField(set_field="city", value=5),
    )


@pytest.mark.parametrize(
    ("operation", "path"),
    [
        ({}, "set_field"),
        ({"set_lead_type": 5}, "set_lead_type"),
        ({"set_lead_type": TYPE_ID, "value": 5}, "value"),
        ({"set_lead_type": "type_x"}, "set_lead_type"),
        ({"set_lead_type": GONE_TYPE}, "set_lead_type"),
        ({"set_field": "pool", "value": 5}, "set_field"),
        ({"set_field": "city"}, "value"),
        ({"set_field": "city", "value": None}, "value"),
        ({"set_field": "city", "value": ["Austin"]}, "value"),
        ({"set_field": "city", "value": "Aus\x00tin"}, "value"),
        ({"set_field": "roof", "value": "straw"}, "value"),
        ({"set_field": "roof", "value": Decimal("1e400")}, "value"),
        ({"set_field": "email", "value": "nobody"}, "value"),
        ({"set_field": "zip", "value": "99999"}, "value"),
        ({"set_field": "zip", "value": ""}, "value"),
    ],
)
def test_an_operation_that_can_never_succeed_is_refused(operation: Settings, path: str) -> None:
    first = {"set_field": "zip", "value": "78701"}
    assert f"operations.1.{path}" in mistakes("alter_data", {"operations": [first, operation]})


def test_mistakes_of_all_operations_are_told_of_together() -> None:
    shapes = [{"set_field": "city"}, {"set_lead_type": 5}]
    assert mistakes("alter_data", {"operations": shapes}) == {
        "operations.0.value",
        "operations.1.set_lead_type",
    }
    names = [{"set_field": "pool", "value": 5}, {"set_lead_type": "type_x"}]
    assert mistakes("alter_data", {"operations": names}) == {
        "operations.0.set_field",
        "operations.1.set_lead_type",
    }


@pytest.mark.parametrize("count", [0, OPERATIONS_MAX + 1])
def test_a_stage_has_one_to_fifty_operations(count: int) -> None:
    operations = [{"set_field": "city", "value": "Waco"}] * count
    assert mistakes("alter_data", {"operations": operations}) == {"operations"}


@pytest.mark.parametrize(
    "conditions",
    [
        [[IN_CATEGORY]],
        [[IN_AUSTIN, {**IN_CATEGORY, "operator": "any", "value": [CATEGORY_ID]}]],
        [[IN_CATEGORY], [{**IN_CATEGORY, "operator": "none", "value": [OTHER_CATEGORY]}]],
    ],
)
def test_a_lead_type_whose_leads_cannot_enter_the_stage_is_refused(conditions: object) -> None:
    operations = [{"set_lead_type": OTHER_TYPE}]
    assert mistakes("alter_data", {"operations": operations}, conditions=conditions) == {
        "operations.0.set_lead_type"
    }


@pytest.mark.parametrize(
    "conditions",
    [
        [],
        [[IN_AUSTIN]],
        [[IN_CATEGORY], [IN_AUSTIN]],
        [[{**IN_CATEGORY, "operator": "any", "value": [CATEGORY_ID, OTHER_CATEGORY]}]],
    ],
)
def test_a_lead_type_whose_leads_may_enter_the_stage_is_taken(conditions: object) -> None:
    operations = [{"set_lead_type": OTHER_TYPE}]
    bench = Workbench.on(shop())
    assert put(bench, "alter_data", {"operations": operations}, conditions=conditions)


def test_a_real_estate_stage_maps_values_into_fields_of_its_category_and_sources() -> None:
    mappings = [
        {"api_field": "property_value", "field": "roof", "overwrite": True},
        {"api_field": "owner_name", "field": "last_name"},
    ]
    settings = kept("real_estate_api", {**ASKED, "mappings": mappings})
    assert (settings.property_detail, settings.skip_trace) == (True, False)
    assert [one.overwrite for one in settings.mappings] == [True, False]


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ({"lead_category_id": "category_x"}, "lead_category_id"),
        ({"lead_category_id": GONE_CATEGORY}, "lead_category_id"),
        ({"property_detail": False}, "property_detail"),
        ({"mappings": [{"api_field": "colour", "field": "city"}]}, "mappings.0.api_field"),
        ({"mappings": [{"api_field": "bedrooms", "field": "pool"}]}, "mappings.0.field"),
        ({"mappings": [{"api_field": "bedrooms", "field": "city"}] * 2}, "mappings.1.api_field"),
        (
            {"mappings": [{"api_field": "bedrooms", "field": "city"}] * (FIELD_MAPPINGS_MAX + 1)},
            "mappings",
        ),
    ],
)
def test_a_real_estate_stage_that_breaks_a_rule_is_named(settings: Settings, path: str) -> None:
    assert mistakes("real_estate_api", {**ASKED, **settings}) == {path}


def test_a_real_estate_stage_needs_its_category() -> None:
    assert mistakes("real_estate_api", {"skip_trace": True}) == {"lead_category_id"}
