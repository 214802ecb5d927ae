"""Where pings are kept."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from leadflow.application.ports import Claim
    from leadflow.domain.flows import Flow, FlowStep
    from leadflow.domain.identifiers import FlowId, SourceId, SubmissionId, TenantId
    from leadflow.domain.pings import Ping
    from leadflow.domain.submissions import Submission


@dataclass(frozen=True)
class PingIntake:
    """An answered ping with all that is stored together with it.

    `replaces` is the earlier ping with the same data, which is used or has expired.
    """

    ping: Ping
    submission: Submission
    flow: Flow
    step: FlowStep
    replaces: UUID | None = None


class PingStored(StrEnum):
    """What became of an intake: an equal ping may have been answered in the meantime."""

    STORED = "stored"
    OVERTAKEN = "overtaken"


class Pings(Protocol):
    """The pings of a tenant."""

    def get(self, tenant_id: TenantId, ping_id: UUID) -> Ping | None:
        """One ping, as of now."""
        ...

    def newest_equal(self, tenant_id: TenantId, source_id: SourceId, digest: str) -> Ping | None:
        """The last answered ping of a source with this data."""
        ...

    def open(self, tenant_id: TenantId, flow: Flow) -> None:
        """Store the head of a ping's flow before partners are asked, as pending."""
        ...

    def answer(self, tenant_id: TenantId, intake: PingIntake) -> PingStored:
        """Store an answered ping, unless another equal one was answered since `replaces`."""
        ...

    def duplicates(self, tenant_id: TenantId, claims: Sequence[Claim]) -> bool:
        """Whether a lead has claimed one of the fingerprints since."""
        ...

    def add_refusal(
        self, tenant_id: TenantId, flow_id: FlowId, submission_id: SubmissionId, step: FlowStep
    ) -> None:
        """Add to a ping's flow that a post was refused; it changes nothing of the flow's run."""
        ...
