"""Imports and uploads: fakes and real stores keep the same contracts."""

import boto3
import httpx
import pytest

from leadflow.adapters import uploads as uploads_module
from leadflow.adapters.dynamodb.imports import DynamoImports
from leadflow.adapters.uploads import S3Uploads
from leadflow.application.import_leads import UPLOAD_LIFETIME
from leadflow.application.import_ports import Imports, Uploads
from leadflow.domain.errors import CorruptState, NotFound, TransientFault
from leadflow.domain.identifiers import ImportId, TenantId
from leadflow.domain.lead_imports import ImportClaim
from tests.builders import TENANT_ID, numbered
from tests.fakes.imports import MemoryImports, MemoryUploads
from tests.unit.domain.test_lead_imports import IMPORT

STRANGER = TenantId(numbered("tenant", 9))
FIRST, SECOND, THIRD = (ImportId(numbered("import", number)) for number in (1, 2, 3))
BUCKET, KEY = "files", "tenant/imports/upload.csv"


@pytest.fixture(params=["memory", "dynamo"])
def imports(request: pytest.FixtureRequest) -> Imports:
    if request.param == "memory":
        return MemoryImports()
    request.getfixturevalue("tables")
    return DynamoImports()


def test_an_import_is_kept_for_its_tenant(imports: Imports) -> None:
    imports.add(TENANT_ID, IMPORT)
    assert imports.get(TENANT_ID, IMPORT.id) == IMPORT
    assert imports.get(STRANGER, IMPORT.id) is None
    assert imports.get(TENANT_ID, SECOND) is None


def test_a_content_is_claimed_once_for_each_tenant(imports: Imports) -> None:
    first = ImportClaim(origin=FIRST, holder=FIRST)
    assert imports.claim(TENANT_ID, "print", FIRST) == first
    assert imports.claim(TENANT_ID, "print", FIRST) == first
    assert imports.claim(TENANT_ID, "print", SECOND) == first
    assert imports.claim(TENANT_ID, "other", SECOND).origin == SECOND
    assert imports.claim(STRANGER, "print", SECOND).origin == SECOND


def test_a_claim_is_taken_over_by_who_has_seen_its_holder(imports: Imports) -> None:
    seen = imports.claim(TENANT_ID, "print", FIRST)
    assert imports.take_over(TENANT_ID, "print", seen, SECOND)
    assert not imports.take_over(TENANT_ID, "print", seen, THIRD)
    taken = ImportClaim(origin=FIRST, holder=SECOND)
    assert imports.claim(TENANT_ID, "print", THIRD) == taken


@pytest.fixture(params=["memory", "s3"])
def uploads(request: pytest.FixtureRequest) -> Uploads:
    if request.param == "memory":
        return MemoryUploads()
    request.getfixturevalue("aws")
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    return S3Uploads(BUCKET)


def put(uploads: Uploads, data: bytes) -> None:
    """Write what the link is for."""
    if isinstance(uploads, MemoryUploads):
        uploads.kept[KEY] = data
    else:
        boto3.client("s3").put_object(Bucket=BUCKET, Key=KEY, Body=data)


def test_a_file_is_found_and_read_in_ranges(
    uploads: Uploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads_module, "CHUNK_BYTES", 64)
    assert uploads.find(KEY) is None
    put(uploads, bytes(range(200)))
    found = uploads.find(KEY)
    assert found
    assert found.size_bytes == 200
    assert uploads.part(KEY, found.version, 10, 13) == bytes([10, 11, 12])
    assert uploads.part(KEY, found.version, 190, 400) == bytes(range(190, 200))
    chunks = list(uploads.chunks(KEY, found.version, 5))
    assert b"".join(chunks) == bytes(range(5, 200))
    assert max(map(len, chunks)) <= 64


def test_a_file_that_was_replaced_is_not_read(uploads: Uploads) -> None:
    put(uploads, b"first")
    found = uploads.find(KEY)
    assert found
    put(uploads, b"other")
    with pytest.raises(CorruptState):
        uploads.part(KEY, found.version, 0, 5)
    with pytest.raises(CorruptState):
        list(uploads.chunks(KEY, found.version, 0))


def test_a_link_lets_put_one_file_and_says_until_when(uploads: Uploads) -> None:
    link = httpx.URL(uploads.signed_put(KEY, UPLOAD_LIFETIME))
    assert link.path.endswith(KEY)
    assert "900" in {link.params.get("X-Amz-Expires"), link.params.get("for")}


def test_a_missing_file_and_a_missing_bucket_are_told_apart(aws: None) -> None:
    with pytest.raises(TransientFault):
        S3Uploads(BUCKET).part(KEY, "version", 0, 1)
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    with pytest.raises(NotFound):
        S3Uploads(BUCKET).part(KEY, "version", 0, 1)
