"""`POST /leads/{id}/reclassify`: find category and lead type again."""

from aws_lambda_powertools.event_handler import Response

from leadflow.application.caller_scope import tenant_scope
from leadflow.application.lead_desk import UPDATE_LEADS
from leadflow.runtime import lead_actions
from leadflow.runtime.http import Api, etag, reply
from leadflow.runtime.observability import logger
from leadflow.runtime.representations.lead_changes import reclassified_body

api = Api()


@api.post("/leads/<lead_id>/reclassify")
def post_reclassify(lead_id: str) -> Response[str]:
    """Store the class that is found now."""
    scope = tenant_scope(api.principal, UPDATE_LEADS)
    api.check_no_body()
    done = lead_actions.reclassify_lead()(scope, lead_id, api.check_version)
    status = done.lead.status
    logger().info("lead reclassified", tenant_id=scope.tenant_id, lead_id=lead_id, status=status)
    return reply(200, reclassified_body(done), {"ETag": etag(done.lead.version)})


handler = api.handler
