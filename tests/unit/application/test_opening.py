"""How a lead and its flow begin."""

from datetime import timedelta

from leadflow.application.opening import Opening, opened
from leadflow.application.stages import HONOR_PING, PASSED
from leadflow.domain.decisions import AttemptReason, Outcome
from leadflow.domain.flows import EventName, FlowKind
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.pings import Ping, PingStatus
from leadflow.domain.plans import Plan
from leadflow.domain.submissions import SubmissionStatus
from tests.builders import (
    STAMP,
    TENANT_ID,
    configuration,
    lead,
    ping,
    plan,
    promise,
    stage,
    submission,
)
from tests.unit.domain.bidding_examples import NOW

UNCATEGORIZED = lead(status=LeadStatus.UNCATEGORIZED)


def opening_of(
    one: Lead,
    of_plan: Plan | None = None,
    outcome: Outcome | None = None,
    named: Ping | None = None,
) -> Opening:
    """The beginning of a posted lead's flow."""
    return opened(
        TENANT_ID,
        one,
        configuration(),
        FlowKind.POST,
        plan=of_plan or plan(stage()),
        facts={},
        outcome=outcome,
        now=NOW,
        ping=named,
    )


def test_a_lead_without_an_outcome_begins_a_run_at_the_first_open_stage() -> None:
    opening = opening_of(lead(), plan(stage(0, paused=True), stage(1), version=4))
    assert opening.run
    assert (opening.run.stage_id, opening.run.plan_version) == (stage(1).id, 4)
    assert (opening.run.stamp, opening.run.step) == (STAMP, 1)
    assert (opening.flow.ended_at, opening.flow.outcome) == (None, None)
    [skipped] = opening.step.attempts
    assert skipped.reason is AttemptReason.STAGE_PAUSED


def test_an_empty_plan_is_passed_at_once() -> None:
    opening = opening_of(lead(), plan())
    assert opening.run
    assert (opening.run.stage_id, opening.run.method) == (None, PASSED)


def test_an_outcome_ends_the_flow_without_a_run() -> None:
    opening = opening_of(UNCATEGORIZED, outcome=Outcome.NO_LEAD_TYPE)
    assert opening.run is None
    assert (opening.flow.ended_at, opening.flow.outcome) == (NOW, Outcome.NO_LEAD_TYPE)
    assert [(event.event, event.reason) for event in opening.step.timeline] == [
        (EventName.INITIATED, None),
        (EventName.SUBMISSION_ACCEPTED, None),
        (EventName.LEAD, Outcome.NO_LEAD_TYPE),
    ]


def test_lead_submission_and_flow_are_stored_together() -> None:
    intake = opening_of(lead()).intake(submission(), ())
    assert intake.submission.status is SubmissionStatus.ACCEPTED
    assert intake.submission.lead_id == lead().id
    assert (intake.submission.http_status, intake.submission.version) == (201, 2)
    assert intake.flow.submission_ids == (submission().id,)
    assert intake.ping is None


def test_a_post_goes_on_with_the_flow_of_its_ping() -> None:
    named = ping(received_at=NOW - timedelta(minutes=1), offers_count=3)
    opening = opening_of(lead(ping_id=named.id), named=named)
    flow = opening.flow
    assert (flow.kind, flow.ping_id, flow.ping_status) == (
        FlowKind.PING,
        named.id,
        PingStatus.MATCHED,
    )
    assert flow.submission_ids == (named.submission_id, submission().id)
    assert (flow.started_at, flow.updated_at) == (named.received_at, NOW)
    assert (flow.offers_count, flow.ended_at) == (3, None)
    assert opening.step.number == 1
    assert [event.event for event in opening.step.timeline] == [
        EventName.SUBMISSION_ACCEPTED,
        EventName.LEAD,
    ]
    assert opening.run
    assert opening.run.step == 2
    intake = opening.intake(submission(), (), named)
    assert intake.ping
    assert (intake.ping.used_by, intake.ping.version) == (lead().id, named.version + 1)
    assert intake.submission.ping_id == named.id


def test_a_run_begins_with_the_promise_of_its_ping_wherever_in_the_plan_it_was_made() -> None:
    promised = lead(promise=promise(stage_id=stage(1).id))
    run = opening_of(promised, plan(stage(0), stage(1)), named=ping()).run
    assert run
    assert (run.stage_id, run.method) == (stage(1).id, HONOR_PING)
    assert run.promised_stage_id is None


def test_a_promise_that_has_lapsed_is_not_come_back_to() -> None:
    lapsed = lead(promise=promise(stage_id=stage(1).id, kept=False))
    run = opening_of(lapsed, plan(stage(0), stage(1))).run
    assert run
    assert (run.stage_id, run.method) == (stage(0).id, "highest_price")
