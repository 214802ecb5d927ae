"""Submissions in memory."""

from dataclasses import dataclass, field

from leadflow.domain.identifiers import SubmissionId, TenantId
from leadflow.domain.submissions import Submission


@dataclass
class MemorySubmissions:
    """Implements `Submissions`."""

    kept: dict[SubmissionId, Submission] = field(default_factory=dict)

    def keep(self, _tenant_id: TenantId, submission: Submission) -> None:
        self.kept[submission.id] = submission

    def settle(self, tenant_id: TenantId, submission: Submission) -> None:
        self.keep(tenant_id, submission)

    def get(self, _tenant_id: TenantId, submission_id: SubmissionId) -> Submission | None:
        return self.kept.get(submission_id)
