"""`POST /ping`: tell a source what a lead would be worth."""

from aws_lambda_powertools.event_handler import Response

from leadflow.domain.posts import Post
from leadflow.runtime import actions
from leadflow.runtime.http import Api, reply
from leadflow.runtime.observability import count, logger
from leadflow.runtime.representations.answers import ping_answer

api = Api()


@api.post("/ping")
def post_ping() -> Response[str]:
    """Keep the submission, ask what the plan would do, answer."""
    principal = api.source()
    call = Post(principal, api.text, api.header("X-Partner-Id"))
    answer = actions.receive_ping()(call)
    ping = answer.ping
    logger().info("ping", ping_id=str(ping.id), flow_id=ping.flow_id, status=ping.status)
    count("Pings", status=ping.status)
    return reply(200, ping_answer(answer))


handler = api.handler
