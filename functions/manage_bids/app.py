"""Bids: create, list, show, change, archive."""

from aws_lambda_powertools.event_handler import Response

from leadflow.application.bid_hints import HintRequest
from leadflow.application.bid_standing import BidView
from leadflow.application.caller_scope import caller_scope
from leadflow.application.list_bids import BidFilters
from leadflow.application.manage_bids import BidChange, NewBid
from leadflow.runtime import actions
from leadflow.runtime.http import Api, etag, reply
from leadflow.runtime.list_requests import list_request
from leadflow.runtime.observability import logger
from leadflow.runtime.pagination import list_reply
from leadflow.runtime.representations.bids import bid_body, hint_body

api = Api()


@api.post("/bids")
def post_bid() -> Response[str]:
    """Create a bid."""
    scope = caller_scope(api.principal, "bids.create")
    return answered(201, actions.manage_bids().create(scope, api.body_as(NewBid)))


@api.get("/bids")
def get_bids() -> Response[str]:
    """A page of the bids that the caller may see."""
    scope = caller_scope(api.principal, "bids.view")
    request = list_request(api, "bids", BidFilters)
    page = actions.list_bids()(scope, request.filters, request.window)
    return list_reply(page, request.window, bid_body)


@api.get("/bids/hints")
def get_hints() -> Response[str]:
    """What position each amount would have in a location."""
    scope = caller_scope(api.principal, "bids.view")
    request = list_request(api, "hints", HintRequest)
    page = actions.hint_at_positions()(scope, request.filters, request.window)
    return list_reply(page, request.window, hint_body)


@api.get("/bids/<bid_id>")
def get_bid(bid_id: str) -> Response[str]:
    """One bid and how it stands."""
    scope = caller_scope(api.principal, "bids.view")
    return answered(200, actions.manage_bids().read(scope, bid_id))


@api.patch("/bids/<bid_id>")
def patch_bid(bid_id: str) -> Response[str]:
    """Change amount, limits or pause of a bid."""
    scope = caller_scope(api.principal, "bids.update")
    change = api.body_as(BidChange)
    return answered(200, actions.manage_bids().edit(scope, bid_id, change, api.check_version))


@api.delete("/bids/<bid_id>")
def delete_bid(bid_id: str) -> Response[str]:
    """Archive a bid."""
    scope = caller_scope(api.principal, "bids.delete")
    actions.manage_bids().archive(scope, bid_id, api.check_version)
    logger().info("archived", tenant_id=scope.tenant_id, bid_id=bid_id)
    return reply(204)


def answered(status: int, view: BidView) -> Response[str]:
    """Answer one bid with its entity tag."""
    logger().info("bid", bid_id=view.bid.id, status=view.statuses.display)
    return reply(status, bid_body(view), {"ETag": etag(view.bid.version)})


handler = api.handler
