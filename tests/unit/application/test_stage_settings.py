"""Settings of the stages of a plan, as they are saved and shown again."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from leadflow.domain.errors import ValidationFailed
from leadflow.domain.identifiers import CategoryId
from leadflow.domain.plans import LISTED_MAX, Rotation
from leadflow.runtime.representations.configuration import plan_body
from tests.builders import TYPE_ID, category, numbered
from tests.fakes.workbench import ADMIN, Workbench, any_version
from tests.unit.application.stage_settings_world import (
    ASKED,
    GONE_PARTNER,
    PARTNER,
    Settings,
    kept,
    mistakes,
    put,
    shop,
)

CUSTOMER = numbered("cus", 1)


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
