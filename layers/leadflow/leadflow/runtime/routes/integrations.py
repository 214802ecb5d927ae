"""Routes of the integrations with outside services."""

from aws_lambda_powertools.event_handler import Response

from leadflow.domain.configuration import RealEstateApi
from leadflow.runtime import configuration_actions
from leadflow.runtime.http import Api, etag, reply
from leadflow.runtime.observability import logger
from leadflow.runtime.representations.configuration import real_estate_api_body

_PATH = "/integrations/real-estate-api"


def add_integrations(api: Api) -> None:
    """Add the routes of the Real Estate API."""

    @api.get(_PATH)
    def show() -> Response[str]:
        user = api.tenant_user("integrations.view")
        return _answered(configuration_actions.manage_real_estate_api().show(user))

    @api.put(_PATH)
    def replace() -> Response[str]:
        user, body = api.tenant_user("integrations.update"), api.body()
        action = configuration_actions.manage_real_estate_api()
        return _answered(action.replace(user, body, api.check_version))

    @api.delete(_PATH)
    def remove() -> Response[str]:
        user = api.tenant_user("integrations.delete")
        configuration_actions.manage_real_estate_api().remove(user, api.check_version)
        logger().info("integration removed", tenant_id=user.tenant_id)
        return reply(204)


def _answered(integration: RealEstateApi) -> Response[str]:
    logger().info("integration", version=integration.version)
    body = real_estate_api_body(integration)
    return reply(200, body, {"ETag": etag(integration.version)})
