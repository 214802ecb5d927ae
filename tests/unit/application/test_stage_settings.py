"""Settings of the stages of a plan, as they are saved and shown again."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from leadflow.domain.configuration import Configuration
from leadflow.domain.errors import ValidationFailed
from leadflow.domain.fields import Field, FieldType
from leadflow.domain.identifiers import CategoryId, LeadTypeId, PartnerId
from leadflow.domain.partners import Partner
from leadflow.domain.plans import (
    FIELD_MAPPINGS_MAX,
    LISTED_MAX,
    OPERATIONS_MAX,
    Plan,
    Rotation,
    SetField,
    SetLeadType,
)
from leadflow.runtime.representations.configuration import plan_body
from tests.builders import (
    CATEGORY_ID,
    TYPE_ID,
    category,
    configuration,
    lead_type,
    numbered,
    source,
)
from tests.fakes.workbench import ADMIN, Workbench, any_version
from tests.unit.domain.bidding_examples import NOW

Settings = dict[str, Any]
PARTNER, GONE_PARTNER = numbered("partner", 1), numbered("partner", 2)
OTHER_TYPE, GONE_TYPE = numbered("type", 1), numbered("type", 2)
OTHER_CATEGORY, GONE_CATEGORY = numbered("category", 1), numbered("category", 2)
CUSTOMER = numbered("cus", 1)
ASKED = {"lead_category_id": CATEGORY_ID, "property_detail": True}
IN_CATEGORY = {"property": "lead_category", "operator": "equals", "value": CATEGORY_ID}
IN_AUSTIN = {"property": "city", "operator": "equals", "value": "Austin"}


def roof(kind: FieldType, *values: str) -> Field:
    return Field(title="roof", type=kind, deliverable=False, values=values or None)


def partner(partner_id: str, *, archived: bool = False) -> Partner:
    return Partner(
        id=PartnerId(partner_id), name="Buyer", archived=archived, created_at=NOW, updated_at=NOW
    )


def shop() -> Configuration:
    """Two categories with roofs of different types, two lead types, and one of each archived."""
    homes, small = category(), configuration(from_source=source(fields=(roof(FieldType.NUMERIC),)))
    names = ("tin", "tile")
    others = homes.model_copy(
        update={
            "id": OTHER_CATEGORY,
            "fields": (*homes.fields, roof(FieldType.LIST_OF_VALUES, *names)),
        }
    )
    gone = homes.model_copy(update={"id": GONE_CATEGORY, "archived": True})
    kinds = (
        lead_type(),
        lead_type(id=OTHER_TYPE, lead_category_id=OTHER_CATEGORY),
        lead_type(id=GONE_TYPE, archived=True),
    )
    partners = (partner(PARTNER), partner(GONE_PARTNER, archived=True))
    return replace(
        small,
        categories={one.id: one for one in (homes, others, gone)},
        lead_types={one.id: one for one in kinds},
        partners={one.id: one for one in partners},
    )


def put(bench: Workbench, method: str, settings: Settings, **members: object) -> Plan:
    stage = {"name": "One", "method": method, "settings": settings, **members}
    return bench.plan.replace(ADMIN, {"stages": [stage]}, any_version)


def kept(method: str, settings: Settings) -> Any:  # noqa: ANN401 # each method has its own
    return put(Workbench.on(shop()), method, settings).stages[0].settings


def mistakes(method: str, settings: Settings, **members: object) -> set[str]:
    with pytest.raises(ValidationFailed) as refused:
        put(Workbench.on(shop()), method, settings, **members)
    return {path.removeprefix("stages.0.settings.") for path in refused.value.errors}


def test_partners_take_part_in_a_highest_price_stage() -> None:
    partners = {"enabled": True, "minimum_price_cents": 500, "include": [PARTNER]}
    settings = kept("highest_price", {"partners": partners})
    assert settings.partners.minimum_price_cents == 500
    assert settings.partners.takes(PARTNER)


def test_a_round_robin_stage_needs_its_price_and_counts_for_all_time_unless_told() -> None:
    assert mistakes("round_robin", {"customers": {"enabled": True}}) == {"price_cents"}
    settings = kept("round_robin", {"price_cents": 0, "customers": {"enabled": True}})
    assert (settings.rotation, settings.price_cents) == (Rotation.ALL_TIME, 0)
    assert settings.customers.takes(CUSTOMER)
    assert not settings.partners.enabled


def test_a_marketplace_stage_has_no_settings() -> None:
    put(Workbench.on(shop()), "marketplace", {})
    assert mistakes("marketplace", {"price_cents": 5}) == {"price_cents"}


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
    ("settings", "path"),
    [
        ({"partners": {"enabled": 1}}, "partners.enabled"),
        ({"partners": {"minimum_price_cents": -1}}, "partners.minimum_price_cents"),
        ({"partners": {"include": [PARTNER], "exclude": []}}, "partners.exclude"),
        ({"partners": {"include": [PARTNER, GONE_PARTNER]}}, "partners.include.1"),
        ({"partners": {"exclude": ["partner_x"]}}, "partners.exclude.0"),
        ({"partners": {"exclude": [PARTNER, PARTNER]}}, "partners.exclude.1"),
        ({"partners": {"include": [5]}}, "partners.include.0"),
    ],
)
def test_who_may_be_listed_in_a_highest_price_stage(settings: Settings, path: str) -> None:
    assert mistakes("highest_price", settings) == {path}


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ({"rotation": "this_year"}, "rotation"),
        ({"price_cents": 1.5}, "price_cents"),
        ({"customers": {"include": [CUSTOMER], "exclude": [CUSTOMER]}}, "customers.exclude"),
        ({"customers": {"include": ["cus_x"]}}, "customers.include.0"),
        ({"customers": {"include": [CUSTOMER, CUSTOMER]}}, "customers.include.1"),
        ({"partners": {"include": [GONE_PARTNER]}}, "partners.include.0"),
    ],
)
def test_who_may_be_listed_in_a_round_robin_stage(settings: Settings, path: str) -> None:
    assert mistakes("round_robin", {"price_cents": 0, **settings}) == {path}


def test_a_list_names_so_many_at_most() -> None:
    many = [numbered("cus", number) for number in range(LISTED_MAX + 1)]
    customers = {"enabled": True, "include": many[:-1]}
    assert kept("round_robin", {"price_cents": 0, "customers": customers})
    customers["include"] = many
    assert mistakes("round_robin", {"price_cents": 0, "customers": customers}) == {
        "customers.include"
    }


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


WHOLE = [
    ("highest_price", {"bids": {"scopes": ["state"]}, "partners": {"exclude": [PARTNER]}}),
    ("round_robin", {"price_cents": 5, "rotation": "today", "partners": {"include": [PARTNER]}}),
    ("marketplace", {}),
    (
        "alter_data",
        {
            "operations": [
                {"set_lead_type": TYPE_ID},
                {"set_field": "roof", "value": Decimal("0.5")},
            ]
        },
    ),
    (
        "real_estate_api",
        {**ASKED, "mappings": [{"api_field": "bedrooms", "field": "roof", "overwrite": True}]},
    ),
]


@pytest.mark.parametrize(("method", "settings"), WHOLE)
def test_what_was_shown_can_be_saved_again(method: str, settings: Settings) -> None:
    bench = Workbench.on(shop())
    first = put(bench, method, settings)
    again = bench.plan.replace(ADMIN, dict(plan_body(first)), any_version)
    assert (again.version, again.stages) == (first.version + 1, first.stages)


@pytest.mark.parametrize(("method", "settings"), WHOLE)
def test_a_stage_stays_though_what_it_names_is_gone(method: str, settings: Settings) -> None:
    bench = Workbench.on(shop())
    shown = dict(plan_body(put(bench, method, settings)))
    bench.store.newest = replace(
        bench.store.newest,
        partners={},
        lead_types={},
        categories={CategoryId("category_x"): gone()},
    )
    assert bench.plan.replace(ADMIN, shown, any_version).version == 3


def test_a_stage_that_is_changed_is_checked_again() -> None:
    bench = Workbench.on(shop())
    put(bench, "highest_price", {"partners": {"include": [PARTNER]}})
    bench.store.newest = replace(bench.store.newest, partners={})
    [stage] = bench.plan.show(ADMIN).stages
    settings = {"partners": {"enabled": True, "include": [PARTNER]}}
    with pytest.raises(ValidationFailed) as refused:
        put(bench, "highest_price", settings, id=stage.id)
    assert set(refused.value.errors) == {"stages.0.settings.partners.include.0"}


def gone() -> Any:  # noqa: ANN401 # a category of the mapping above
    return category().model_copy(update={"archived": True})
