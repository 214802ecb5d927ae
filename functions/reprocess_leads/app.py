"""`POST /leads/reprocess`: show what a reprocess of many leads would do, and do it if confirmed."""

from aws_lambda_powertools.event_handler import Response

from leadflow.application.reprocess_selection import SELECTION_BYTES_MAX, ReprocessSelection
from leadflow.application.track_jobs import JobView
from leadflow.domain.principals import UserPrincipal
from leadflow.runtime import reprocess_actions
from leadflow.runtime.http import Api, reply
from leadflow.runtime.observability import logger
from leadflow.runtime.representations.jobs import job_body
from leadflow.runtime.representations.reprocesses import preview_body

api = Api()


@api.post("/leads/reprocess")
def post_reprocess() -> Response[str]:
    """A preview, or with `confirm` the job."""
    user = api.tenant_user("leads.reprocess")
    selection = api.body_as(ReprocessSelection, SELECTION_BYTES_MAX)
    return _confirmed(user, selection) if selection.confirm else _previewed(user, selection)


def _confirmed(user: UserPrincipal, selection: ReprocessSelection) -> Response[str]:
    job = reprocess_actions.reprocess_leads()(user, selection, api.repeat)
    logger().info("reprocess confirmed", tenant_id=user.tenant_id, job_id=job.id)
    return reply(202, job_body(JobView(job, None)))


def _previewed(user: UserPrincipal, selection: ReprocessSelection) -> Response[str]:
    preview = reprocess_actions.preview_reprocess()(user.tenant_id, selection)
    logger().info(
        "reprocess previewed",
        tenant_id=user.tenant_id,
        eligible=preview.eligible,
        ineligible=preview.ineligible,
    )
    return reply(200, preview_body(preview))


handler = api.handler
