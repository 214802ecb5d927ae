"""See how far a job is, and cancel it."""

from datetime import timedelta

import pytest

from leadflow.application.track_jobs import LINK_LIFETIME, TrackJobs
from leadflow.domain.errors import Conflict, Forbidden, NotFound
from leadflow.domain.identifiers import JobId, UserId
from leadflow.domain.jobs import FILES_KEPT, Job, JobKind, JobOutcome, JobStatus
from leadflow.domain.principals import Principal, Role, SourcePrincipal, UserPrincipal
from tests.builders import SOURCE_ID, TENANT_ID, numbered
from tests.fakes.clock import FixedClock
from tests.fakes.files import MemoryFiles
from tests.fakes.jobs import MemoryJobs
from tests.unit.domain.bidding_examples import NOW

JOB = Job(
    id=JobId(numbered("job", 1)),
    kind=JobKind.LEAD_REPROCESS,
    owner=UserId(numbered("user", 1)),
    wish={},
    created_at=NOW,
)
SOURCE = SourcePrincipal(tenant_id=TENANT_ID, source_id=SOURCE_ID)


def user(number: int = 1) -> UserPrincipal:
    return UserPrincipal(
        tenant_id=TENANT_ID, user_id=UserId(numbered("user", number)), role=Role.ADMIN
    )


def tracking(**changes: object) -> TrackJobs:
    """The actions, over one job."""
    job = JOB.model_copy(update=changes)
    jobs = MemoryJobs({(TENANT_ID, job.id): job})
    return TrackJobs(jobs=jobs, files=MemoryFiles(), clock=FixedClock())


def ended(file: str | None, ago: timedelta = timedelta()) -> TrackJobs:
    return tracking(
        status=JobStatus.SUCCEEDED, outcome=JobOutcome(file=file), finished_at=NOW - ago
    )


def test_a_job_that_goes_on_has_no_link() -> None:
    assert tracking().view(user(), JOB.id).link is None


def test_a_job_that_made_a_file_has_a_link_for_a_while() -> None:
    link = ended("a/report").view(user(), JOB.id).link
    assert link
    assert "a/report?as=reprocessed-leads.csv&for=900" in link.url
    assert link.expires_at == NOW + LINK_LIFETIME


def test_there_is_no_link_to_a_file_that_is_gone_or_was_never_made() -> None:
    assert ended("a/report", FILES_KEPT).view(user(), JOB.id).link is None
    assert ended(None).view(user(), JOB.id).link is None


@pytest.mark.parametrize(
    ("principal", "job_id", "error"),
    [
        (user(2), JOB.id, NotFound),
        (user(), numbered("job", 2), NotFound),
        (user(), "nonsense", NotFound),
        (SOURCE, JOB.id, Forbidden),
    ],
)
def test_only_the_owner_sees_and_cancels_a_job(
    principal: Principal, job_id: str, error: type[Exception]
) -> None:
    for act in (tracking().view, tracking().cancel):
        with pytest.raises(error):
            act(principal, job_id)


def test_a_job_can_be_cancelled_and_cancelled_again() -> None:
    actions = tracking(status=JobStatus.RUNNING)
    for _ in range(2):
        job = actions.cancel(user(), JOB.id).job
        assert (job.status, job.finished_at) == (JobStatus.CANCELLED, NOW)


def test_a_job_that_has_ended_otherwise_cannot_be_cancelled() -> None:
    with pytest.raises(Conflict, match="succeeded"):
        ended(None).cancel(user(), JOB.id)
