"""What gate 7 asks of a lead when it is stored (`product.md`, 11.2 and 19)."""

from enum import StrEnum


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
