from collections import Counter

import pytest

from leadflow.domain.decisions import (
    VERDICTS,
    AttemptReason,
    Decision,
    Outcome,
    Reason,
    failure_of,
    unsold_outcome,
)
from tests.unit.domain.bidding_examples import bid as example
from tests.unit.domain.bidding_examples import looked_at

R = AttemptReason


def test_each_reason_goes_with_one_verdict() -> None:
    counts = Counter(verdict.value for verdict in VERDICTS.values())

    assert counts == {"blocked": 26, "outscored": 4, "no_answer": 5, "declined": 8}


def test_a_decision_survives_being_written_and_read() -> None:
    decision = looked_at(example(paused=True))
    assert isinstance(decision, Decision)

    assert Decision.model_validate_json(decision.model_dump_json()) == decision


@pytest.mark.parametrize(
    ("reasons", "failure"),
    [
        ((), R.NO_CANDIDATES),
        ((Reason.BID_PAUSED,), R.NO_ELIGIBLE_CANDIDATE),
        ((Reason.BID_PAUSED, Reason.PARTNER_PING_TIMEOUT), R.DEADLINE_PASSED),
        ((Reason.PARTNER_PING_TIMEOUT, Reason.PARTNER_PING_DECLINED), R.ALL_REFUSED),
        ((Reason.PARTNER_PING_CONNECTION_FAILED,), R.ALL_REFUSED),
        ((Reason.PARTNER_POST_UNKNOWN,), R.ALL_REFUSED),
    ],
)
def test_a_stage_fails_for_what_became_of_everybody(
    reasons: tuple[Reason, ...], failure: AttemptReason
) -> None:
    blocked = looked_at(example(paused=True))
    assert isinstance(blocked, Decision)
    decisions = [
        blocked.model_copy(update={"reason": reason, "verdict": VERDICTS[reason]})
        for reason in reasons
    ]

    assert failure_of(decisions) is failure


@pytest.mark.parametrize(
    ("reasons", "outcome"),
    [
        (set(), Outcome.NO_STAGE_ACCEPTED),
        ({R.STAGE_PAUSED, R.NO_CANDIDATES}, Outcome.NO_STAGE_ACCEPTED),
        ({R.NO_ELIGIBLE_CANDIDATE}, Outcome.NO_ELIGIBLE_CANDIDATE),
        ({R.NO_ELIGIBLE_CANDIDATE, R.ALL_REFUSED}, Outcome.ALL_REFUSED),
        ({R.ALL_REFUSED, R.DEADLINE_PASSED}, Outcome.DEADLINE_PASSED),
    ],
)
def test_an_unsold_lead_has_the_first_code_of_its_attempts(
    reasons: set[AttemptReason], outcome: Outcome
) -> None:
    assert unsold_outcome(frozenset(reasons)) is outcome
