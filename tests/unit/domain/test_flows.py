"""The record of a run."""

import pytest

from leadflow.domain.decisions import AttemptReason, AttemptStatus
from leadflow.domain.flows import EventName, FlowStep, attempted, folded, joined
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


def test_a_stage_that_is_entered_and_not_over_has_a_beginning_only() -> None:
    made = step(AttemptStatus.PROCESSING)
    assert [one.event for one in made.timeline] == [EventName.ATTEMPT_ACCEPTED]
    assert made.attempts[0].ended_at is None


def test_an_end_may_be_told_in_other_words() -> None:
    made = attempted(
        stage(), AttemptStatus.SUCCESS, None, started_at=minutes(1), ended_at=NOW, told="did well"
    )
    assert made.timeline[-1].description == "Stage Stage 0 did well."


def test_an_attempt_that_was_open_and_has_ended_is_shown_once_where_it_ended() -> None:
    [begun] = step(AttemptStatus.PROCESSING).attempts
    [between] = attempted(
        stage(1), AttemptStatus.CONTINUE, None, started_at=NOW, ended_at=NOW
    ).attempts
    ended = begun.model_copy(
        update={"status": AttemptStatus.SUCCESS, "started_at": NOW, "ended_at": NOW}
    )
    shown = folded((begun, between, ended))
    assert shown == (between, ended.model_copy(update={"started_at": begun.started_at}))


def test_attempts_of_a_ping_and_of_its_post_are_shown_apart() -> None:
    [begun] = step(AttemptStatus.PROCESSING).attempts
    in_ping = begun.model_copy(update={"phase": "ping", "status": AttemptStatus.SUCCESS})
    again = step(AttemptStatus.FAILED).attempts[0]
    assert folded((begun, in_ping)) == (begun, in_ping)
    assert folded((again, again)) == (again, again)


def test_a_timeline_knows_nineteen_events() -> None:
    assert len(EventName) == 19
