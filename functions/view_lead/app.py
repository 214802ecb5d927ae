"""`GET /leads/{id}`: show one lead."""

from aws_lambda_powertools.event_handler import Response

from leadflow.runtime import actions
from leadflow.runtime.http import Api, etag, reply
from leadflow.runtime.observability import logger
from leadflow.runtime.representations.leads import lead_detail_body, version_of

api = Api()


@api.get("/leads/<lead_id>")
def get_lead(lead_id: str) -> Response[str]:
    """The lead as the caller may see it."""
    principal = api.principal
    view = actions.view_lead()(principal, lead_id)
    logger().info("lead viewed", tenant_id=principal.tenant_id, lead_id=lead_id)
    version = version_of(view)
    return reply(200, lead_detail_body(view), {} if version is None else {"ETag": etag(version)})


handler = api.handler
