"""`POST /leads/reprocess`: show what a reprocess of many leads would do."""

from aws_lambda_powertools.event_handler import Response

from leadflow.application.preview_reprocess import SELECTION_BYTES_MAX, ReprocessSelection
from leadflow.runtime import reprocess_actions
from leadflow.runtime.http import Api, reply
from leadflow.runtime.observability import logger
from leadflow.runtime.representations.reprocesses import preview_body

api = Api()


@api.post("/leads/reprocess")
def post_reprocess() -> Response[str]:
    """Count and list the leads that would be reprocessed, and those that would not."""
    user = api.tenant_user("leads.reprocess")
    selection = api.body_as(ReprocessSelection, SELECTION_BYTES_MAX)
    preview = reprocess_actions.preview_reprocess()(user.tenant_id, selection)
    logger().info(
        "reprocess previewed",
        tenant_id=user.tenant_id,
        eligible=preview.eligible,
        ineligible=preview.ineligible,
    )
    return reply(200, preview_body(preview))


handler = api.handler
