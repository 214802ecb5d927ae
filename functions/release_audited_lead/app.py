"""`POST /leads/{id}/release`: let a lead out of Audit."""

from aws_lambda_powertools.event_handler import Response

from leadflow.application.caller_scope import tenant_scope
from leadflow.application.lead_desk import UPDATE_LEADS
from leadflow.runtime import lead_actions
from leadflow.runtime.http import Api, reply
from leadflow.runtime.observability import logger
from leadflow.runtime.representations.reprocesses import FlowOpenedBody

api = Api()


@api.post("/leads/<lead_id>/release")
def post_release(lead_id: str) -> Response[str]:
    """Open a flow and start its run, which nobody waits for."""
    scope = tenant_scope(api.principal, UPDATE_LEADS)
    api.check_no_body()
    flow_id = lead_actions.release_audited_lead()(scope, lead_id, api.repeat)
    logger().info("lead released", tenant_id=scope.tenant_id, lead_id=lead_id, flow_id=flow_id)
    return reply(202, FlowOpenedBody(flow_id=flow_id))


handler = api.handler
