"""How submissions end."""

from uuid import UUID

from leadflow.domain.submissions import SubmissionKind, SubmissionStatus
from tests.builders import lead, submission

PING = UUID(int=1)


def test_an_accepted_submission_names_its_lead() -> None:
    accepted = submission().accepted(lead().id)
    assert (accepted.status, accepted.http_status) == (SubmissionStatus.ACCEPTED, 201)
    assert (accepted.lead_id, accepted.version, accepted.errors) == (lead().id, 2, None)


def test_a_submission_of_a_post_names_the_ping_that_it_came_back_to() -> None:
    assert submission().accepted(lead().id, PING).ping_id == PING
    assert submission().rejected(422, None, PING).ping_id == PING


def test_an_answered_ping_is_accepted_whatever_the_answer() -> None:
    answered = submission(kind=SubmissionKind.PING).answered(PING)
    assert (answered.status, answered.http_status) == (SubmissionStatus.ACCEPTED, 200)
    assert (answered.ping_id, answered.lead_id, answered.version) == (PING, None, 2)


def test_a_rejected_submission_never_has_a_lead() -> None:
    rejected = submission().rejected(422, {"zip": ["Wrong."]})
    assert (rejected.status, rejected.http_status) == (SubmissionStatus.REJECTED, 422)
    assert (rejected.lead_id, rejected.version) == (None, 2)
    assert rejected.errors == {"zip": ["Wrong."]}


def test_a_submission_keeps_what_was_sent_when_it_is_settled() -> None:
    assert submission(raw="{ }").rejected(400, None).raw == "{ }"
