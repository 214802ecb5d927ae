"""Routes of the tenant's settings and of the audit log."""

from aws_lambda_powertools.event_handler import Response

from leadflow.domain.settings import TenantSettings
from leadflow.runtime import configuration_actions
from leadflow.runtime.http import Api, etag, reply
from leadflow.runtime.list_requests import list_window
from leadflow.runtime.observability import logger
from leadflow.runtime.pagination import list_reply
from leadflow.runtime.representations.configuration import audit_body, settings_body


def add_settings(api: Api) -> None:
    """Add the routes of what a tenant has only one of."""

    @api.get("/settings")
    def show_settings() -> Response[str]:
        user = api.tenant_user("tenant-settings.view")
        return _answered(configuration_actions.manage_settings().show(user))

    @api.patch("/settings")
    def change_settings() -> Response[str]:
        user, patch = api.tenant_user("tenant-settings.update"), api.body()
        settings = configuration_actions.manage_settings()
        stored = settings.change(user, patch, api.check_version)
        return _answered(stored.settings, stored.secret)

    @api.post("/settings/direct-post/rotate-secret")
    def rotate_secret() -> Response[str]:
        user = api.tenant_user("tenant-settings.update")
        stored = configuration_actions.manage_settings().rotate_secret(user)
        logger().info("signing secret rotated", version=stored.settings.version)
        return reply(200, {"secret": stored.secret})

    @api.get("/audit-log")
    def list_changes() -> Response[str]:
        user, window = api.tenant_user("tenant-settings.view"), list_window(api, "audit-log", {})
        page = configuration_actions.manage_configuration().audit_log(user, window)
        return list_reply(page, window, audit_body)


def _answered(settings: TenantSettings, secret: str | None = None) -> Response[str]:
    logger().info("settings", version=settings.version)
    return reply(200, settings_body(settings, secret), {"ETag": etag(settings.version)})
