"""Imports on behalf of a customer: where the file goes, then the job that reads it."""

from aws_lambda_powertools.event_handler import Response

from leadflow.application.caller_scope import tenant_scope
from leadflow.application.import_leads import IMPORT_LEADS, ImportOrder
from leadflow.application.track_jobs import JobView
from leadflow.runtime import import_actions
from leadflow.runtime.http import Api, reply
from leadflow.runtime.observability import logger
from leadflow.runtime.representations.imports import import_body
from leadflow.runtime.representations.jobs import job_body

api = Api()


@api.post("/customers/<customer_id>/lead-imports")
def post_lead_import(customer_id: str) -> Response[str]:
    """Store what is to be imported, and answer with the link for the upload."""
    scope = tenant_scope(api.principal, IMPORT_LEADS)
    order = api.body_as(ImportOrder)
    prepared = import_actions.import_leads()(scope, customer_id, order)
    import_id = prepared.lead_import.id
    logger().info("import prepared", tenant_id=scope.tenant_id, import_id=import_id)
    return reply(201, import_body(prepared))


@api.post("/lead-imports/<import_id>/start")
def start_lead_import(import_id: str) -> Response[str]:
    """Look at the file's head, store the job and start its workflow."""
    scope = tenant_scope(api.principal, IMPORT_LEADS)
    api.check_no_body()
    job = import_actions.start_lead_import()(scope, import_id)
    logger().info("import started", tenant_id=scope.tenant_id, job_id=job.id)
    return reply(202, job_body(JobView(job, None)))


handler = api.handler
