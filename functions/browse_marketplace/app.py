"""What is on the marketplace, for customers, tenants and anybody; and a customer's own orders."""

from aws_lambda_powertools.event_handler import Response

from leadflow.application.browse_marketplace import AuctionFilters
from leadflow.application.caller_scope import caller_scope, customer_scope
from leadflow.runtime import marketplace_actions
from leadflow.runtime.http import Api
from leadflow.runtime.list_requests import list_request, list_window, public_list_request
from leadflow.runtime.pagination import list_reply
from leadflow.runtime.representations.marketplace import auction_body, order_body

api = Api()


@api.get("/marketplace/auctions")
def get_auctions() -> Response[str]:
    """A page of the listings."""
    scope = caller_scope(api.principal, "marketplace.view")
    request = list_request(api, "auctions", AuctionFilters)
    browse = marketplace_actions.browse_marketplace()
    page = browse.auctions(scope, request.filters, request.window)
    return list_reply(page, request.window, auction_body)


@api.get("/public/<tenant_id>/marketplace")
def get_public_auctions(tenant_id: str) -> Response[str]:
    """A page of the listings of a tenant that shows them to anybody."""
    browse = marketplace_actions.browse_marketplace()
    shown = browse.admitted(tenant_id, api.caller_address)
    request = public_list_request(api, shown.tenant, "public auctions", AuctionFilters)
    page = browse.public(shown, request.filters, request.window)
    return list_reply(page, request.window, auction_body)


@api.get("/marketplace/orders")
def get_orders() -> Response[str]:
    """A page of the customer's own buy orders."""
    scope = customer_scope(api.principal)
    window = list_window(api, "buy orders", {})
    page = marketplace_actions.browse_marketplace().orders(scope, window)
    return list_reply(page, window, order_body)


handler = api.handler
