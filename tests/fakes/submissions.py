"""Submissions in memory."""

from dataclasses import dataclass, field

from leadflow.domain.identifiers import SubmissionId, TenantId
from leadflow.domain.submissions import Submission


@dataclass
class MemorySubmissions:
    """Implements `Submissions`, as if all were kept in one minute."""

    kept: dict[SubmissionId, Submission] = field(default_factory=dict)

    def keep(self, _tenant_id: TenantId, submission: Submission, *, per_minute: int) -> bool:
        if len(self.kept) >= per_minute:
            return False
        self.kept[submission.id] = submission
        return True

    def settle(self, _tenant_id: TenantId, submission: Submission) -> None:
        self.kept[submission.id] = submission

    def get(self, _tenant_id: TenantId, submission_id: SubmissionId) -> Submission | None:
        return self.kept.get(submission_id)
