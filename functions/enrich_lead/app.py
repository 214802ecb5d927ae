"""`POST /leads/{id}/enrich`: ask the Real Estate API about a lead's address."""

from aws_lambda_powertools.event_handler import Response

from leadflow.application.caller_scope import tenant_scope
from leadflow.application.enrich_lead import Enrichment
from leadflow.application.lead_desk import UPDATE_LEADS
from leadflow.runtime import lead_actions
from leadflow.runtime.http import Api, etag, reply
from leadflow.runtime.observability import logger
from leadflow.runtime.representations.lead_changes import enriched_body

api = Api()


@api.post("/leads/<lead_id>/enrich")
def post_enrich(lead_id: str) -> Response[str]:
    """Keep what the endpoints know."""
    scope = tenant_scope(api.principal, UPDATE_LEADS)
    wish = api.body_as(Enrichment)
    enriched = lead_actions.enrich_lead()(scope, lead_id, wish, api.check_version)
    count = enriched.fields_enriched
    logger().info("lead enriched", tenant_id=scope.tenant_id, lead_id=lead_id, fields=count)
    return reply(200, enriched_body(enriched), {"ETag": etag(enriched.lead.version)})


handler = api.handler
