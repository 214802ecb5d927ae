"""`PATCH /leads/{id}`: change a lead, and distribute it again if asked to."""

from aws_lambda_powertools.event_handler import Response

from leadflow.application.caller_scope import tenant_scope
from leadflow.application.edit_lead import LeadEdit
from leadflow.application.lead_desk import UPDATE_LEADS
from leadflow.runtime import lead_actions
from leadflow.runtime.http import Api, etag, reply
from leadflow.runtime.observability import logger
from leadflow.runtime.representations.lead_changes import edited_body

api = Api()


@api.patch("/leads/<lead_id>")
def patch_lead(lead_id: str) -> Response[str]:
    """Store contact data and details, and the class that they give."""
    scope = tenant_scope(api.principal, UPDATE_LEADS)
    edit = api.body_as(LeadEdit)
    edited = lead_actions.edit_lead()(scope, lead_id, edit, api.check_version, api.repeat)
    logger().info("lead edited", tenant_id=scope.tenant_id, lead_id=lead_id, flow_id=edited.flow_id)
    return reply(200, edited_body(edited), {"ETag": etag(edited.lead.version)})


handler = api.handler
