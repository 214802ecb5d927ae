"""Where a job stands."""

import pytest

from leadflow.domain.identifiers import JobId, UserId
from leadflow.domain.jobs import Job, JobKind, JobStatus
from tests.builders import numbered
from tests.unit.domain.bidding_examples import NOW


@pytest.mark.parametrize(
    ("status", "has_ended"),
    [
        (JobStatus.QUEUED, False),
        (JobStatus.RUNNING, False),
        (JobStatus.SUCCEEDED, True),
        (JobStatus.FAILED, True),
        (JobStatus.CANCELLED, True),
    ],
)
def test_a_job_ends_in_one_of_three_statuses(status: JobStatus, *, has_ended: bool) -> None:
    job = Job(
        id=JobId(numbered("job", 1)),
        kind=JobKind.LEAD_EXPORT,
        status=status,
        owner=UserId(numbered("user", 1)),
        wish={},
        created_at=NOW,
    )
    assert job.has_ended is has_ended
