"""`POST /demands/{id}/offers`: offer a lead for a demand."""

from aws_lambda_powertools.event_handler import Response

from leadflow.application.offer_on_demand import OfferForm
from leadflow.domain.posts import Post
from leadflow.runtime import demand_actions
from leadflow.runtime.http import Api, reply
from leadflow.runtime.observability import count, logger
from leadflow.runtime.representations.demands import offer_body

api = Api()


@api.post("/demands/<demand_id>/offers")
def post_offer(demand_id: str) -> Response[str]:
    """Accept, refuse or keep an offer; a cheap one buys at once."""
    source, form = api.source(), api.body_as(OfferForm)
    post = Post(source, api.text, api.header("X-Partner-Id"), api.repeat)
    view = demand_actions.offer_on_demand()(demand_id, post, form)
    logger().info(
        "offer",
        tenant_id=source.tenant_id,
        demand_id=demand_id,
        offer_id=view.offer.id,
        lead_id=view.offer.lead_id,
        status=view.status,
        reason=view.offer.reason,
    )
    count("Offers", status=view.status)
    return reply(201, offer_body(view))


handler = api.handler
