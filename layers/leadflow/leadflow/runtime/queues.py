"""What functions that read a queue share: messages in, the ones that are kept out.

In a FIFO queue a message that is kept closes its group until it is visible again: those behind it
in the batch are kept unseen, while the messages of other groups go on.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from leadflow.application.withheld_ports import Message
from leadflow.runtime.observability import logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

Event = dict[str, Any]

_MILLISECONDS = 1_000


class _Kept(Exception):
    """Tells the batch processor that a message stays in its queue."""


def kept_messages(event: Event, is_done: Callable[[Message], bool]) -> Event:
    """Handle every message of a batch; the answer names those that stay in the queue.

    Stay: messages that `is_done` does not end, those whose handling raises, and those behind them
    in their group. No failure of a message fails the batch.
    """
    from aws_lambda_powertools.utilities.batch import SqsFifoPartialProcessor  # noqa: PLC0415

    def handle(record: "SQSRecord") -> None:
        try:
            done = is_done(_message(record))
        except Exception:
            logger().exception("message failed", message_id=record.message_id)
            raise
        if not done:
            raise _Kept

    processor = SqsFifoPartialProcessor(skip_group_on_error=True)
    processor.raise_on_entire_batch_failure = False
    with processor(event["Records"], handle):
        processor.process()
    return {**processor.response()}


def handled_messages(event: Event, handle: Callable[[str], None]) -> Event:
    """Handle the body of every message of a queue without order; those that raise stay in it."""
    from aws_lambda_powertools.utilities.batch import (  # noqa: PLC0415 # as above
        BatchProcessor,
        EventType,
    )

    def handle_one(record: "SQSRecord") -> None:
        try:
            handle(record.body)
        except Exception:
            logger().exception("message failed", message_id=record.message_id)
            raise

    processor = BatchProcessor(EventType.SQS)
    processor.raise_on_entire_batch_failure = False
    with processor(event["Records"], handle_one):
        processor.process()
    return {**processor.response()}


def _message(record: "SQSRecord") -> Message:
    attributes = record.attributes
    sent_at = int(attributes.sent_timestamp) / _MILLISECONDS
    return Message(
        id=record.message_id,
        group=attributes.message_group_id or "",
        body=record.body,
        sent_at=datetime.fromtimestamp(sent_at, UTC),
        receives=int(attributes.approximate_receive_count),
    )
