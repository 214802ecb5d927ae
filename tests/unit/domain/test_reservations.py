"""What is kept of a ping round, within the size of an item."""

from datetime import timedelta
from decimal import Decimal

from leadflow.domain.identifiers import PartnerId
from leadflow.domain.reservations import (
    OFFERS_KEPT_MAX,
    RESPONSE_CHARACTERS_MAX,
    PartnerOffer,
    cut_response,
    worth_keeping,
)
from tests.unit.domain.bidding_examples import NOW


def offer(number: int, cents: int = 5_000, penalty: int = 0, seconds: int = 0) -> PartnerOffer:
    return PartnerOffer(
        partner_id=PartnerId(f"partner_{number}"),
        amount_cents=cents,
        penalty_percentage=Decimal(penalty),
        offered_at=NOW + timedelta(seconds=seconds),
    )


def test_the_best_offers_are_kept_by_score_and_then_by_time() -> None:
    penalised, late, early = (
        offer(1, 11_000, penalty=25),
        offer(2, 9_000, seconds=2),
        offer(3, 9_000),
    )
    assert worth_keeping([penalised, late, early]) == (early, late, penalised)


def test_no_more_offers_are_kept_than_fit() -> None:
    kept = worth_keeping(offer(number, cents=1_000 + number) for number in range(500))
    assert len(kept) == OFFERS_KEPT_MAX
    assert kept[0].amount_cents == 1_499


def test_short_values_of_an_answer_are_kept_whole() -> None:
    values = {"a": "x" * RESPONSE_CHARACTERS_MAX}
    assert cut_response(values) == values


def test_long_values_are_cut_evenly() -> None:
    cut = cut_response({"a": "x" * RESPONSE_CHARACTERS_MAX, "b": "y"})
    assert {path: len(value) for path, value in cut.items()} == {
        "a": RESPONSE_CHARACTERS_MAX // 2,
        "b": 1,
    }
