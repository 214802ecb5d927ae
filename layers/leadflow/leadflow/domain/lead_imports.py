"""Imports of leads on behalf of a customer: what was asked for, before any row is read (11.9)."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from leadflow.domain.fields import BASIC_FIELD_TITLES, FIELDS_MAX, Field
from leadflow.domain.identifiers import (
    CategoryId,
    CustomerId,
    ImportId,
    JobId,
    LeadTypeId,
    UserId,
    derived_identifier,
)
from leadflow.domain.model import Frozen

MAPPINGS_MAX = FIELDS_MAX + len(BASIC_FIELD_TITLES)
"""Columns that may be mapped: each field of a category at most once."""

COLUMN_CHARACTERS_MAX = 500

FILE_BYTES_MAX = 100 * 1024 * 1024
"""Size of a file; a hundred thousand rows of a kilobyte each."""

ROWS_MAX = 250_000


class LeadImport(Frozen):
    """A file that becomes demands of a customer; `mapping` leads from its columns to fields.

    Without a `lead_type_id` each row is classified.
    """

    id: ImportId
    customer_id: CustomerId
    lead_category_id: CategoryId
    lead_type_id: LeadTypeId | None = None
    mapping: Mapping[str, str]
    filename: str
    created_by: UserId
    created_at: datetime

    def fingerprint(self, content_digest: str) -> str:
        """Equal for imports of the same file: customer, category, mapping and content (11.9)."""
        mapping = sorted(self.mapping.items())
        text = json.dumps([self.customer_id, self.lead_category_id, mapping, content_digest])
        return hashlib.sha256(text.encode()).hexdigest()


class ImportClaim(Frozen):
    """Who imports a content: `origin` was the first, `holder` has gone on with what it left."""

    origin: ImportId
    holder: ImportId


def import_job_id(import_id: ImportId) -> JobId:
    """The one job that carries an import out, however often it is started."""
    return JobId(derived_identifier("job", import_id))


def mapping_mistakes(mapping: Mapping[str, str], fields: Sequence[Field]) -> dict[str, list[str]]:
    """What is wrong with a mapping to the fields of a category, by `mapping.<column>`."""
    titles = {field.title for field in fields}
    errors: dict[str, list[str]] = {}
    columns: dict[str, str] = {}
    for column, title in mapping.items():
        if title not in titles:
            errors[f"mapping.{column}"] = [f"The lead category has no field {title}."]
        elif title in columns:
            message = f"The field {title} is mapped from the column {columns[title]} already."
            errors[f"mapping.{column}"] = [message]
        columns.setdefault(title, column)
    if missing := [field.title for field in fields if _is_missing(field, columns)]:
        errors["mapping"] = [f"The field {title} is required for a post." for title in missing]
    return errors


def header_mistakes(mapping: Iterable[str], columns: Sequence[str]) -> dict[str, list[str]]:
    """Mapped columns that a file does not have, by `mapping.<column>`."""
    known = set(columns)
    missing = [column for column in mapping if column.strip() not in known]
    return {f"mapping.{column}": ["The file has no such column."] for column in missing}


def _is_missing(field: Field, mapped: Mapping[str, str]) -> bool:
    return field.required_for_post and field.title not in mapped
