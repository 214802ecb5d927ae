"""How a lead and its flow begin."""

from leadflow.application.opening import opened
from leadflow.application.stages import PASSED
from leadflow.domain.decisions import AttemptReason, Outcome
from leadflow.domain.flows import EventName, FlowKind
from leadflow.domain.leads import LeadStatus
from leadflow.domain.submissions import SubmissionStatus
from tests.builders import STAMP, TENANT_ID, configuration, lead, plan, stage, submission
from tests.unit.domain.bidding_examples import NOW


def test_a_lead_without_an_outcome_begins_a_run_at_the_first_open_stage() -> None:
    configured = configuration(by_plan=plan(stage(0, paused=True), stage(1), version=4))
    opening = opened(TENANT_ID, lead(), configured, FlowKind.POST, facts={}, outcome=None, now=NOW)
    assert opening.run
    assert (opening.run.stage_id, opening.run.plan_version) == (stage(1).id, 4)
    assert (opening.run.stamp, opening.run.step) == (STAMP, 1)
    assert (opening.flow.ended_at, opening.flow.outcome) == (None, None)
    [skipped] = opening.step.attempts
    assert skipped.reason is AttemptReason.STAGE_PAUSED


def test_an_empty_plan_is_passed_at_once() -> None:
    configured = configuration(by_plan=plan())
    opening = opened(TENANT_ID, lead(), configured, FlowKind.POST, facts={}, outcome=None, now=NOW)
    assert opening.run
    assert (opening.run.stage_id, opening.run.method) == (None, PASSED)


def test_an_outcome_ends_the_flow_without_a_run() -> None:
    uncategorized = lead(status=LeadStatus.UNCATEGORIZED)
    opening = opened(
        TENANT_ID,
        uncategorized,
        configuration(),
        FlowKind.POST,
        facts={},
        outcome=Outcome.NO_LEAD_TYPE,
        now=NOW,
    )
    assert opening.run is None
    assert (opening.flow.ended_at, opening.flow.outcome) == (NOW, Outcome.NO_LEAD_TYPE)
    assert [(event.event, event.reason) for event in opening.step.timeline] == [
        (EventName.INITIATED, None),
        (EventName.SUBMISSION_ACCEPTED, None),
        (EventName.LEAD, Outcome.NO_LEAD_TYPE),
    ]


def test_lead_submission_and_flow_are_stored_together() -> None:
    opening = opened(
        TENANT_ID, lead(), configuration(), FlowKind.POST, facts={}, outcome=None, now=NOW
    )
    intake = opening.intake(submission(), ())
    assert intake.submission.status is SubmissionStatus.ACCEPTED
    assert intake.submission.lead_id == lead().id
    assert (intake.submission.http_status, intake.submission.version) == (201, 2)
    assert intake.flow.submission_ids == (submission().id,)
