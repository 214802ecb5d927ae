"""Where data of a deleted lead may still lie (`docs/privacy.md`).

Adapters implement these; only the container knows which. Everything may be repeated, and any
method may raise `TransientFault`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from leadflow.domain.deliveries import Delivery
    from leadflow.domain.erasure import Remains
    from leadflow.domain.identifiers import (
        DemandId,
        FlowId,
        LeadId,
        ReturnRequestId,
        SubmissionId,
        TenantId,
        WebhookId,
    )
    from leadflow.domain.pings import Ping


@dataclass(frozen=True)
class LeadDelivery:
    """What a webhook was told of a lead."""

    webhook_id: WebhookId
    delivery: Delivery


class Erasures(Protocol):
    """What was made of leads that are deleted."""

    def remains(self, tenant_id: TenantId, lead_id: LeadId) -> Remains | None:
        """What the tombstone of a lead says; None for a lead that is there, or never was."""
        ...

    def keep(self, tenant_id: TenantId, remains: Remains) -> None:
        """Have the tombstone say it."""
        ...

    def ping(self, tenant_id: TenantId, ping_id: UUID) -> Ping | None:
        """The ping of a lead."""
        ...

    def refused_posts(self, tenant_id: TenantId, flow_id: FlowId) -> Sequence[SubmissionId]:
        """Posts that named the ping of a flow, and were refused."""
        ...

    def deliveries(self, tenant_id: TenantId, lead_id: LeadId) -> Sequence[LeadDelivery]:
        """What webhooks were told of the lead, as long as that is kept."""
        ...

    def erase_submissions(self, tenant_id: TenantId, ids: Sequence[SubmissionId]) -> None:
        """Empty submissions; unknown ones do no harm."""
        ...

    def erase_ping(self, tenant_id: TenantId, ping: Ping) -> None:
        """Empty a ping, and remove the digest by which equal pings found it."""
        ...

    def erase_claims(
        self, tenant_id: TenantId, lead_id: LeadId, fingerprints: Sequence[str]
    ) -> None:
        """Remove duplicate claims that the lead still holds."""
        ...

    def erase_return_request(self, tenant_id: TenantId, request_id: ReturnRequestId) -> None:
        """Empty the notes of a return request."""
        ...

    def erase_demand(self, tenant_id: TenantId, demand_id: DemandId) -> None:
        """Empty the personal fields of a demand that is filled."""
        ...

    def erase_delivery(self, tenant_id: TenantId, told: LeadDelivery) -> None:
        """Empty what was sent to a webhook and what that answered, whatever its version is now."""
        ...


class JobFiles(Protocol):
    """Files, job by job."""

    def folders(self, prefix: str) -> Iterator[str]:
        """The folders in a folder, by their names; the prefix ends in a slash."""
        ...

    def remove(self, prefix: str) -> None:
        """Delete every file whose key begins so."""
        ...
