"""Buy listed leads at the current price."""

from aws_lambda_powertools.event_handler import Response

from leadflow.application.buy_lead import BuyForm, BuyManyForm
from leadflow.application.caller_scope import customer_scope
from leadflow.runtime import marketplace_actions
from leadflow.runtime.http import Api, reply
from leadflow.runtime.observability import logger
from leadflow.runtime.representations.marketplace import items_body, purchase_body

api = Api()


@api.post("/marketplace/auctions/<auction_id>/buy")
def post_purchase(auction_id: str) -> Response[str]:
    """Buy one lead."""
    scope, form = customer_scope(api.principal), api.body_as(BuyForm)
    purchase = marketplace_actions.buy_lead()(scope, auction_id, form, api.repeat)
    logger().info(
        "bought", tenant_id=scope.tenant_id, lead_id=purchase.view.lead.id, auction_id=auction_id
    )
    return reply(200, purchase_body(purchase))


@api.post("/marketplace/buy")
def post_purchases() -> Response[str]:
    """Buy several leads, each decided on its own."""
    scope, form = customer_scope(api.principal), api.body_as(BuyManyForm)
    results = marketplace_actions.buy_lead().many(scope, form, api.repeat)
    for one in results:
        logger().info(one.status, tenant_id=scope.tenant_id, lead_id=one.lead_id, code=one.code)
    return reply(200, items_body(results))


handler = api.handler
