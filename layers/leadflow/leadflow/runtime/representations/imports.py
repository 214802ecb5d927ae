"""Imports over HTTP (`api.md`, 4)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from leadflow.domain.model import Frozen

if TYPE_CHECKING:
    from leadflow.application.import_leads import PreparedImport


class UploadBody(Frozen):
    """Where the file goes, and until when."""

    url: str
    method: Literal["PUT"] = "PUT"
    expires_at: datetime


class ImportBody(Frozen):
    """An import that waits for its file."""

    id: str
    upload: UploadBody


def import_body(prepared: PreparedImport) -> ImportBody:
    """The body of a new import."""
    upload = UploadBody(url=prepared.url, expires_at=prepared.expires_at)
    return ImportBody(id=prepared.lead_import.id, upload=upload)
