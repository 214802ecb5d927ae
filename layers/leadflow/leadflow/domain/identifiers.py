"""Identifiers: a prefix and 26 lower-case ULID characters (`product.md`, 3.1; `api.md`, 1)."""

import re
from typing import NewType

TenantId = NewType("TenantId", str)
SourceId = NewType("SourceId", str)
CategoryId = NewType("CategoryId", str)
LeadTypeId = NewType("LeadTypeId", str)
CustomerId = NewType("CustomerId", str)
BidId = NewType("BidId", str)
LeadId = NewType("LeadId", str)
SubmissionId = NewType("SubmissionId", str)
FlowId = NewType("FlowId", str)
StageId = NewType("StageId", str)
TransactionId = NewType("TransactionId", str)
UserId = NewType("UserId", str)

_ULID_CHARACTERS = 26


def is_identifier(prefix: str, text: str) -> bool:
    """Whether `text` has the shape of an identifier of that kind; says nothing of existence."""
    return re.fullmatch(rf"{prefix}_[0-9a-z]{{{_ULID_CHARACTERS}}}", text) is not None
