"""`POST /leads/{id}/reprocess`: distribute a lead once more."""

from aws_lambda_powertools.event_handler import Response

from leadflow.application.reprocess_lead import Reprocess, ReprocessRequest
from leadflow.runtime import reprocess_actions
from leadflow.runtime.http import Api, reply
from leadflow.runtime.observability import logger
from leadflow.runtime.representations.reprocesses import FlowOpenedBody

api = Api()


@api.post("/leads/<lead_id>/reprocess")
def post_reprocess(lead_id: str) -> Response[str]:
    """Open a flow and start its run, which nobody waits for."""
    user = api.tenant_user("leads.reprocess")
    start = api.optional_body_as(ReprocessRequest).start
    wish = Reprocess(user.tenant_id, lead_id, start, api.repeat)
    flow_id = reprocess_actions.reprocess_lead()(wish)
    logger().info("reprocess", tenant_id=user.tenant_id, lead_id=lead_id, flow_id=flow_id)
    return reply(202, FlowOpenedBody(flow_id=flow_id))


handler = api.handler
