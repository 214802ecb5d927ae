from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from leadflow.domain.conditions import matches
from leadflow.domain.lead_types import LeadType, MarketplaceSettings, classifier, classify

TODAY = date(2026, 3, 10)
START = datetime(2026, 1, 1, tzinfo=UTC)
RANGE = {"minimum_cents": 1000, "maximum_cents": 5000, "step_cents": 500}
AUCTION = {
    "enabled": True,
    "first_price_cents": 2500,
    "last_price_cents": 500,
    "increment_cents": 250,
    "interval_minutes": 15,
}


def row(name: str, operator: str, value: object) -> dict[str, object]:
    return {"property": name, "operator": operator, "value": value}


def a_type(
    name: str,
    *rows: dict[str, object],
    created_day: int = 0,
    changes: dict[str, Any] | None = None,
) -> LeadType:
    """A type with one group of rows for each row: they are joined by OR."""
    created_at = START + timedelta(days=created_day)
    body = {
        "id": f"type_{name}",
        "name": name,
        "lead_category_id": "category_1",
        "priority": 1,
        "conditions": [[one] for one in rows],
        "created_at": created_at,
        "updated_at": created_at,
    }
    return LeadType.model_validate(body | (changes or {}))


FALLBACK = a_type("fallback", changes={"fallback": True, "priority": None})
PHOENIX = row("city", "equals", "Phoenix")


def name_of(types: list[LeadType], **facts: str) -> str | None:
    found = classify(types, facts, TODAY)
    return found.name if found else None


def test_the_lowest_priority_that_matches_wins() -> None:
    types = [
        a_type("third", PHOENIX, changes={"priority": 3}),
        a_type("second", PHOENIX, changes={"priority": 2}),
        a_type("first", row("city", "equals", "Mesa")),
        FALLBACK,
    ]

    assert name_of(types, city="phoenix") == "second"


def test_equal_priorities_are_tried_in_the_order_of_creation() -> None:
    types = [a_type("younger", PHOENIX, created_day=2), a_type("older", PHOENIX, created_day=1)]

    assert name_of(types, city="phoenix") == "older"


def test_the_fallback_takes_what_no_other_matched() -> None:
    assert name_of([FALLBACK, a_type("other", PHOENIX)], city="mesa") == "fallback"
    assert name_of([FALLBACK, a_type("other", PHOENIX)]) == "fallback"


def test_without_a_fallback_the_lead_has_no_type() -> None:
    assert name_of([a_type("other", PHOENIX)], city="mesa") is None


def test_an_archived_type_takes_no_lead() -> None:
    archived = {"archived": True}
    types = [
        a_type("gone", PHOENIX, changes=archived),
        FALLBACK.model_copy(update=archived),
    ]

    assert name_of(types, city="phoenix") is None


def test_a_type_without_conditions_that_is_no_fallback_matches_nothing() -> None:
    assert name_of([a_type("empty")], city="phoenix") is None


def test_types_with_and_without_named_values_keep_their_order() -> None:
    types = [
        a_type("named", PHOENIX, changes={"priority": 2}),
        a_type("open", row("city", "contains", "phoe"), changes={"priority": 1}),
        a_type("either", row("city", "any", ["x"]), row("city", "contains", "m")),
    ]

    assert name_of(types, city="phoenix") == "open"
    assert name_of(types, city="x") == "either"
    assert name_of(types, city="mesa") == "either"


@given(st.data())
def test_a_prepared_classifier_agrees_with_trying_each_type(data: st.DataObject) -> None:
    rows = st.builds(
        row,
        st.sampled_from(["city", "roof"]),
        st.sampled_from(["equals", "does_not_equal", "contains"]),
        st.sampled_from(["a", "b", "ab"]),
    )
    types = [
        a_type(
            str(number),
            created_day=number,
            changes={
                "priority": data.draw(st.integers(1, 3)),
                "conditions": data.draw(st.lists(st.lists(rows, min_size=1, max_size=3))),
            },
        )
        for number in range(4)
    ]
    facts = data.draw(
        st.dictionaries(st.sampled_from(["city", "roof"]), st.sampled_from(["a", "b", "ab"]))
    )

    in_order = sorted(types, key=lambda one: (one.priority, one.created_at))
    expected = next((one for one in in_order if matches(one.conditions, facts, TODAY)), None)
    assert classifier(types).classify(facts, TODAY) == expected


@pytest.mark.parametrize(
    "changes",
    [
        {"fallback": True},
        {"fallback": True, "priority": None, "conditions": [[PHOENIX]]},
        {"priority": None},
        {"priority": 0},
        {"name": ""},
        {"description": "a" * 1_025},
        {"bidding_scopes": [{"scope": "county", **RANGE}, {"scope": "county", **RANGE}]},
    ],
)
def test_an_inconsistent_lead_type_cannot_exist(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        a_type("broken", changes=changes)


def test_a_lead_type_has_each_scope_once() -> None:
    scopes = [{"scope": "county", **RANGE}, {"scope": "state", **RANGE}]

    assert len(a_type("one", changes={"bidding_scopes": scopes}).bidding_scopes) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"first_price_cents": None},
        {"interval_minutes": None},
        {"interval_minutes": 0},
        {"increment_cents": 0},
        {"last_price_cents": 0},
        {"last_price_cents": 2501},
        {"enabled": False, "increment_cents": None},
    ],
)
def test_incomplete_or_rising_auction_settings_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        MarketplaceSettings.model_validate(AUCTION | changes)


@pytest.mark.parametrize(
    "body", [AUCTION, AUCTION | {"last_price_cents": 2500}, {"enabled": False}, {}]
)
def test_complete_auction_settings_or_none_are_taken(body: dict[str, Any]) -> None:
    settings = MarketplaceSettings.model_validate(body)

    assert settings.enabled is body.get("enabled", False)
