"""Ids of transactions that may be repeated."""

from datetime import timedelta

import pytest

from leadflow.domain.identifiers import is_identifier
from leadflow.domain.repeats import derived_transaction_id, is_repeatable
from tests.unit.domain.bidding_examples import NOW


def test_the_same_request_has_the_same_id() -> None:
    first, second = (derived_transaction_id("user POST /deposits key", 0) for _ in range(2))

    assert first == second
    assert is_identifier("txn", first)


@pytest.mark.parametrize(
    ("request_name", "generation"), [("user POST /withdrawals key", 0), ("a", 0), ("", 1)]
)
def test_another_request_or_generation_has_another_id(request_name: str, generation: int) -> None:
    ids = {
        derived_transaction_id("user POST /deposits key", 0),
        derived_transaction_id("user POST /deposits key", 1),
        derived_transaction_id(request_name, generation),
    }

    assert len(ids) == 3


def test_a_request_is_a_repeat_for_a_day() -> None:
    assert is_repeatable(NOW, NOW + timedelta(hours=24) - timedelta(milliseconds=1))
    assert not is_repeatable(NOW, NOW + timedelta(hours=24))
