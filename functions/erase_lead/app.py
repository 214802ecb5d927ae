"""`POST /leads/{id}/erase`: begin to erase all that was made of a lead's data."""

from aws_lambda_powertools.event_handler import Response

from leadflow.application.caller_scope import tenant_scope
from leadflow.application.delete_lead import DELETE_SOLD_LEADS
from leadflow.application.erase_lead import ErasureOrder
from leadflow.application.track_jobs import JobView
from leadflow.runtime import erasure_actions
from leadflow.runtime.http import Api, reply
from leadflow.runtime.observability import logger
from leadflow.runtime.representations.jobs import job_body

api = Api()


@api.post("/leads/<lead_id>/erase")
def erase_lead(lead_id: str) -> Response[str]:
    """Store the job and start its workflow."""
    scope = tenant_scope(api.principal, DELETE_SOLD_LEADS)
    order = api.optional_body_as(ErasureOrder)
    job = erasure_actions.erase_lead()(scope, lead_id, order, api.repeat)
    logger().info("erasure ordered", tenant_id=scope.tenant_id, lead_id=lead_id, job_id=job.id)
    return reply(202, job_body(JobView(job, None)))


handler = api.handler
