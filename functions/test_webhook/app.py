"""`POST …/webhooks/{id}/test`: call a webhook by way of trial."""

from aws_lambda_powertools.event_handler import Response

from leadflow.application.caller_scope import CallerScope, admin_scope, tenant_scope
from leadflow.application.track_deliveries import WebhookPath
from leadflow.application.try_webhook import WebhookTrialForm
from leadflow.runtime import webhook_actions
from leadflow.runtime.http import Api, reply
from leadflow.runtime.observability import logger
from leadflow.runtime.representations.webhooks import webhook_trial_body

api = Api()


@api.post("/webhooks/<webhook_id>/test")
def test_of_tenant(webhook_id: str) -> Response[str]:
    """One call of a tenant's webhook."""
    return tried(tenant_scope(api.principal, "webhooks.update"), WebhookPath(webhook_id))


@api.post("/customers/<customer_id>/webhooks/<webhook_id>/test")
def test_of_customer(customer_id: str, webhook_id: str) -> Response[str]:
    """One call of a customer's webhook."""
    scope = admin_scope(api.principal, "webhooks.update")
    return tried(scope, WebhookPath(webhook_id, customer_id))


def tried(scope: CallerScope, path: WebhookPath) -> Response[str]:
    """Answer what was sent, and what came of it."""
    form = api.optional_body_as(WebhookTrialForm)
    trial = webhook_actions.test_webhook()(scope, path, form)
    logger().info("webhook tried", webhook_id=path.webhook_id, outcome=trial.outcome)
    return reply(200, webhook_trial_body(trial))


handler = api.handler
