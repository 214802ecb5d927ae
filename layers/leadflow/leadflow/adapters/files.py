"""Files in S3, written part by part so that memory stays the same whatever their size."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from leadflow.domain.errors import NotFound, TransientFault

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PART_BYTES_MIN = 5 * 1024 * 1024
"""S3 takes no smaller part of a file, but for the last."""

_MISSING = {"NoSuchKey", "404"}


class S3Files:
    """Implements `Files` and `JobFiles`."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    def put(self, key: str, data: bytes) -> None:
        """One PUT."""
        with faults_translated():
            self._client.put_object(Bucket=self._bucket, Key=key, Body=data)

    def read(self, key: str) -> bytes:
        """One GET."""
        with faults_translated():
            return self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()

    def keys(self, prefix: str) -> Iterator[str]:
        """One LIST for every thousand keys."""
        with faults_translated():
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._bucket, Prefix=prefix):
                yield from (found["Key"] for found in page.get("Contents", ()))

    def folders(self, prefix: str) -> Iterator[str]:
        """One LIST for every thousand folders."""
        with faults_translated():
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._bucket, Prefix=prefix, Delimiter="/"):
                found = (one["Prefix"] for one in page.get("CommonPrefixes", ()))
                yield from (one.removeprefix(prefix).removesuffix("/") for one in found)

    def remove(self, prefix: str) -> None:
        """One DELETE for each file."""
        for key in self.keys(prefix):
            with faults_translated():
                self._client.delete_object(Bucket=self._bucket, Key=key)

    @contextmanager
    def writer(self, key: str) -> Iterator["PartWriter"]:
        """A multipart upload: completed at the end, aborted on any error."""
        with faults_translated():
            begun = self._client.create_multipart_upload(Bucket=self._bucket, Key=key)
        upload: dict[str, Any] = {"Bucket": self._bucket, "Key": key, "UploadId": begun["UploadId"]}
        writer = PartWriter(self._client, upload)
        try:
            yield writer
            with faults_translated():
                writer.close()
        except BaseException:
            with faults_translated():
                self._client.abort_multipart_upload(**upload)
            raise

    def signed_url(self, key: str, *, filename: str, lifetime: timedelta) -> str:
        """No call: the link is computed."""
        disposition = f'attachment; filename="{filename}"'
        return self._client.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self._bucket,
                "Key": key,
                "ResponseContentDisposition": disposition,
                "ResponseContentType": "text/csv; charset=utf-8",
            },
            ExpiresIn=int(lifetime.total_seconds()),
        )

    @cached_property
    def _client(self) -> "S3Client":
        return s3_client()


class PartWriter:
    """Implements `FileWriter`: holds no more than a part."""

    def __init__(self, client: "S3Client", upload: dict[str, Any]) -> None:
        self._client = client
        self._upload = upload
        self._held = bytearray()
        self._parts: list[Any] = []

    def write(self, data: bytes) -> None:
        """Hold bytes back until they make a part."""
        self._held += data
        if len(self._held) >= PART_BYTES_MIN:
            with faults_translated():
                self._send()

    def close(self) -> None:
        """Send what is left, and make the file of its parts."""
        if self._held or not self._parts:
            self._send()
        self._client.complete_multipart_upload(
            **self._upload, MultipartUpload={"Parts": self._parts}
        )

    def _send(self) -> None:
        number = len(self._parts) + 1
        sent = self._client.upload_part(**self._upload, PartNumber=number, Body=bytes(self._held))
        self._parts.append({"PartNumber": number, "ETag": sent["ETag"]})
        self._held.clear()


def s3_client() -> "S3Client":
    """A client of S3."""
    import boto3  # noqa: PLC0415 # a second to import: only for what really has files
    from botocore.config import Config  # noqa: PLC0415 # as above

    # New buckets take no links that are signed in the older way, the default of some regions.
    return boto3.client("s3", config=Config(signature_version="s3v4"))


@contextmanager
def faults_translated() -> Iterator[None]:
    """Turn errors of S3 into `NotFound` and `TransientFault`; messages name the error only."""
    from botocore.exceptions import (  # noqa: PLC0415 # loaded with the client, when used
        BotoCoreError,
        ClientError,
    )

    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in _MISSING:
            raise NotFound("There is no such file.") from error
        raise TransientFault(f"The file store failed: {code}") from error
    except BotoCoreError as error:
        raise TransientFault(f"The file store failed: {type(error).__name__}") from error
