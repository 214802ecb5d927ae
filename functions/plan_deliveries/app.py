"""On a fact from the bus: leave a delivery for every webhook that asks for it."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from leadflow.runtime import webhook_actions
from leadflow.runtime.facts import arrived
from leadflow.runtime.observability import count, logger
from leadflow.runtime.queues import handled_messages


def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Plan deliveries; messages that cannot be handled stay in the queue."""

    def plan(body: str) -> None:
        name, fact = arrived(body)
        planned = webhook_actions.plan_deliveries()(name, fact)
        logger().info(
            "fact arrived",
            tenant_id=fact.tenant_id,
            fact_id=fact.id,
            fact_name=name,
            delivery_ids=[one.id for one in planned],
        )
        count("ArrivedFacts", fact=name)

    return handled_messages(event, plan)
