"""`DELETE /marketplace/orders/{id}`: take a buy order back."""

from aws_lambda_powertools.event_handler import Response

from leadflow.application.caller_scope import customer_scope
from leadflow.runtime import marketplace_actions
from leadflow.runtime.http import Api, reply
from leadflow.runtime.observability import logger

api = Api()


@api.delete("/marketplace/orders/<order_id>")
def delete_order(order_id: str) -> Response[str]:
    """Cancel one of the customer's own orders."""
    scope = customer_scope(api.principal)
    marketplace_actions.cancel_buy_order()(scope, order_id)
    logger().info("order canceled", tenant_id=scope.tenant_id, order_id=order_id)
    return reply(204)


handler = api.handler
