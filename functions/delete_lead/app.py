"""`DELETE /leads/{id}`: delete a lead for good."""

from aws_lambda_powertools.event_handler import Response

from leadflow.application.caller_scope import tenant_scope
from leadflow.application.delete_lead import DELETE_LEADS
from leadflow.runtime import lead_actions
from leadflow.runtime.http import Api, reply
from leadflow.runtime.observability import logger

api = Api()


@api.delete("/leads/<lead_id>")
def delete_lead(lead_id: str) -> Response[str]:
    """Take the lead out of everything but flows and ledger."""
    scope = tenant_scope(api.principal, DELETE_LEADS)
    lead_actions.delete_lead()(scope, lead_id, api.check_version, api.repeat)
    logger().info("lead deleted", tenant_id=scope.tenant_id, lead_id=lead_id)
    return reply(204)


handler = api.handler
