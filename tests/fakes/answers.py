"""Answers to requests with an `Idempotency-Key`, in memory."""

from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.utilities.idempotency import BasePersistenceLayer
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyItemAlreadyExistsError,
    IdempotencyItemNotFoundError,
)
from aws_lambda_powertools.utilities.idempotency.persistence.datarecord import DataRecord


class MemoryAnswers(BasePersistenceLayer):
    """A store of answers; `broken` makes every access fail."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # untyped in the library
        self.kept: dict[str, DataRecord] = {}
        self.broken = False

    def _get_record(self, idempotency_key: str) -> DataRecord:
        if idempotency_key not in self.kept:
            raise IdempotencyItemNotFoundError
        return self.kept[idempotency_key]

    def _put_record(self, data_record: DataRecord) -> None:
        if self.broken:
            raise OSError("out of reach")
        key = str(data_record.idempotency_key)
        if key in self.kept and not self.kept[key].is_expired:
            raise IdempotencyItemAlreadyExistsError
        self.kept[key] = data_record

    def _update_record(self, data_record: DataRecord) -> None:
        self.kept[str(data_record.idempotency_key)] = data_record

    def _delete_record(self, data_record: DataRecord) -> None:
        self.kept.pop(str(data_record.idempotency_key), None)

    def expire(self) -> None:
        """Let a day pass."""
        past: dict[str, Any] = {
            "expiry_timestamp": int(datetime(2000, 1, 1, tzinfo=UTC).timestamp())
        }
        for record in self.kept.values():
            record.__dict__.update(past)
