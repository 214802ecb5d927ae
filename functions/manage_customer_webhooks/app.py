"""Webhooks of a customer: create, list, show, change, delete, a new secret."""

from aws_lambda_powertools.event_handler import Response

from leadflow.application.caller_scope import CallerScope, admin_scope
from leadflow.application.manage_customer_webhooks import StoredWebhook
from leadflow.runtime import webhook_actions
from leadflow.runtime.http import Api, etag, reply
from leadflow.runtime.list_requests import list_window
from leadflow.runtime.observability import logger
from leadflow.runtime.pagination import list_reply
from leadflow.runtime.representations.webhooks import stored_webhook_body, webhook_body

api = Api()

_ALL = "/customers/<customer_id>/webhooks"
_ONE = f"{_ALL}/<webhook_id>"


@api.post(_ALL)
def post_webhook(customer_id: str) -> Response[str]:
    """Create a webhook, paused."""
    scope, webhooks = _scope("create"), webhook_actions.manage_customer_webhooks()
    return answered(201, webhooks.create(scope, customer_id, api.body()))


@api.get(_ALL)
def get_webhooks(customer_id: str) -> Response[str]:
    """A page of the customer's webhooks."""
    scope = _scope("view")
    window = list_window(api, "customer-webhooks", {"customer_id": customer_id})
    page = webhook_actions.manage_customer_webhooks().page(scope, customer_id, window)
    return list_reply(page, window, webhook_body)


@api.get(_ONE)
def get_webhook(customer_id: str, webhook_id: str) -> Response[str]:
    """One webhook."""
    webhooks = webhook_actions.manage_customer_webhooks()
    found = webhooks.show(_scope("view"), customer_id, webhook_id)
    return answered(200, StoredWebhook(found))


@api.patch(_ONE)
def patch_webhook(customer_id: str, webhook_id: str) -> Response[str]:
    """Change members of a webhook."""
    scope, patch = _scope("update"), api.body()
    webhooks = webhook_actions.manage_customer_webhooks()
    return answered(200, webhooks.change(scope, customer_id, webhook_id, patch, api.check_version))


@api.delete(_ONE)
def delete_webhook(customer_id: str, webhook_id: str) -> Response[str]:
    """Forget a webhook."""
    webhooks = webhook_actions.manage_customer_webhooks()
    webhooks.delete(_scope("delete"), customer_id, webhook_id, api.check_version)
    logger().info("webhook deleted", customer_id=customer_id, webhook_id=webhook_id)
    return reply(204)


@api.post(f"{_ONE}/rotate-secret")
def post_secret(customer_id: str, webhook_id: str) -> Response[str]:
    """A new signing secret."""
    scope, webhooks = _scope("update"), webhook_actions.manage_customer_webhooks()
    api.check_no_body()
    return answered(200, webhooks.rotate_secret(scope, customer_id, webhook_id, api.check_version))


def answered(status: int, stored: StoredWebhook) -> Response[str]:
    """Answer one webhook with its entity tag."""
    webhook = stored.webhook
    logger().info("webhook", webhook_id=webhook.id, version=webhook.version)
    return reply(status, stored_webhook_body(stored), {"ETag": etag(webhook.version)})


def _scope(action: str) -> CallerScope:
    return admin_scope(api.principal, f"webhooks.{action}")


handler = api.handler
