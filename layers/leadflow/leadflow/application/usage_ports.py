"""A tenant's usage of its subscription plan, as actions see it (`product.md`, 19)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from leadflow.application.admissions import Admission, admission_of

if TYPE_CHECKING:
    from leadflow.application.customer_ports import Author
    from leadflow.domain.identifiers import TenantId
    from leadflow.domain.subscriptions import Cycle, Limits, Measure, Standing

__all__ = ["Admission", "PlanUsage", "admission_of"]


class PlanUsage(Protocol):
    """What tenants have used of their limits; leads and sales count themselves as they are stored.

    A tenant that was never given limits has none, and is counted nevertheless.
    """

    def standing(self, tenant_id: TenantId) -> Standing:
        """Usage, limits and what was announced, as of now."""
        ...

    def is_reached(self, tenant_id: TenantId) -> bool:
        """Whether the threshold is reached; one read while that is far."""
        ...

    def watched(self, tenant_id: TenantId) -> Standing | None:
        """The standing of a tenant that somebody has to look at: one read for all others.

        None: there is room, and no level to be announced.
        """
        ...

    def change_limits(
        self, tenant_id: TenantId, wanted: Limits, author: Author | None = None
    ) -> Standing:
        """Want other limits: raises act at once, cuts with the next cycle, first limits at once.

        The audit log tells of the change if it has an author.
        """
        ...

    def upgrade(self, tenant_id: TenantId) -> bool:
        """Move a tenant that has reached its threshold to the next plan, at once.

        True when there is room now, whoever made it; False when no plan has more.
        """
        ...

    def announced(self, tenant_id: TenantId, cycle: Cycle, measure: Measure, level: int) -> bool:
        """Note that a warning level is announced, once in a cycle.

        False when it, or a higher one, had been, or the cycle is over.
        """
        ...
