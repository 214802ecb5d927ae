"""On a call for deliveries: send what lies in the outbox of a webhook."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from leadflow.domain.deliveries import Outbox
from leadflow.runtime import webhook_actions
from leadflow.runtime.observability import count, logger
from leadflow.runtime.queues import handled_messages


def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Work on outboxes; the call stays in the queue until its work is done."""

    def deliver(body: str) -> None:
        outbox = Outbox.model_validate_json(body)
        worked = webhook_actions.deliver_webhook()(outbox)
        logger().info(
            "outbox",
            tenant_id=outbox.tenant_id,
            webhook_id=outbox.webhook_id,
            delivered=worked.delivered,
            is_taken=worked.is_taken,
            is_handed_on=worked.is_handed_on,
            is_failing=worked.is_failing,
        )
        count("WorkedOutboxes", failing=str(worked.is_failing))

    return handled_messages(event, deliver)
