"""`GET /leads`: list and find leads."""

from aws_lambda_powertools.event_handler import Response

from leadflow.application.lead_views import reader_of_leads
from leadflow.application.list_leads import LeadFilters
from leadflow.runtime import actions
from leadflow.runtime.http import Api
from leadflow.runtime.list_requests import list_request
from leadflow.runtime.observability import logger
from leadflow.runtime.pagination import list_reply
from leadflow.runtime.representations.leads import lead_body

api = Api()


@api.get("/leads")
def get_leads() -> Response[str]:
    """A page of the leads that the caller may see."""
    user = reader_of_leads(api.principal)
    request = list_request(api, "leads", LeadFilters)
    page = actions.list_leads()(user, request.filters, request.window)
    logger().info("leads listed", tenant_id=user.tenant_id, leads=len(page.items))
    return list_reply(page, request.window, lead_body)


handler = api.handler
