"""Returns: take leads back; ask for it, decide, and list what was asked for."""

from aws_lambda_powertools.event_handler import Response

from leadflow.application.caller_scope import (
    CallerScope,
    caller_scope,
    customer_scope,
    tenant_scope,
)
from leadflow.application.list_return_requests import ReturnRequestFilters
from leadflow.application.request_return import DecisionForm, ReturnRequestForm
from leadflow.application.return_lead import ReturnForm
from leadflow.domain.returns import ReturnRequest
from leadflow.runtime import return_actions
from leadflow.runtime.http import Api, etag, reply
from leadflow.runtime.list_requests import list_request
from leadflow.runtime.observability import logger
from leadflow.runtime.pagination import list_reply
from leadflow.runtime.representations.leads import lead_detail_body
from leadflow.runtime.representations.returns import return_request_body

DECIDE = "leads.approve-dispute"

api = Api()


@api.post("/leads/<lead_id>/return")
def post_return(lead_id: str) -> Response[str]:
    """Take a lead back on behalf of its customer."""
    scope = tenant_scope(api.principal, "leads.return")
    lead = return_actions.return_lead()(
        scope, lead_id, api.optional_body_as(ReturnForm), api.repeat
    )
    logger().info("lead returned", tenant_id=scope.tenant_id, lead_id=lead.id)
    return reply(200, lead_detail_body(lead), {"ETag": etag(lead.version)})


@api.post("/leads/<lead_id>/return-requests")
def post_return_request(lead_id: str) -> Response[str]:
    """Ask for the return of one of the customer's own leads."""
    scope = customer_scope(api.principal)
    form = api.body_as(ReturnRequestForm)
    request = return_actions.request_return()(scope, lead_id, form, api.repeat)
    return answered(201, scope, request)


@api.post("/return-requests/<request_id>/approve")
def approve(request_id: str) -> Response[str]:
    """Take the lead back, as its customer has asked for."""
    scope = tenant_scope(api.principal, DECIDE)
    form = api.optional_body_as(DecisionForm)
    decide = return_actions.decide_return_request()
    return answered(200, scope, decide.approve(scope, request_id, form, api.repeat))


@api.post("/return-requests/<request_id>/deny")
def deny(request_id: str) -> Response[str]:
    """Leave the lead with its customer."""
    scope = tenant_scope(api.principal, DECIDE)
    form = api.optional_body_as(DecisionForm)
    decide = return_actions.decide_return_request()
    return answered(200, scope, decide.deny(scope, request_id, form, api.repeat))


@api.get("/return-requests")
def get_return_requests() -> Response[str]:
    """A page of the requests that the caller may see."""
    scope = caller_scope(api.principal, DECIDE)
    request = list_request(api, "return requests", ReturnRequestFilters)
    page = return_actions.list_return_requests()(scope, request.filters, request.window)
    return list_reply(page, request.window, return_request_body)


def answered(status: int, scope: CallerScope, request: ReturnRequest) -> Response[str]:
    """Log and answer one request."""
    logger().info(
        "return request",
        tenant_id=scope.tenant_id,
        lead_id=request.lead_id,
        request_id=request.id,
        status=request.status,
    )
    return reply(status, return_request_body(request))


handler = api.handler
