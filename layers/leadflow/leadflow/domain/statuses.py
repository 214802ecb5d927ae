"""The statuses of a lead and what they mean (`product.md`, 11.1)."""

from enum import StrEnum


class LeadStatus(StrEnum):
    """The twelve statuses of a lead."""

    PENDING = "pending"
    PROCESSING = "processing"
    ASSIGNED = "assigned"
    POSTED = "posted"
    DUPLICATE = "duplicate"
    RETURNED = "returned"
    UNASSIGNED = "unassigned"
    WITHHELD = "withheld"
    MARKETPLACE = "marketplace"
    AUDIT = "audit"
    UNCATEGORIZED = "uncategorized"
    DISTRIBUTION_ERROR = "distribution_error"


SOLD = frozenset({LeadStatus.ASSIGNED, LeadStatus.POSTED, LeadStatus.RETURNED})

REPROCESSABLE = frozenset(
    {
        LeadStatus.UNASSIGNED,
        LeadStatus.UNCATEGORIZED,
        LeadStatus.PENDING,
        LeadStatus.DISTRIBUTION_ERROR,
    }
)

BEFORE_AUDIT = frozenset({LeadStatus.PENDING, LeadStatus.UNCATEGORIZED})
"""Statuses in which a lead may not have passed gate 6 yet (11.2)."""

EDITABLE = REPROCESSABLE | {LeadStatus.WITHHELD, LeadStatus.AUDIT}
"""Statuses of leads that nobody has and that no run or listing holds."""
