"""Identifiers: a prefix and 26 lower-case ULID characters (`product.md`, 3.1; `api.md`, 1)."""

import hashlib
import re
from datetime import datetime
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
PartnerId = NewType("PartnerId", str)
AuctionId = NewType("AuctionId", str)
OrderId = NewType("OrderId", str)
ReturnRequestId = NewType("ReturnRequestId", str)
JobId = NewType("JobId", str)
ReturnTierId = NewType("ReturnTierId", str)
WebhookId = NewType("WebhookId", str)
DeliveryId = NewType("DeliveryId", str)
TakingId = NewType("TakingId", str)
ImportId = NewType("ImportId", str)
DemandId = NewType("DemandId", str)
OfferId = NewType("OfferId", str)

OwnerId = CustomerId | PartnerId
"""Who has users beside the tenant."""

_ULID_CHARACTERS = 26
_TIME_CHARACTERS = 10
_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
_BITS_PER_DIGIT = 5
_DIGIT_MASK = 31


def is_identifier(prefix: str, text: str) -> bool:
    """Whether `text` has the shape of an identifier of that kind; says nothing of existence."""
    return re.fullmatch(rf"{prefix}_[0-9a-z]{{{_ULID_CHARACTERS}}}", text) is not None


def derived_identifier(prefix: str, text: str) -> str:
    """The one identifier of that kind that stands for a text: a repeat meets what it has made."""
    return f"{prefix}_{_derived(text, _ULID_CHARACTERS)}"


def derived_identifier_at(prefix: str, text: str, at: datetime) -> str:
    """The same, among others in the order of their moments, as new identifiers are."""
    time = _spelled(int(at.timestamp() * 1000), _TIME_CHARACTERS)[::-1]
    return f"{prefix}_{time}{_derived(text, _ULID_CHARACTERS - _TIME_CHARACTERS)}"


def _derived(text: str, characters: int) -> str:
    return _spelled(int.from_bytes(hashlib.sha256(text.encode()).digest()), characters)


def _spelled(number: int, characters: int) -> str:
    """The lowest digits of a number, the lowest first."""
    digits = (number >> _BITS_PER_DIGIT * place & _DIGIT_MASK for place in range(characters))
    return "".join(_DIGITS[digit] for digit in digits)
