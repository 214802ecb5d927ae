"""Files in S3 that callers write by signed links, read in ranges."""

from collections.abc import Iterator
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from leadflow.adapters.files import faults_translated, s3_client
from leadflow.application.import_ports import Upload
from leadflow.domain.errors import CorruptState, NotFound

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import GetObjectOutputTypeDef

CHUNK_BYTES = 256 * 1024


class S3Uploads:
    """Implements `Uploads`; the version of a file is its entity tag."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    def signed_put(self, key: str, lifetime: timedelta) -> str:
        """No call: the link is computed."""
        return self._client.generate_presigned_url(
            "put_object",
            Params={"Bucket": self._bucket, "Key": key},
            ExpiresIn=int(lifetime.total_seconds()),
        )

    def find(self, key: str) -> Upload | None:
        """One HEAD."""
        try:
            with faults_translated():
                found = self._client.head_object(Bucket=self._bucket, Key=key)
        except NotFound:
            return None
        return Upload(found["ContentLength"], found["ETag"])

    def part(self, key: str, version: str, start: int, end: int) -> bytes:
        """One GET of a range."""
        with faults_translated():
            return self._opened(key, version, f"bytes={start}-{end - 1}")["Body"].read()

    def chunks(self, key: str, version: str, start: int) -> Iterator[bytes]:
        """One GET, read while it is worked on."""
        with faults_translated():
            body = self._opened(key, version, f"bytes={start}-")["Body"]
            yield from body.iter_chunks(CHUNK_BYTES)

    def _opened(self, key: str, version: str, span: str) -> "GetObjectOutputTypeDef":
        found = self._client.get_object(Bucket=self._bucket, Key=key, Range=span)
        if found["ETag"] != version:
            raise CorruptState("The file was replaced while it was being imported.")
        return found

    @cached_property
    def _client(self) -> "S3Client":
        return s3_client()
