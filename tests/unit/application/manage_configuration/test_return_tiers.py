"""Return tiers as a tenant configures them (`product.md`, 20.2)."""

from decimal import Decimal
from typing import Any

import pytest

from leadflow.application.manage_configuration import return_tiers
from leadflow.domain.errors import Conflict, TiersOverlap
from tests.fakes.workbench import Body, Workbench, small

TIERS = "return-tiers"
LOW: Body = {"name": "Low", "lower_percentage": 0, "upper_percentage": 5}
HIGH: Body = {"name": "High", "lower_percentage": 5, "upper_percentage": 15.5}
NEW: Body = {**LOW, "name": "New", "apply_to_new_customers": True}


@pytest.fixture
def bench() -> Workbench:
    bench = small()
    bench.create(TIERS, **LOW)
    return bench


def test_a_tier_is_kept_as_it_is_written(bench: Workbench) -> None:
    texts = {"headline": "Best", "description": "d", "long_description": "l"}
    looks = {"colour": "#00aa00", "icon": "star"}
    made = bench.create(TIERS, **HIGH, **texts, **looks, discount_percentage=2.25)
    assert made.items() >= {**HIGH, **texts, **looks, "discount_percentage": 2.25}.items()
    assert "penalty_percentage" not in made
    stored = bench.store.newest.return_tiers[made["id"]]
    assert (stored.upper_percentage, stored.discount_percentage) == (
        Decimal("15.5"),
        Decimal("2.25"),
    )


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({"name": " "}, "name"),
        ({"name": "lOW"}, "name"),
        ({"lower_percentage": None}, "lower_percentage"),
        ({"lower_percentage": -1}, "lower_percentage"),
        ({"lower_percentage": "5"}, "lower_percentage"),
        ({"lower_percentage": 5.001}, "lower_percentage"),
        ({"upper_percentage": 100.01}, "upper_percentage"),
        ({"upper_percentage": 4.99}, "upper_percentage"),
        ({"discount_percentage": 101}, "discount_percentage"),
        ({"penalty_percentage": -0.01}, "penalty_percentage"),
        ({"penalty_percentage": 1, "penalty_matches_return_rate": True}, "penalty_percentage"),
        ({"apply_to_new_customers": 1}, "apply_to_new_customers"),
        ({"order": 1}, "order"),
    ],
)
def test_a_tier_that_breaks_a_rule_is_refused(bench: Workbench, members: Body, path: str) -> None:
    assert set(bench.mistakes_of_new(TIERS, **{**HIGH, **members})) == {path}


def test_all_mistakes_are_told_together(bench: Workbench) -> None:
    bench.create(TIERS, **NEW)
    wrong = {"name": "New", "upper_percentage": 0, "apply_to_new_customers": True}
    mistakes = bench.mistakes_of_new(TIERS, **{**HIGH, **wrong})
    assert set(mistakes) == {"name", "upper_percentage", "apply_to_new_customers"}
    assert mistakes["apply_to_new_customers"] == ["There is a tier for new customers already: New."]


def test_bounds_that_touch_are_accepted_and_those_that_overlap_name_the_other(
    bench: Workbench,
) -> None:
    bench.create(TIERS, **HIGH)
    with pytest.raises(TiersOverlap) as refused:
        bench.create(TIERS, name="Wide", lower_percentage=15, upper_percentage=20)
    assert refused.value.code == "tiers_overlap"
    assert "the tier High" in refused.value.detail
    assert set(refused.value.errors) == {"lower_percentage", "upper_percentage"}


def test_a_change_is_held_against_the_other_tiers_only(bench: Workbench) -> None:
    high = bench.create(TIERS, **HIGH)["id"]
    assert bench.change(TIERS, high, upper_percentage=20)["version"] == 2
    with pytest.raises(TiersOverlap):
        bench.change(TIERS, high, lower_percentage=4)


def test_a_penalty_gives_way_to_the_rate_only_when_it_is_taken_away(bench: Workbench) -> None:
    high = bench.create(TIERS, **HIGH, penalty_percentage=10)["id"]
    wish: dict[str, Any] = {"penalty_matches_return_rate": True}
    assert set(bench.mistakes_of(TIERS, high, **wish)) == {"penalty_percentage"}
    assert "penalty_percentage" not in bench.change(TIERS, high, **wish, penalty_percentage=None)


def test_one_tier_is_for_new_customers_whatever_its_bounds(bench: Workbench) -> None:
    entrance = bench.create(TIERS, **NEW)["id"]
    assert bench.change(TIERS, entrance, headline="Hello")["headline"] == "Hello"
    mistakes = bench.mistakes_of_new(TIERS, **HIGH, apply_to_new_customers=True)
    assert set(mistakes) == {"apply_to_new_customers"}


def test_a_deleted_tier_gives_its_name_and_bounds_free(bench: Workbench) -> None:
    [low] = bench.listed(TIERS)
    bench.archive(TIERS, low)
    assert bench.create(TIERS, **LOW)["id"] != low
    assert bench.show(TIERS, low)["archived"] is True
    with pytest.raises(Conflict):
        bench.change(TIERS, low, name="Again")


def test_a_tenant_has_so_many_tiers_at_most(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(return_tiers, "TIERS_MAX", 1)
    assert set(bench.mistakes_of_new(TIERS, **HIGH)) == {"name"}
    assert bench.change(TIERS, bench.listed(TIERS)[0], headline="Full")["headline"] == "Full"
