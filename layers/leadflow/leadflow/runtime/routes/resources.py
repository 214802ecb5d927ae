"""Routes of all plain resources; the collection in the path says which one."""

from aws_lambda_powertools.event_handler import Response

from leadflow.application.configuration_ports import ResourceKind
from leadflow.application.manage_configuration.desk import Shown, ToldSecrets
from leadflow.application.manage_configuration.resources import resource_of
from leadflow.domain.principals import CUSTOMER_ROLES, UserPrincipal
from leadflow.runtime import configuration_actions
from leadflow.runtime.http import Api, etag, reply
from leadflow.runtime.list_requests import list_window
from leadflow.runtime.observability import logger
from leadflow.runtime.pagination import list_reply
from leadflow.runtime.representations.configuration import resource_body

OPEN_TO_CUSTOMERS = frozenset({ResourceKind.RETURN_TIER.value})
"""Collections that customers' users see as well (`product.md`, 20.2)."""


def add_resources(api: Api) -> None:
    """Add the routes of every resource in the registry."""

    @api.get("/<collection>")
    def list_objects(collection: str) -> Response[str]:
        user, window = _viewer(api, collection), list_window(api, collection, {})
        page = configuration_actions.manage_configuration().page(user, collection, window)
        return list_reply(page, window, resource_body)

    @api.post("/<collection>")
    def create(collection: str) -> Response[str]:
        user = _user(api, collection, "create")
        made = configuration_actions.manage_configuration().create(user, collection, api.body())
        return _answered(201, *made)

    @api.get("/<collection>/<object_id>")
    def show(collection: str, object_id: str) -> Response[str]:
        user = _viewer(api, collection)
        return _answered(
            200, configuration_actions.manage_configuration().show(user, collection, object_id)
        )

    @api.patch("/<collection>/<object_id>")
    def change(collection: str, object_id: str) -> Response[str]:
        user, action = (
            _user(api, collection, "update"),
            configuration_actions.manage_configuration(),
        )
        patch = api.body()
        return _answered(200, action.change(user, collection, object_id, patch, api.check_version))

    @api.delete("/<collection>/<object_id>")
    def archive(collection: str, object_id: str) -> Response[str]:
        user = _user(api, collection, "delete")
        configuration_actions.manage_configuration().archive(
            user, collection, object_id, api.check_version
        )
        logger().info("archived", tenant_id=user.tenant_id, resource_id=object_id)
        return reply(204)

    @api.post("/sources/<source_id>/credentials")
    def rotate(source_id: str) -> Response[str]:
        user, action = (
            api.tenant_user("sources.update"),
            configuration_actions.manage_configuration(),
        )
        api.check_no_body()
        return _answered(201, *action.rotate_credentials(user, source_id, api.check_version))

    @api.post("/webhooks/<webhook_id>/rotate-secret")
    def rotate_secret(webhook_id: str) -> Response[str]:
        user, action = (
            api.tenant_user("webhooks.update"),
            configuration_actions.manage_configuration(),
        )
        api.check_no_body()
        return _answered(200, *action.rotate_webhook_secret(user, webhook_id, api.check_version))


def _viewer(api: Api, collection: str) -> UserPrincipal:
    """The caller, who may see the collection. Raises what `_user` raises."""
    principal = api.principal
    is_open = collection in OPEN_TO_CUSTOMERS
    if is_open and isinstance(principal, UserPrincipal) and principal.role in CUSTOMER_ROLES:
        return principal
    return _user(api, collection, "view")


def _user(api: Api, collection: str, action: str) -> UserPrincipal:
    """The caller, who may do this to the collection. Raises `NotFound` for an unknown one."""
    resource_of(collection)
    return api.tenant_user(f"{collection}.{action}")


def _answered(status: int, shown: Shown, secrets: ToldSecrets | None = None) -> Response[str]:
    head = shown.head
    logger().info("configured", resource_id=head.id, version=head.version)
    return reply(status, resource_body(shown, secrets), {"ETag": etag(head.version)})
