"""The actions on webhooks and their deliveries, each with its adapters."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from leadflow.runtime import container

if TYPE_CHECKING:
    from leadflow.application.deliver_webhook import DeliverWebhook
    from leadflow.application.find_webhooks import FindWebhooks
    from leadflow.application.manage_customer_webhooks import ManageCustomerWebhooks
    from leadflow.application.plan_deliveries import CallForDelivery, PlanDeliveries
    from leadflow.application.signed_messages import Messenger
    from leadflow.application.track_deliveries import TrackDeliveries
    from leadflow.application.try_webhook import TryWebhook
    from leadflow.application.webhook_reading import ReadNews


@cache
def messenger() -> Messenger:
    """What signs and sends."""
    from leadflow.application.signed_messages import Messenger

    return Messenger(
        outbound=container.outbound(),
        signatures=container.signatures(),
        clock=container.clock(),
    )


@cache
def manage_customer_webhooks() -> ManageCustomerWebhooks:
    """The webhooks of customers."""
    from leadflow.application.manage_customer_webhooks import ManageCustomerWebhooks

    return ManageCustomerWebhooks(
        configuration=container.configuration(),
        webhooks=container.customer_webhooks(),
        customers=container.customer_store(),
        addresses=container.addresses(),
        clock=container.clock(),
        ids=container.ids(),
    )


@cache
def plan_deliveries() -> PlanDeliveries:
    """Deliveries of facts."""
    from leadflow.application.plan_deliveries import PlanDeliveries

    return PlanDeliveries(
        configuration=container.configuration(),
        customer_webhooks=container.customer_webhooks(),
        deliveries=container.deliveries(),
        call=call_for_delivery(),
    )


@cache
def deliver_webhook() -> DeliverWebhook:
    """The work on an outbox."""
    from leadflow.application.deliver_webhook import DeliverWebhook
    from leadflow.application.pause_webhook import PauseWebhook

    return DeliverWebhook(
        configuration=container.configuration(),
        webhooks=find_webhooks(),
        deliveries=container.deliveries(),
        outboxes=container.outboxes(),
        queue=container.outbox_queue(),
        read=read_news(),
        messenger=messenger(),
        pause=PauseWebhook(
            store=container.configuration(),
            of_customers=container.customer_webhooks(),
            ids=container.ids(),
            clock=container.clock(),
        ),
        clock=container.clock(),
        ids=container.ids(),
    )


@cache
def track_deliveries() -> TrackDeliveries:
    """The history of deliveries, and sending them again."""
    from leadflow.application.track_deliveries import TrackDeliveries

    return TrackDeliveries(
        webhooks=find_webhooks(), deliveries=container.deliveries(), call=call_for_delivery()
    )


@cache
def test_webhook() -> TryWebhook:
    """Trial calls of webhooks."""
    from leadflow.application.try_webhook import TryWebhook

    return TryWebhook(
        configuration=container.configuration(),
        webhooks=find_webhooks(),
        leads=container.leads(),
        read=read_news(),
        messenger=messenger(),
        clock=container.clock(),
        ids=container.ids(),
    )


@cache
def find_webhooks() -> FindWebhooks:
    """Webhooks with their secrets."""
    from leadflow.application.find_webhooks import FindWebhooks

    return FindWebhooks(
        configuration=container.configuration(),
        of_customers=container.customer_webhooks(),
        secrets=container.secrets(),
    )


@cache
def read_news() -> ReadNews:
    """What facts are about."""
    from leadflow.application.webhook_reading import ReadNews

    return ReadNews(
        leads=container.leads(), customers=container.customer_store(), users=container.users()
    )


@cache
def call_for_delivery() -> CallForDelivery:
    """Calls for somebody to work on an outbox."""
    from leadflow.application.plan_deliveries import CallForDelivery

    return CallForDelivery(
        outboxes=container.outboxes(), queue=container.outbox_queue(), clock=container.clock()
    )
