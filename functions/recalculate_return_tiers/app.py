"""`POST /return-tiers/recalculate`: begin to find every customer's return tier again."""

from aws_lambda_powertools.event_handler import Response

from leadflow.application.caller_scope import tenant_scope
from leadflow.application.recalculate_return_tiers import UPDATE_RETURN_TIERS, RecalculationOrder
from leadflow.application.track_jobs import JobView
from leadflow.runtime import tier_actions
from leadflow.runtime.http import Api, reply
from leadflow.runtime.observability import logger
from leadflow.runtime.representations.jobs import job_body

api = Api()


@api.post("/return-tiers/recalculate")
def post_recalculation() -> Response[str]:
    """Store the job and start its workflow."""
    scope = tenant_scope(api.principal, UPDATE_RETURN_TIERS)
    order = api.optional_body_as(RecalculationOrder)
    job = tier_actions.recalculate_return_tiers()(scope, order, api.repeat)
    logger().info("recalculation ordered", tenant_id=scope.tenant_id, job_id=job.id)
    return reply(202, job_body(JobView(job, None)))


handler = api.handler
