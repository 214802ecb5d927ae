"""`DELETE /demands/{id}`: cancel a demand."""

from aws_lambda_powertools.event_handler import Response

from leadflow.application.caller_scope import caller_scope
from leadflow.runtime import demand_actions
from leadflow.runtime.http import Api, reply
from leadflow.runtime.observability import logger

api = Api()


@api.delete("/demands/<demand_id>")
def delete_demand(demand_id: str) -> Response[str]:
    """Cancel a demand of the caller's customer, or as the tenant any."""
    scope = caller_scope(api.principal, "leads.import")
    known = demand_actions.cancel_demand()(scope, demand_id)
    logger().info("demand cancelled", tenant_id=scope.tenant_id, demand_id=known)
    return reply(204)


handler = api.handler
