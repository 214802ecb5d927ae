"""`POST /customers/{id}/lead-exports`: begin an export of a customer's leads."""

from aws_lambda_powertools.event_handler import Response

from leadflow.application.caller_scope import caller_scope
from leadflow.application.export_leads import EXPORT_LEADS, ExportOrder
from leadflow.application.track_jobs import JobView
from leadflow.runtime import export_actions
from leadflow.runtime.http import Api, reply
from leadflow.runtime.observability import logger
from leadflow.runtime.representations.jobs import job_body

api = Api()


@api.post("/customers/<customer_id>/lead-exports")
def post_lead_export(customer_id: str) -> Response[str]:
    """Store the job and start its workflow."""
    scope = caller_scope(api.principal, EXPORT_LEADS)
    order = api.optional_body_as(ExportOrder)
    job = export_actions.export_leads()(scope, customer_id, order, api.repeat)
    logger().info("export ordered", tenant_id=scope.tenant_id, job_id=job.id)
    return reply(202, job_body(JobView(job, None)))


handler = api.handler
