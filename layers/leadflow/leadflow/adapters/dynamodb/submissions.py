"""Submissions: kept before anything is made of them, settled once."""

from pynamodb.expressions.condition import Condition

from leadflow.adapters.dynamodb.keys import list_bucket, moment_key, month, tenant_key
from leadflow.adapters.dynamodb.lead_items import SubmissionItem
from leadflow.adapters.dynamodb.request_rates import count_request
from leadflow.adapters.dynamodb.store import faults_translated, read
from leadflow.adapters.dynamodb.transactions import ConditionFailed, Transaction
from leadflow.domain.identifiers import SubmissionId, TenantId
from leadflow.domain.submissions import Submission


class DynamoSubmissions:
    """Implements `Submissions`."""

    def keep(self, tenant_id: TenantId, submission: Submission, *, per_minute: int) -> bool:
        """One transaction: the submission, and one more of its source in this minute."""
        transaction = Transaction()
        transaction.put(submission_item(tenant_id, submission))
        count_request(
            transaction, tenant_id, submission.source_id, submission.received_at, per_minute
        )
        try:
            transaction.commit()
        except ConditionFailed:
            return False
        return True

    def settle(self, tenant_id: TenantId, submission: Submission) -> None:
        """One put, on the version before."""
        with faults_translated():
            submission_item(tenant_id, submission).save(condition=unchanged(submission))

    def get(self, tenant_id: TenantId, submission_id: SubmissionId) -> Submission | None:
        """One consistent read."""
        item = read(SubmissionItem, tenant_key(tenant_id, submission_id), "SUBMISSION")
        return submission_of(item) if item else None


def submission_of(item: SubmissionItem) -> Submission:
    """The submission in an item."""
    return Submission.model_validate_json(item.document)


def unchanged(submission: Submission) -> Condition:
    """That the stored submission is the version before this one."""
    return SubmissionItem.version == submission.version - 1


def submission_item(tenant_id: TenantId, submission: Submission) -> SubmissionItem:
    """A submission with the keys under which it is listed."""
    at_month = month(submission.received_at)

    def bucket(kind: str) -> str:
        return list_bucket(tenant_id, kind, is_test=submission.is_test, at_month=at_month)

    return SubmissionItem(
        tenant_key(tenant_id, submission.id),
        "SUBMISSION",
        document=submission.model_dump_json(exclude_none=True),
        version=submission.version,
        received_key=moment_key(submission.received_at, submission.id),
        received_bucket=bucket("SUBMISSIONS"),
        source_bucket=bucket(f"SUBMISSIONS#SOURCE#{submission.source_id}"),
    )
