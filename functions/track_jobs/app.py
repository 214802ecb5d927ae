"""`/jobs/{id}`: how far a job is, what it made, and an end to it."""

from aws_lambda_powertools.event_handler import Response

from leadflow.application.track_jobs import owner_of_jobs
from leadflow.runtime import job_actions
from leadflow.runtime.http import Api, reply
from leadflow.runtime.observability import logger
from leadflow.runtime.representations.jobs import job_body

api = Api()


@api.get("/jobs/<job_id>")
def get_job(job_id: str) -> Response[str]:
    """One job of the caller."""
    return reply(200, job_body(job_actions.track_jobs().view(api.principal, job_id)))


@api.post("/jobs/<job_id>/cancel")
def cancel_job(job_id: str) -> Response[str]:
    """Do no more of it."""
    owner = owner_of_jobs(api.principal)
    api.check_no_body()
    view = job_actions.track_jobs().cancel(owner, job_id)
    logger().info("job cancelled", job_id=view.job.id, kind=view.job.kind)
    return reply(200, job_body(view))


handler = api.handler
