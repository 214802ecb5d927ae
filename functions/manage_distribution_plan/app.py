"""The distribution plan: the newest version, older ones, and a new one."""

from aws_lambda_powertools.event_handler import Response

from leadflow.domain.plans import Plan
from leadflow.runtime import configuration_actions
from leadflow.runtime.http import Api, etag, reply
from leadflow.runtime.observability import logger
from leadflow.runtime.representations.configuration import plan_body

api = Api()


@api.get("/distribution-plan")
def show_plan() -> Response[str]:
    """The plan as of now."""
    user = api.tenant_user("stages.view")
    return answered(configuration_actions.manage_distribution_plan().show(user))


@api.put("/distribution-plan")
def replace_plan() -> Response[str]:
    """A new version of the plan."""
    user, body = api.tenant_user("stages.update"), api.body()
    return answered(
        configuration_actions.manage_distribution_plan().replace(user, body, api.check_version)
    )


@api.get("/distribution-plan/versions/<version>")
def show_version(version: str) -> Response[str]:
    """One version of the plan."""
    user = api.tenant_user("stages.view")
    return answered(configuration_actions.manage_distribution_plan().version(user, version))


def answered(plan: Plan) -> Response[str]:
    """Answer a version with its entity tag."""
    logger().info("plan", version=plan.version)
    return reply(200, plan_body(plan), {"ETag": etag(plan.version)})


handler = api.handler
