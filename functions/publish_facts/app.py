"""On a batch of a table's stream: tell the facts of its transitions on the bus."""

from collections import Counter
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from leadflow.application.fact_ports import StreamRecord
from leadflow.runtime import fact_actions
from leadflow.runtime.observability import count, logger


def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Tell facts; the answer names the record from which the batch has to come again."""
    records = [StreamRecord(one["dynamodb"]["SequenceNumber"], one) for one in event["Records"]]
    published = fact_actions.publish_facts()(records)
    told = Counter(str(one.name) for one in published.told)
    for name, times in told.items():
        count("Facts", times, fact=name)
    for record in published.set_aside:
        logger().error("record cannot be read", position=record.position)
    logger().info("facts", told=told, resume_at=published.resume_at)
    failed = [published.resume_at] if published.resume_at else []
    return {"batchItemFailures": [{"itemIdentifier": position} for position in failed]}
