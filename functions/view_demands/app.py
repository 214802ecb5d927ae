"""Demands and offers: for sources what is open, for customers their own, for tenants all."""

from aws_lambda_powertools.event_handler import Response

from leadflow.application.browse_demands import DemandFilters
from leadflow.application.caller_scope import caller_scope, tenant_scope
from leadflow.domain.principals import SourcePrincipal
from leadflow.runtime import demand_actions
from leadflow.runtime.http import Api, reply
from leadflow.runtime.list_requests import list_request, list_window
from leadflow.runtime.pagination import list_reply
from leadflow.runtime.representations.demands import demand_body, offer_body, tenant_offer_body

VIEW = "leads.view"

api = Api()


@api.get("/demands")
def get_demands() -> Response[str]:
    """A page of the demands that the caller may see."""
    caller, browse = api.principal, demand_actions.browse_demands()
    if isinstance(caller, SourcePrincipal):
        window = list_window(api, "open demands", {})
        return list_reply(browse.of_source(caller, window), window, demand_body)
    scope = caller_scope(caller, VIEW)
    request = list_request(api, "demands", DemandFilters)
    page = browse.of_tenant(scope, request.filters, request.window)
    return list_reply(page, request.window, demand_body)


@api.get("/demands/<demand_id>")
def get_demand(demand_id: str) -> Response[str]:
    """One demand."""
    caller, browse = api.principal, demand_actions.browse_demands()
    if isinstance(caller, SourcePrincipal):
        return reply(200, demand_body(browse.one_open(caller, demand_id)))
    return reply(200, demand_body(browse.one(caller_scope(caller, VIEW), demand_id)))


@api.get("/demands/<demand_id>/offers")
def get_offers(demand_id: str) -> Response[str]:
    """A page of the caller's own offers; users of the tenant see all."""
    caller, browse = api.principal, demand_actions.browse_demands()
    window = list_window(api, "offers", {"demand_id": demand_id})
    if isinstance(caller, SourcePrincipal):
        return list_reply(browse.own_offers(caller, demand_id, window), window, offer_body)
    page = browse.offers(tenant_scope(caller, VIEW), demand_id, window)
    return list_reply(page, window, tenant_offer_body)


handler = api.handler
