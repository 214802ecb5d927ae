"""The header of a file that was uploaded for an import, read from its beginning only."""

from leadflow.application.import_ports import Upload, Uploads
from leadflow.domain.csv_tables import FILE, HEAD_BYTES, Header, read_header
from leadflow.domain.errors import ValidationFailed
from leadflow.domain.lead_imports import FILE_BYTES_MAX, LeadImport, header_mistakes


def uploaded_header(
    uploads: Uploads, key: str, upload: Upload, lead_import: LeadImport
) -> tuple[Header, bytes]:
    """The header, and the bytes of the file before its first row.

    Raises `ValidationFailed` for a file that is too large, is no table or lacks mapped columns.
    """
    if upload.size_bytes > FILE_BYTES_MAX:
        message = f"The file has {upload.size_bytes} bytes; {FILE_BYTES_MAX} are the most."
        raise ValidationFailed({FILE: [message]})
    is_whole = upload.size_bytes <= HEAD_BYTES
    head = uploads.part(key, upload.version, 0, HEAD_BYTES) if upload.size_bytes else b""
    header = read_header(head, lead_import.mapping, is_whole=is_whole)
    if errors := header_mistakes(lead_import.mapping, header.columns):
        raise ValidationFailed(errors)
    return header, head[: header.end]
