"""The record of a run."""

import pytest

from leadflow.domain.decisions import AttemptReason, AttemptStatus
from leadflow.domain.flows import EventName, FlowStep, attempted, joined
from tests.builders import stage
from tests.unit.domain.bidding_examples import NOW, minutes


def step(status: AttemptStatus, reason: AttemptReason | None = None) -> FlowStep:
    return attempted(stage(), status, reason, started_at=minutes(1), ended_at=NOW)


@pytest.mark.parametrize(
    ("status", "event"),
    [
        (AttemptStatus.SUCCESS, EventName.ATTEMPT_SUCCEEDED),
        (AttemptStatus.FAILED, EventName.ATTEMPT_FAILED),
        (AttemptStatus.CONTINUE, EventName.ATTEMPT_CONTINUED),
        (AttemptStatus.ERROR, EventName.ATTEMPT_ERROR),
    ],
)
def test_a_stage_that_was_entered_has_a_beginning_and_an_end(
    status: AttemptStatus, event: EventName
) -> None:
    made = step(status, AttemptReason.NO_CANDIDATES)
    assert [(one.event, one.at, one.reason) for one in made.timeline] == [
        (EventName.ATTEMPT_ACCEPTED, minutes(1), None),
        (event, NOW, AttemptReason.NO_CANDIDATES),
    ]
    [attempt] = made.attempts
    assert (attempt.status, attempt.started_at, attempt.ended_at) == (status, minutes(1), NOW)
    assert (attempt.stage_id, attempt.name) == (stage().id, stage().name)


def test_a_stage_that_was_skipped_was_never_entered() -> None:
    made = step(AttemptStatus.SKIPPED, AttemptReason.STAGE_PAUSED)
    assert [one.event for one in made.timeline] == [EventName.ATTEMPT_SKIPPED]


def test_steps_are_joined_in_their_order_under_one_number() -> None:
    first, second = step(AttemptStatus.FAILED), step(AttemptStatus.SKIPPED)
    both = joined(7, first, second)
    assert both.number == 7
    assert both.attempts == first.attempts + second.attempts
    assert both.timeline == first.timeline + second.timeline


def test_a_timeline_knows_nineteen_events() -> None:
    assert len(EventName) == 19
