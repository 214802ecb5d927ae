"""The history of deliveries, and sending once more."""

import pytest

from leadflow.application import signed_messages
from leadflow.application.caller_scope import CallerScope
from leadflow.application.ports import Window
from leadflow.application.track_deliveries import WebhookPath
from leadflow.domain.deliveries import Delivery, DeliveryStatus, Outbox
from leadflow.domain.errors import Conflict, NotFound
from leadflow.domain.principals import Role
from leadflow.domain.webhooks import Webhook
from tests.builders import TENANT_ID, numbered
from tests.fakes.outbound import answer
from tests.unit.application.webhook_world import (
    BUYER,
    CUSTOMER_URL,
    URL,
    World,
    customer_webhook,
    outbox_of,
    webhook,
)

TENANT = CallerScope(TENANT_ID, "user_1", Role.ADMIN)
OWN = CallerScope(TENANT_ID, "user_2", Role.CUSTOMER_ADMIN, BUYER.id)
BOTH = pytest.mark.parametrize("one", [webhook(), customer_webhook()])
PENDING, SUCCEEDED = DeliveryStatus.PENDING, DeliveryStatus.SUCCEEDED


@pytest.fixture(autouse=True)
def _no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signed_messages, "RETRY_SECONDS", 0)


def path(one: Webhook) -> WebhookPath:
    return WebhookPath(one.id, one.customer_id)


def scope(one: Webhook) -> CallerScope:
    return OWN if one.customer_id else TENANT


@BOTH
def test_deliveries_are_listed_newest_first(one: Webhook) -> None:
    world = World.of(one)
    world.tell(0, 1, 2)
    first = world.track.page(scope(one), path(one), Window(2))
    rest = world.track.page(scope(one), path(one), Window(2, first.position))
    assert [made.id for made in (*first.items, *rest.items)] == [
        made.id for made in world.made(one)[::-1]
    ]
    assert (len(first.items), rest.position) == (2, None)


@BOTH
def test_sent_once_more_it_goes_where_the_webhook_is_now_under_the_same_id(one: Webhook) -> None:
    world = World.of(one)
    world.outbound.replies = dict.fromkeys((URL, CUSTOMER_URL), answer(status=500))
    world.tell(0)
    world.work(one)
    moved = World.of(one.model_copy(update={"url": "https://new.example.com"}))
    moved.deliveries = world.deliveries
    [failed] = world.made(one)
    again = moved.track.resend(scope(one), path(one), failed.id)
    assert (again.status, moved.queue.calls) == (PENDING, [(outbox_of(one), False)])
    moved.work(one)
    [delivery] = moved.made(one)
    [request] = moved.outbound.sent
    assert (request.url, request.headers["webhook-id"]) == ("https://new.example.com", failed.id)
    assert (delivery.status, len(delivery.attempts)) == (SUCCEEDED, 5)


def test_sent_once_more_it_is_called_for_before_a_crash_could_leave_it_pending(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World.of(webhook())
    world.outbound.replies = {URL: answer(status=500)}
    world.tell(0)
    world.work(webhook())
    [failed] = world.made(webhook())
    monkeypatch.setattr(world.deliveries, "reopen", _killed)
    with pytest.raises(KeyboardInterrupt):
        world.track.resend(TENANT, path(webhook()), failed.id)
    assert world.queue.later == [outbox_of(webhook())]


def _killed(_outbox: Outbox, _delivery: Delivery) -> bool:
    raise KeyboardInterrupt


def test_a_pending_delivery_is_called_for_and_left_as_it_is() -> None:
    world = World.of(webhook())
    world.tell(0)
    [pending] = world.made(webhook())
    assert world.track.resend(TENANT, path(webhook()), pending.id) == pending
    assert world.outboxes.rings(outbox_of(webhook())) == 2


def test_of_two_who_send_it_again_at_once_both_are_content() -> None:
    world = World.of(webhook())
    world.tell(0)
    world.work(webhook())
    world.deliveries.stolen = 1
    [made] = world.made(webhook())
    assert world.track.resend(TENANT, path(webhook()), made.id).version == made.version + 1


def test_what_is_paused_is_not_sent_again() -> None:
    world = World.of(webhook(active=False))
    with pytest.raises(Conflict):
        world.track.resend(TENANT, path(webhook()), numbered("delivery", 1))


@pytest.mark.parametrize(
    ("caller", "where"),
    [
        (TENANT, WebhookPath(numbered("webhook", 9))),
        (TENANT, WebhookPath(customer_webhook().id)),
        (TENANT, WebhookPath(webhook().id, BUYER.id)),
        (TENANT, WebhookPath(customer_webhook().id, numbered("cus", 9))),
        (OWN, WebhookPath(customer_webhook().id, numbered("cus", 9))),
    ],
)
def test_what_is_somebody_elses_is_not_found(caller: CallerScope, where: WebhookPath) -> None:
    world = World.of(webhook(), customer_webhook())
    with pytest.raises(NotFound):
        world.track.page(caller, where, Window(9))


def test_an_unknown_delivery_is_not_found() -> None:
    world = World.of(webhook(), webhook(3))
    world.tell(0)
    [other] = world.made(webhook(3))
    with pytest.raises(NotFound):
        world.track.resend(TENANT, path(webhook()), other.id)
