"""`GET /flows`, `GET /flows/{id}` and `GET /leads/{id}/flows`: show what happened and why."""

from aws_lambda_powertools.event_handler import Response

from leadflow.application.lead_views import VIEW_LEADS
from leadflow.application.view_flows import FlowFilters
from leadflow.runtime import actions
from leadflow.runtime.http import Api, reply
from leadflow.runtime.list_requests import list_request, list_window
from leadflow.runtime.pagination import list_reply
from leadflow.runtime.representations.flows import flow_body, flow_summary_body

api = Api()


@api.get("/flows")
def get_flows() -> Response[str]:
    """A page of the tenant's flows."""
    user = api.tenant_user(VIEW_LEADS)
    request = list_request(api, "flows", FlowFilters)
    page = actions.list_flows()(user, request.filters, request.window)
    return list_reply(page, request.window, flow_summary_body)


@api.get("/leads/<lead_id>/flows")
def get_flows_of_lead(lead_id: str) -> Response[str]:
    """A page of one lead's flows."""
    user = api.tenant_user(VIEW_LEADS)
    window = list_window(api, "flows of a lead", {"lead_id": lead_id})
    page = actions.list_flows_of_lead()(user, lead_id, window)
    return list_reply(page, window, flow_summary_body)


@api.get("/flows/<flow_id>")
def get_flow(flow_id: str) -> Response[str]:
    """One flow with its timeline and decision record."""
    view = actions.view_flow()(api.tenant_user(VIEW_LEADS), flow_id)
    return reply(200, flow_body(view))


handler = api.handler
