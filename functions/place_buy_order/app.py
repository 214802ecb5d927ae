"""`POST /marketplace/auctions/{id}/orders`: place or raise a buy order."""

from aws_lambda_powertools.event_handler import Response

from leadflow.application.caller_scope import customer_scope
from leadflow.application.place_buy_order import BuyOrderForm
from leadflow.runtime import marketplace_actions
from leadflow.runtime.http import Api, reply
from leadflow.runtime.observability import logger
from leadflow.runtime.representations.marketplace import placed_body

api = Api()


@api.post("/marketplace/auctions/<auction_id>/orders")
def post_order(auction_id: str) -> Response[str]:
    """Order at an amount; at or above the current price the lead is bought at once."""
    scope, form = customer_scope(api.principal), api.body_as(BuyOrderForm)
    made = marketplace_actions.place_buy_order()(scope, auction_id, form, api.repeat)
    body = placed_body(made)
    logger().info(
        "ordered",
        tenant_id=scope.tenant_id,
        auction_id=auction_id,
        order_id=body.order.id if body.order else None,
    )
    return reply(201, body)


handler = api.handler
