"""Usage of the subscription plan, and its limits."""

from aws_lambda_powertools.event_handler import Response

from leadflow.application.caller_scope import tenant_scope
from leadflow.application.manage_subscription import SubscriptionRequest
from leadflow.runtime import actions
from leadflow.runtime.http import Api, reply
from leadflow.runtime.observability import logger
from leadflow.runtime.representations.subscriptions import subscription_body

api = Api()


@api.get("/usage")
@api.get("/subscription")
def show_usage() -> Response[str]:
    """What is used of the limits in this cycle."""
    scope = tenant_scope(api.principal, "billing.view")
    return reply(200, subscription_body(actions.manage_subscription().show(scope)))


@api.put("/subscription")
def replace_limits() -> Response[str]:
    """Want other limits."""
    scope = tenant_scope(api.principal, "billing.update")
    request = api.body_as(SubscriptionRequest)
    subscription = actions.manage_subscription().change(scope, request)
    logger().info("limits_changed", tenant_id=scope.tenant_id)
    return reply(200, subscription_body(subscription))


handler = api.handler
