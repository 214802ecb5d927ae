"""How submissions end."""

from leadflow.domain.submissions import SubmissionStatus
from tests.builders import lead, submission


def test_an_accepted_submission_names_its_lead() -> None:
    accepted = submission().accepted(lead().id)
    assert (accepted.status, accepted.http_status) == (SubmissionStatus.ACCEPTED, 201)
    assert (accepted.lead_id, accepted.version, accepted.errors) == (lead().id, 2, None)


def test_a_rejected_submission_never_has_a_lead() -> None:
    rejected = submission().rejected(422, {"zip": ["Wrong."]})
    assert (rejected.status, rejected.http_status) == (SubmissionStatus.REJECTED, 422)
    assert (rejected.lead_id, rejected.version) == (None, 2)
    assert rejected.errors == {"zip": ["Wrong."]}


def test_a_submission_keeps_what_was_sent_when_it_is_settled() -> None:
    assert submission(raw="{ }").rejected(400, None).raw == "{ }"
