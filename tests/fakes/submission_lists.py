"""Submissions in memory."""

from collections.abc import Mapping, Sequence

from leadflow.application.list_ports import Spot, SubmissionWalk
from leadflow.domain.identifiers import SubmissionId, TenantId
from leadflow.domain.submissions import Submission
from tests.fakes.spots import behind


class FakeSubmissionLists:
    """Implements `SubmissionLists` and `SubmissionReader`."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], Submission] = {}

    def put(self, tenant_id: TenantId, *submissions: Submission) -> None:
        self.kept.update({(tenant_id, one.id): one for one in submissions})

    def get(self, tenant_id: TenantId, submission_id: SubmissionId) -> Submission | None:
        return self.kept.get((tenant_id, submission_id))

    def many(self, tenant_id: TenantId, submission_ids: Sequence[str]) -> Mapping[str, Submission]:
        found = {one: self.kept.get((tenant_id, one)) for one in submission_ids}
        return {one: submission for one, submission in found.items() if submission}

    def spots(
        self, tenant_id: TenantId, walk: SubmissionWalk, *, limit: int, position: str | None
    ) -> Sequence[Spot]:
        meant = [
            one
            for (owner, _), one in self.kept.items()
            if owner == tenant_id
            and one.is_test is walk.is_test
            and walk.source_id in {None, one.source_id}
            and walk.period.oldest <= one.received_at <= walk.period.newest
        ]
        spots = (Spot(one.id, f"{one.received_at.isoformat()}#{one.id}") for one in meant)
        return behind(spots, limit=limit, position=position)
