"""What was sent to a webhook of the tenant or of a customer, and sending it once more."""

from aws_lambda_powertools.event_handler import Response

from leadflow.application.caller_scope import CallerScope, admin_scope, tenant_scope
from leadflow.application.track_deliveries import WebhookPath
from leadflow.runtime import webhook_actions
from leadflow.runtime.http import Api, reply
from leadflow.runtime.list_requests import list_window
from leadflow.runtime.observability import logger
from leadflow.runtime.pagination import list_reply
from leadflow.runtime.representations.webhooks import delivery_body

api = Api()

_OF_TENANT = "/webhooks/<webhook_id>/deliveries"
_OF_CUSTOMER = f"/customers/<customer_id>{_OF_TENANT}"


@api.get(_OF_TENANT)
def get_deliveries(webhook_id: str) -> Response[str]:
    """A page of the deliveries of a tenant's webhook."""
    return listed(tenant_scope(api.principal, "webhooks.view"), WebhookPath(webhook_id))


@api.get(_OF_CUSTOMER)
def get_customer_deliveries(customer_id: str, webhook_id: str) -> Response[str]:
    """The same of a customer's webhook."""
    scope = admin_scope(api.principal, "webhooks.view")
    return listed(scope, WebhookPath(webhook_id, customer_id))


@api.post(f"{_OF_TENANT}/<delivery_id>/resend")
def post_resend(webhook_id: str, delivery_id: str) -> Response[str]:
    """Send once more."""
    scope = tenant_scope(api.principal, "webhooks.update")
    return resent(scope, WebhookPath(webhook_id), delivery_id)


@api.post(f"{_OF_CUSTOMER}/<delivery_id>/resend")
def post_customer_resend(customer_id: str, webhook_id: str, delivery_id: str) -> Response[str]:
    """The same of a customer's webhook."""
    scope = admin_scope(api.principal, "webhooks.update")
    return resent(scope, WebhookPath(webhook_id, customer_id), delivery_id)


def listed(scope: CallerScope, path: WebhookPath) -> Response[str]:
    """Answer a page."""
    window = list_window(api, "deliveries", {"webhook_id": path.webhook_id})
    page = webhook_actions.track_deliveries().page(scope, path, window)
    return list_reply(page, window, delivery_body)


def resent(scope: CallerScope, path: WebhookPath, delivery_id: str) -> Response[str]:
    """Answer a delivery that is pending again."""
    api.check_no_body()
    delivery = webhook_actions.track_deliveries().resend(scope, path, delivery_id)
    logger().info("resent", webhook_id=path.webhook_id, delivery_id=delivery.id)
    return reply(202, delivery_body(delivery))


handler = api.handler
