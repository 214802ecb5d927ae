"""What returning leads, and asking for it, needs from the stores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from leadflow.application.list_ports import Period, Spot
    from leadflow.domain.identifiers import CustomerId, ReturnRequestId, TenantId
    from leadflow.domain.leads import Lead
    from leadflow.domain.returns import Returned, ReturnRequest, ReturnStatus


class Returns(Protocol):
    """The one place where a return changes lead, money and limits together."""

    def book(self, tenant_id: TenantId, after: Returned) -> bool:
        """Store all that a return changes; False, and nothing stored, when any of it has moved on.

        Everything is the next version. A refund that exists already counts as moved on.
        """
        ...


class ReturnRequests(Protocol):
    """Customers' requests to return leads."""

    def open(self, tenant_id: TenantId, lead: Lead, request: ReturnRequest) -> bool:
        """Store a new request with its lead, which is the next version.

        False, and nothing stored, when the lead has moved on or has a request.
        """
        ...

    def decide(self, tenant_id: TenantId, request: ReturnRequest) -> bool:
        """Store the next version of a request; False when the stored one has moved on."""
        ...

    def get(self, tenant_id: TenantId, request_id: ReturnRequestId) -> ReturnRequest | None:
        """One request, as of now."""
        ...


@dataclass(frozen=True)
class ReturnWalk:
    """Requests of a customer, or else in a status, or else all; newest first.

    With both given it is a walk over the customer's; whoever reads it filters.
    """

    customer_id: CustomerId | None
    status: ReturnStatus | None
    period: Period


class ReturnRequestLists(Protocol):
    """Return requests in the order in which they were made."""

    def spots(
        self, tenant_id: TenantId, walk: ReturnWalk, *, limit: int, position: str | None
    ) -> Sequence[Spot]:
        """The next requests behind a position; fewer than `limit` only at the end."""
        ...

    def many(self, tenant_id: TenantId, request_ids: Sequence[str]) -> Mapping[str, ReturnRequest]:
        """Requests by id, as of now; unknown ones are left out."""
        ...
