from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from leadflow.domain.scopes import BiddingScope, Scope, scope_errors, setting_of
from leadflow.domain.scores import score_of, score_text
from tests.unit.domain.bidding_examples import dollars, fixed, grid

MINIMUM_10_STEP_5 = grid(minimum=10, step=5, maximum=22)
AMOUNTS = st.integers(1, 60)
PENALTIES = st.decimals(0, 100, places=2)


@st.composite
def grids(draw: st.DrawFn) -> BiddingScope:
    if draw(st.booleans()):
        return BiddingScope(scope=Scope.COUNTY, fixed_price_cents=draw(AMOUNTS))
    minimum = draw(st.integers(1, 40))
    return BiddingScope(
        scope=Scope.COUNTY,
        minimum_cents=minimum,
        maximum_cents=minimum + draw(st.integers(0, 40)),
        step_cents=draw(st.integers(1, 15)),
    )


@pytest.mark.parametrize("amount", [10, 15, 20])
def test_every_step_from_the_minimum_is_on_the_grid(amount: int) -> None:
    assert MINIMUM_10_STEP_5.on_grid(dollars(amount))


@pytest.mark.parametrize("amount", [5, 12, 22, 25])
def test_amounts_between_steps_and_outside_the_range_are_off_the_grid(amount: int) -> None:
    assert not MINIMUM_10_STEP_5.on_grid(dollars(amount))


def test_the_ceiling_is_the_last_step_under_the_maximum() -> None:
    assert MINIMUM_10_STEP_5.ceiling_cents == dollars(20)


def test_a_fixed_price_is_a_grid_of_one_amount() -> None:
    assert list(fixed(30).grid(limit=5)) == [dollars(30)]
    assert fixed(30).floor_cents == fixed(30).ceiling_cents == dollars(30)
    assert fixed(30).grid_at_or_below(dollars(99)) == dollars(30)
    assert fixed(30).is_fixed


def test_listing_a_grid_is_bounded() -> None:
    assert list(grid().grid(limit=3)) == [dollars(10), dollars(20), dollars(30)]


@given(grids(), st.integers(0, 90))
def test_grid_steps_agree_with_a_listed_grid(scope: BiddingScope, amount: int) -> None:
    listed = list(scope.grid(limit=100))

    assert scope.grid_at_or_below(amount) == max((g for g in listed if g <= amount), default=None)
    assert scope.grid_at_or_above(amount) == min((g for g in listed if g >= amount), default=None)
    assert scope.on_grid(amount) == (amount in listed)
    assert scope.ceiling_cents == listed[-1]


@given(grids(), AMOUNTS, PENALTIES, PENALTIES)
def test_smallest_above_agrees_with_trying_every_amount(
    scope: BiddingScope, rival: int, rival_penalty: Decimal, penalty: Decimal
) -> None:
    score = score_of(rival, rival_penalty)
    winning = [g for g in scope.grid(limit=100) if score_of(g, penalty) > score]

    assert scope.smallest_above(score, penalty) == (winning[0] if winning else None)


@given(AMOUNTS, PENALTIES)
def test_a_score_is_the_exact_product(amount: int, penalty: Decimal) -> None:
    exact = Decimal(amount) * (100 - penalty) / 100

    assert Decimal(score_text(score_of(amount, penalty))) == exact


@pytest.mark.parametrize(
    ("amount", "penalty", "text"),
    [(10_000, "7.5", "9250"), (1, "99.99", "0.0001"), (5_000, "100", "0"), (333, "7.5", "308.025")],
)
def test_scores_are_written_as_the_shortest_plain_decimal(
    amount: int, penalty: str, text: str
) -> None:
    assert score_text(score_of(amount, Decimal(penalty))) == text


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"minimum_cents": 10, "maximum_cents": 20},
        {"minimum_cents": 30, "maximum_cents": 20, "step_cents": 5},
        {"minimum_cents": 0, "maximum_cents": 20, "step_cents": 5},
        {"minimum_cents": 10, "maximum_cents": 20, "step_cents": 0},
        {"fixed_price_cents": 0},
        {"fixed_price_cents": 10, "minimum_cents": 10},
        {"fixed_price_cents": "10"},
        {"fixed_price_cents": True},
        {"fixed_price_cents": 10, "enabled": "yes"},
    ],
)
def test_a_scope_needs_a_fixed_price_or_a_whole_range(members: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        BiddingScope.model_validate({"scope": "county"} | members)


def test_a_scope_occurs_once_per_lead_type() -> None:
    state = grid(scope=Scope.STATE)

    assert scope_errors([grid(), state]) == ()
    assert len(scope_errors([grid(), state, fixed(5), fixed(6)])) == 1


def test_a_setting_is_found_by_its_scope() -> None:
    assert setting_of([grid(), fixed(5, Scope.STATE)], Scope.STATE) == fixed(5, Scope.STATE)
    assert setting_of([grid()], Scope.STATE) is None


def test_the_county_is_the_narrowest_scope() -> None:
    assert sorted(Scope, key=lambda scope: scope.breadth)[0] is Scope.COUNTY
