"""On a token of the queue: release the withheld lead of its tenant that has waited longest."""

from datetime import timedelta
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from leadflow.application.withheld_ports import Message
from leadflow.runtime import container, withheld_actions
from leadflow.runtime.observability import count, logger
from leadflow.runtime.queues import kept_messages


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Redeem tokens; those that are kept close the queue of their tenant until they come again."""
    left = timedelta(milliseconds=context.get_remaining_time_in_millis())
    until = container.clock().now() + left

    def is_done(message: Message) -> bool:
        redeemed = withheld_actions.release_withheld_leads()(message, until)
        tried = redeemed.tried
        logger().info(
            "token",
            tenant_id=message.group,
            redemption=redeemed.redemption,
            lead_id=tried and tried.lead_id,
            flow_id=tried and tried.flow_id,
        )
        for lead_id in tried.stuck if tried else ():
            logger().error("lead cannot be released", tenant_id=message.group, lead_id=lead_id)
        count("WithheldTokens", redemption=redeemed.redemption)
        return not redeemed.redemption.is_kept

    return kept_messages(event, is_done)
