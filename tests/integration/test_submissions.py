"""Submissions in a real table."""

from datetime import timedelta

import pytest

from leadflow.adapters.dynamodb.submissions import DynamoSubmissions
from leadflow.domain.errors import TransientFault
from leadflow.domain.identifiers import TenantId
from leadflow.domain.submissions import SubmissionStatus
from tests.builders import TENANT_ID, lead, submission

pytestmark = pytest.mark.usefixtures("tables")

SUBMISSIONS = DynamoSubmissions()


def test_a_body_is_kept_word_for_word() -> None:
    odd = submission(raw='{"a":  "\\u00e9\t\U0001f600", ]')
    SUBMISSIONS.keep(TENANT_ID, odd, per_minute=600)
    assert SUBMISSIONS.get(TENANT_ID, odd.id) == odd


def test_a_rejected_submission_names_what_was_wrong() -> None:
    SUBMISSIONS.keep(TENANT_ID, submission(), per_minute=600)
    SUBMISSIONS.settle(TENANT_ID, submission().rejected(422, {"zip": ["Wrong."]}))
    stored = SUBMISSIONS.get(TENANT_ID, submission().id)
    assert stored
    assert (stored.status, stored.http_status) == (SubmissionStatus.REJECTED, 422)
    assert stored.errors == {"zip": ["Wrong."]}


def test_a_submission_is_settled_once() -> None:
    SUBMISSIONS.keep(TENANT_ID, submission(), per_minute=600)
    SUBMISSIONS.settle(TENANT_ID, submission().accepted(lead().id))
    with pytest.raises(TransientFault):
        SUBMISSIONS.settle(TENANT_ID, submission().rejected(400, None))
    stored = SUBMISSIONS.get(TENANT_ID, submission().id)
    assert stored
    assert stored.status is SubmissionStatus.ACCEPTED


def test_another_tenants_submission_looks_like_none() -> None:
    SUBMISSIONS.keep(TENANT_ID, submission(), per_minute=600)
    assert SUBMISSIONS.get(TenantId("tenant_other"), submission().id) is None


def test_of_too_many_in_a_minute_none_is_kept() -> None:
    kept = [SUBMISSIONS.keep(TENANT_ID, submission(number), per_minute=2) for number in (1, 2, 3)]
    assert kept == [True, True, False]
    assert SUBMISSIONS.get(TENANT_ID, submission(3).id) is None


def test_each_source_and_each_minute_is_counted_apart() -> None:
    first = submission(1)
    other_source = submission(2).model_copy(update={"source_id": "source_other"})
    third = submission(3)
    later = third.model_copy(update={"received_at": third.received_at + timedelta(minutes=1)})
    for one in (first, other_source, later):
        assert SUBMISSIONS.keep(TENANT_ID, one, per_minute=1)
