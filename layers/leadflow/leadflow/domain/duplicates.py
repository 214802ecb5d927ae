"""Duplicate checks and the fingerprints that carry them out (`product.md`, 10.1)."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import Field as Bound

from leadflow.domain.identifiers import CategoryId, SourceId
from leadflow.domain.model import Frozen
from leadflow.domain.values import FieldValue, NormalValue, plain_text

DAYS_MAX = 3_650
CHECK_FIELDS_MAX = 20


class DuplicateCheck(Frozen):
    """Fields that must all be equal to those of an earlier lead within `days` x 24 hours.

    With a `source_id` only that source's leads are compared, without one those of all sources.
    """

    id: str
    source_id: SourceId | None = None
    fields: Annotated[tuple[str, ...], Bound(min_length=1, max_length=CHECK_FIELDS_MAX)]
    days: Annotated[int, Bound(ge=1, le=DAYS_MAX)]
    apply_to_pings: bool = False
    ignore_punctuation: bool = False
    case_sensitive: bool = False
    archived: bool = False
    version: int = 1
    created_at: datetime
    updated_at: datetime


def fingerprint(
    check: DuplicateCheck,
    category_id: CategoryId,
    values: Mapping[str, FieldValue],
    normal: Mapping[str, NormalValue],
) -> str | None:
    """A digest that two leads of a tenant share exactly if the check calls them equal.

    None if the lead lacks one of the fields (then there is no hit) or if nothing of a value is
    left once its punctuation is gone. Two checks that compare alike share their digests, so a
    check that is deleted and made again still knows the leads before it.
    """
    titles = sorted(check.fields)
    compared = [_compared(check, values.get(title), normal.get(title)) for title in titles]
    if not all(compared):
        return None
    switches = [check.ignore_punctuation, check.case_sensitive]
    parts = [category_id, check.source_id, titles, switches, compared]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _compared(
    check: DuplicateCheck, value: FieldValue | None, normal: NormalValue | None
) -> str | None:
    if value is None or normal is None:
        return None
    text = _text(normal)
    # Only text has a case; a phone's or a date's normal form says more than its spelling does.
    if check.case_sensitive and isinstance(value, str) and isinstance(normal, str):
        spelled = " ".join(value.split())
        text = spelled if spelled.casefold() == normal.casefold() else normal
    if check.ignore_punctuation:
        text = "".join(character for character in text if character.isalnum())
    return text


def _text(normal: NormalValue) -> str:
    return plain_text(normal.normalize() if isinstance(normal, Decimal) else normal)
