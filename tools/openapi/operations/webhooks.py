"""Customers' webhooks, and what was sent to webhooks of both kinds (`api.md`, 6)."""

from leadflow.application.manage_configuration.webhook_rules import CustomerWebhookForm
from leadflow.application.try_webhook import WebhookTrialForm
from leadflow.domain.model import Request
from leadflow.runtime.representations.webhooks import DeliveryBody
from tools.openapi.operation import Caller, Family, Operation, Shape, page, request
from tools.openapi.resources import CustomerWebhook, NewCustomerWebhook
from tools.openapi.shapes import WebhookTrial

_TAG = "Webhooks"
_FUNCTION = "manage_customer_webhooks"
_BOTH = (Caller.TENANT, Caller.CUSTOMER)
_ALL = "/customers/{id}/webhooks"
_ONE = f"{_ALL}/{{webhook_id}}"
_CUSTOMER = {"id": "cus"}
_PAIR = {"id": "cus", "webhook_id": "webhook"}

_OF_CUSTOMERS = (
    Operation(
        id="list_customer_webhooks",
        method="get",
        path=_ALL,
        function=_FUNCTION,
        summary="List a customer's webhooks",
        tag=_TAG,
        callers=_BOTH,
        permission="webhooks.view",
        answers={200: page(CustomerWebhook, Family.LEAN)},
        kinds=_CUSTOMER,
    ),
    Operation(
        id="create_customer_webhook",
        method="post",
        path=_ALL,
        function=_FUNCTION,
        summary="Create a customer's webhook, paused; its secret is told once",
        tag=_TAG,
        callers=_BOTH,
        permission="webhooks.create",
        body=request(CustomerWebhookForm),
        answers={201: Shape(NewCustomerWebhook, Family.LEAN)},
        makes="webhook",
        kinds=_CUSTOMER,
        has_tag=True,
    ),
    Operation(
        id="view_customer_webhook",
        method="get",
        path=_ONE,
        function=_FUNCTION,
        summary="Show one webhook of a customer",
        tag=_TAG,
        callers=_BOTH,
        permission="webhooks.view",
        answers={200: Shape(CustomerWebhook, Family.LEAN)},
        kinds=_PAIR,
        has_tag=True,
    ),
    Operation(
        id="change_customer_webhook",
        method="patch",
        path=_ONE,
        function=_FUNCTION,
        summary="Change a customer's webhook",
        tag=_TAG,
        callers=_BOTH,
        permission="webhooks.update",
        body=Shape(CustomerWebhookForm, Family.PATCH),
        answers={200: Shape(CustomerWebhook, Family.LEAN)},
        kinds=_PAIR,
        has_version=True,
        has_tag=True,
    ),
    Operation(
        id="delete_customer_webhook",
        method="delete",
        path=_ONE,
        function=_FUNCTION,
        summary="Forget a customer's webhook",
        tag=_TAG,
        callers=_BOTH,
        permission="webhooks.delete",
        answers={204: None},
        kinds=_PAIR,
        has_version=True,
    ),
    Operation(
        id="rotate_customer_webhook_secret",
        method="post",
        path=f"{_ONE}/rotate-secret",
        function=_FUNCTION,
        summary="Give a customer's webhook a new signing secret",
        tag=_TAG,
        callers=_BOTH,
        permission="webhooks.update",
        body=request(Request),
        needs_body=False,
        answers={200: Shape(NewCustomerWebhook, Family.LEAN)},
        kinds=_PAIR,
        has_version=True,
        has_tag=True,
    ),
)


def _calls(
    path: str, of: str, callers: tuple[Caller, ...], kinds: dict[str, str]
) -> tuple[Operation, ...]:
    """The routes of what was sent to a webhook of the tenant or of a customer."""
    return (
        Operation(
            id=f"list_{of}deliveries",
            method="get",
            path=f"{path}/deliveries",
            function="track_deliveries",
            summary="List what was sent to a webhook, newest first",
            tag=_TAG,
            callers=callers,
            permission="webhooks.view",
            answers={200: page(DeliveryBody)},
            kinds=kinds,
        ),
        Operation(
            id=f"resend_{of}delivery",
            method="post",
            path=f"{path}/deliveries/{{delivery_id}}/resend",
            function="track_deliveries",
            summary="Send once more",
            tag=_TAG,
            callers=callers,
            permission="webhooks.update",
            body=request(Request),
            needs_body=False,
            answers={202: Shape(DeliveryBody)},
            kinds={**kinds, "delivery_id": "delivery"},
        ),
        Operation(
            id=f"test_{of}webhook",
            method="post",
            path=f"{path}/test",
            function="test_webhook",
            summary="Call a webhook by way of trial",
            tag=_TAG,
            callers=callers,
            permission="webhooks.update",
            body=request(WebhookTrialForm),
            needs_body=False,
            answers={200: Shape(WebhookTrial)},
            kinds=kinds,
        ),
    )


WEBHOOKS = (
    *_OF_CUSTOMERS,
    *_calls("/webhooks/{id}", "", (Caller.TENANT,), {"id": "webhook"}),
    *_calls(_ONE, "customer_", _BOTH, _PAIR),
)
