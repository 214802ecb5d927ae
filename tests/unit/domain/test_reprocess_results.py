"""What a reprocess of many leads came to."""

from leadflow.domain.reprocess_results import ItemOutcome, ItemResult, Tally


def result(outcome: ItemOutcome, reason: str | None = None) -> ItemResult:
    return ItemResult(lead_id="lead", outcome=outcome, reason=reason)


def test_outcomes_and_reasons_are_added_up() -> None:
    first = Tally().plus([result(ItemOutcome.QUEUED), result(ItemOutcome.REFUSED, "not_found")])
    both = first.plus([result(ItemOutcome.SETTLED, "no_lead_type"), result(ItemOutcome.QUEUED)])
    assert both.told == {
        "queued": 2,
        "refused": 1,
        "settled": 1,
        "by_reason": {"not_found": 1, "no_lead_type": 1},
    }


def test_queued_and_refused_are_told_even_of_nothing() -> None:
    assert Tally().plus([]).told == {"queued": 0, "refused": 0, "by_reason": {}}


def test_a_tally_survives_the_way_through_the_workflow() -> None:
    tally = Tally().plus([result(ItemOutcome.FAILED, "unavailable")])
    assert Tally.model_validate(tally.model_dump(mode="json")) == tally
