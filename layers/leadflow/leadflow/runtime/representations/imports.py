"""Imports over HTTP (`api.md`, 4)."""

from datetime import datetime
from typing import Literal

from leadflow.application.import_leads import PreparedImport
from leadflow.domain.model import Frozen


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
