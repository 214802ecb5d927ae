"""Queues: of withheld leads' tokens, of calls for deliveries, of records that cannot be read.

The first two have a message group for each tenant. In the one it keeps the order; in the other,
which has none, it keeps a tenant with many messages from holding up those with few.
"""

import json
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from leadflow.adapters.aws_calls import faults_translated, short_calls
from leadflow.application.fact_ports import StreamRecord
from leadflow.application.withheld_ports import Message, Token
from leadflow.domain.deliveries import Outbox

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


LATER_SECONDS = 60
"""Longer than any request lasts."""


class _Queues:
    """What has a client for queues."""

    @cached_property
    def _client(self) -> "SQSClient":
        import boto3  # noqa: PLC0415 # a second to import: only for what really sends messages

        return boto3.client("sqs", config=short_calls())


class SqsWithheldQueue(_Queues):
    """Implements `WithheldQueue`, FIFO with a group for each tenant; each method is one call."""

    def __init__(self, queue_url: str, dead_letters_url: str) -> None:
        self._queue_url = queue_url
        self._dead_letters_url = dead_letters_url

    def put(self, token: Token) -> None:
        """Send a message to the group of the token's tenant."""
        body: dict[str, object] = {"tenant_id": token.tenant_id}
        if token.is_chain:
            body["chain"] = True
        self._send(self._queue_url, token.tenant_id, token.key, json.dumps(body))

    def set_aside(self, message: Message) -> None:
        """Send the message as it is to the dead letters; a repeat within five minutes is none."""
        self._send(self._dead_letters_url, message.group, message.id, message.body)

    def _send(self, url: str, group: str, key: str, body: str) -> None:
        with faults_translated("The queue"):
            self._client.send_message(
                QueueUrl=url, MessageGroupId=group, MessageDeduplicationId=key, MessageBody=body
            )


class SqsUnreadRecords(_Queues):
    """Implements `UnreadRecords`; one call."""

    def __init__(self, queue_url: str) -> None:
        self._queue_url = queue_url

    def set_aside(self, record: StreamRecord) -> None:
        """Send position, stream and keys, which are ids."""
        changed = record.content.get("dynamodb")
        noted = {
            "position": record.position,
            "stream": record.content.get("eventSourceARN"),
            "keys": changed.get("Keys") if isinstance(changed, Mapping) else None,
        }
        with faults_translated("The queue"):
            self._client.send_message(QueueUrl=self._queue_url, MessageBody=json.dumps(noted))


class SqsOutboxQueue(_Queues):
    """Implements `OutboxQueue`; each method is one call."""

    def __init__(self, queue_url: str, slow_queue_url: str) -> None:
        self._urls = {False: queue_url, True: slow_queue_url}

    def put(self, outbox: Outbox, *, slow: bool) -> None:
        """Send a message that names the outbox."""
        self._send(outbox, self._urls[slow], 0)

    def put_later(self, outbox: Outbox) -> None:
        """Send it with a delay, and where it is in nobody's way."""
        self._send(outbox, self._urls[True], LATER_SECONDS)

    def _send(self, outbox: Outbox, url: str, delay_seconds: int) -> None:
        body = outbox.model_dump_json(exclude_none=True)
        with faults_translated("The queue"):
            self._client.send_message(
                QueueUrl=url,
                MessageGroupId=outbox.tenant_id,
                MessageBody=body,
                DelaySeconds=delay_seconds,
            )
