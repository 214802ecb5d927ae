"""Lists of submissions: keys from an index, submissions in one batch."""

from collections.abc import Mapping, Sequence

from leadflow.adapters.dynamodb.keys import list_bucket, tenant_key
from leadflow.adapters.dynamodb.lead_items import (
    LeadItem,
    LeadsByReceived,
    LeadsBySource,
    SubmissionItem,
)
from leadflow.adapters.dynamodb.store import read_many
from leadflow.adapters.dynamodb.submissions import submission_of
from leadflow.adapters.dynamodb.walks import KeyIndex, in_order_by_month
from leadflow.application.list_ports import Spot, SubmissionWalk
from leadflow.domain.identifiers import TenantId
from leadflow.domain.submissions import Submission

# Submissions share a table and two indexes with the leads; the partition says which are meant.
_ALL = KeyIndex(LeadItem, LeadItem.by_received, LeadsByReceived.received_key)
_OF_SOURCE = KeyIndex(LeadItem, LeadItem.by_source, LeadsBySource.received_key)


class DynamoSubmissionLists:
    """Implements `SubmissionLists`."""

    def spots(
        self, tenant_id: TenantId, walk: SubmissionWalk, *, limit: int, position: str | None
    ) -> Sequence[Spot]:
        """One query; more only where months have run out."""
        kind = "SUBMISSIONS"
        if walk.source_id is not None:
            kind = f"SUBMISSIONS#SOURCE#{walk.source_id}"
        return in_order_by_month(
            _ALL if walk.source_id is None else _OF_SOURCE,
            lambda at_month: list_bucket(tenant_id, kind, is_test=walk.is_test, at_month=at_month),
            walk.period,
            limit=limit,
            position=position,
        )

    def many(self, tenant_id: TenantId, submission_ids: Sequence[str]) -> Mapping[str, Submission]:
        """One batch for every hundred submissions."""
        keys = [(tenant_key(tenant_id, one), "SUBMISSION") for one in submission_ids]
        found = map(submission_of, read_many(SubmissionItem, keys))
        return {submission.id: submission for submission in found}
