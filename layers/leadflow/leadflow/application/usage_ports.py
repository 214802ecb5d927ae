"""A tenant's usage of its subscription plan, as actions see it (`product.md`, 19)."""

from enum import StrEnum
from typing import Protocol

from leadflow.domain.identifiers import TenantId
from leadflow.domain.subscriptions import Cycle, Limits, Measure, Standing


class Admission(StrEnum):
    """What gate 7 asks of a lead that is stored.

    `COUNT` counts it, `CHECK` is for a lead that is counted already; both are refused while the
    threshold is reached, in the very transaction that stores the lead.
    """

    NONE = "none"
    COUNT = "count"
    CHECK = "check"


def admission_of(*, is_counted: bool) -> Admission:
    """What gate 7 asks of a lead that is about to be distributed again."""
    return Admission.CHECK if is_counted else Admission.COUNT


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

    def change_limits(self, tenant_id: TenantId, wanted: Limits) -> Standing:
        """Want other limits: raises act at once, cuts with the next cycle, first limits at once."""
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
