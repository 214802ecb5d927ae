import pytest

from leadflow.domain.bids import Bid
from leadflow.domain.customers import Customer
from leadflow.domain.positions import (
    HINTS_MAX,
    Placing,
    Position,
    compared_cents,
    hints,
    is_out,
    place,
    top_by_county,
)
from leadflow.domain.scopes import BiddingScope
from tests.unit.domain.bidding_examples import bid, customer, dollars, fixed, grid


@pytest.mark.parametrize(
    ("amount", "rivals", "position", "rank"),
    [
        (50, [], Position.TOP, 1),
        (50, [40, 30], Position.TOP, 1),
        (50, [50, 30], Position.TIED, 1),
        (30, [50, 50], Position.UNDER, 3),
        (30, [50, 30], Position.UNDER, 2),
    ],
)
def test_equal_amounts_share_a_rank(
    amount: int, rivals: list[int], position: Position, rank: int
) -> None:
    assert place(amount, rivals) == Placing(position=position, rank=rank)


@pytest.mark.parametrize(
    ("offer", "buyer", "setting"),
    [
        (bid(paused=True), customer(), grid()),
        (bid(archived=True), customer(), grid()),
        (bid(), customer(paused=True), grid()),
        (bid(), customer(archived=True), grid()),
        (bid(), customer(spendable=9), grid()),
        (bid(), customer(), grid().model_copy(update={"enabled": False})),
        (bid(), customer(), None),
    ],
)
def test_bids_that_cannot_win_are_out(
    offer: Bid, buyer: Customer, setting: BiddingScope | None
) -> None:
    assert is_out(offer, buyer, setting)


def test_a_bid_with_money_for_its_floor_is_compared() -> None:
    assert not is_out(bid(), customer(spendable=10), grid())


def test_bids_are_compared_by_what_the_grid_leaves_of_them() -> None:
    assert compared_cents(bid(57), grid()) == dollars(50)
    assert compared_cents(bid(57), fixed(30)) == dollars(30)
    assert compared_cents(bid(7), grid()) == dollars(7)


def test_each_grid_amount_has_a_hint() -> None:
    given = hints(grid(maximum=30), [dollars(20), dollars(10)])

    assert [(hint.amount_cents, hint.hint) for hint in given] == [
        (dollars(10), Position.UNDER),
        (dollars(20), Position.TIED),
        (dollars(30), Position.TOP),
    ]


def test_hints_are_bounded() -> None:
    assert len(hints(grid(step=1, maximum=10 * HINTS_MAX), [])) == HINTS_MAX


def test_the_top_of_each_county_names_nobody() -> None:
    bids = [("Travis", 40), ("Travis", 50), ("Hays", 10)]

    assert top_by_county(bids) == {"Travis": 50, "Hays": 10}
