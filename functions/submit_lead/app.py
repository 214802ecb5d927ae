"""`POST /leads`: accept a lead and tell its outcome."""

from aws_lambda_powertools.event_handler import Response

from leadflow.domain.posts import Post
from leadflow.runtime import actions
from leadflow.runtime.http import Api, reply
from leadflow.runtime.observability import count, logger
from leadflow.runtime.representations.answers import lead_answer

api = Api()


@api.post("/leads")
def post_lead() -> Response[str]:
    """Keep the submission, store the lead, run it through the plan."""
    principal = api.source()
    post = Post(principal, api.text, api.header("X-Partner-Id"), api.repeat)
    answer = actions.submit_lead()(post)
    logger().info("lead", lead_id=answer.lead.id, flow_id=answer.flow_id, status=answer.status)
    count("Leads", status=answer.status)
    return reply(201, lead_answer(answer))


handler = api.handler
