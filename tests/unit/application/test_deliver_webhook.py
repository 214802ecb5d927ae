"""Working on an outbox: what is sent, what is kept of it, who is called next."""

import json
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from standardwebhooks import Webhook as Verifier

from leadflow.application import signed_messages
from leadflow.application.deliver_webhook import SIDE_BY_SIDE_MAX, TAKEN_FOR, WORK_LASTS, Worked
from leadflow.application.exchange_ports import Failure, OutboundRequest, Reply
from leadflow.application.find_webhooks import webhook_secrets
from leadflow.domain.deliveries import (
    REQUEST_CHARACTERS_KEPT_MAX,
    RESPONSE_CHARACTERS_KEPT_MAX,
    Delivery,
    DeliveryStatus,
)
from leadflow.domain.errors import TransientFault
from leadflow.domain.exchanges import AuthType, ExchangeAuth
from leadflow.domain.webhooks import Webhook
from tests.builders import lead
from tests.fakes.outbound import ScriptedOutbound, answer, no_answer
from tests.unit.application.webhook_world import (
    BUYER,
    CUSTOMER_URL,
    SECRET,
    URL,
    World,
    assigned,
    customer_webhook,
    outbox_of,
    sold,
    webhook,
)

SUCCEEDED, FAILED = DeliveryStatus.SUCCEEDED, DeliveryStatus.FAILED
BOTH = pytest.mark.parametrize("one", [webhook(), customer_webhook()])


@pytest.fixture(autouse=True)
def _no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signed_messages, "RETRY_SECONDS", 0)


def worked(one: Webhook, reply: Reply | None = None) -> tuple[World, Delivery]:
    """What became of the delivery of one lead."""
    world = World.of(one)
    world.outbound.replies = {URL: reply, CUSTOMER_URL: reply} if reply else {}
    world.tell(0)
    world.work(one)
    [delivery] = world.made(one)
    return world, delivery


@BOTH
def test_a_delivery_is_signed_sent_and_kept(one: Webhook) -> None:
    world, delivery = worked(one, answer(b"thanks"))
    [request] = world.outbound.sent
    headers, body = request.headers, (request.body or b"").decode()
    assert headers["webhook-id"] == delivery.id
    at = world.clock.now()
    assert headers["webhook-signature"] == Verifier(SECRET).sign(delivery.id, at, body)
    assert delivery.status is SUCCEEDED
    assert [(one.response_status, one.error) for one in delivery.attempts] == [(200, None)]
    assert (delivery.request and delivery.request.body) == body
    assert (delivery.response and delivery.response.body) == "thanks"
    assert world.outboxes.taken == {}


@pytest.mark.parametrize(
    ("reply", "tries", "status"),
    [
        (answer(status=204), 1, SUCCEEDED),
        (no_answer(Failure.BROKEN, status=200), 1, SUCCEEDED),
        (answer(status=302), 1, FAILED),
        (answer(status=404), 1, FAILED),
        (answer(status=500), 4, FAILED),
        (no_answer(Failure.TIMEOUT), 4, FAILED),
        (no_answer(Failure.NOT_SENT), 4, FAILED),
    ],
)
def test_only_failures_are_repeated_and_every_try_is_kept(
    reply: Reply, tries: int, status: DeliveryStatus
) -> None:
    world, delivery = worked(webhook(), reply)
    assert (len(world.outbound.sent), len(delivery.attempts)) == (tries, tries)
    assert delivery.status is status
    assert [one.response_status for one in delivery.attempts] == [reply.status] * tries
    assert (delivery.response is None) is (reply.status is None)


@BOTH
def test_a_receiver_that_is_gone_pauses_the_webhook_and_what_waits_is_given_up(
    one: Webhook,
) -> None:
    world = World.of(one)
    world.outbound.replies = {URL: answer(status=410), CUSTOMER_URL: answer(status=410)}
    world.tell(*range(SIDE_BY_SIDE_MAX + 1))
    world.work(one)
    newest = world.find.get(outbox_of(one), world.store.newest)
    assert newest
    assert (newest.active, newest.paused_reason) == (False, "gone")
    assert len(world.outbound.sent) == SIDE_BY_SIDE_MAX
    assert world.made(one)[-1].attempts[-1].error == "The webhook is paused."
    assert [line.actor for line in (*world.store.log, *world.theirs.log)] == ["system"]


@BOTH
def test_a_webhook_that_was_mended_meanwhile_is_not_paused(one: Webhook) -> None:
    world = World.of(one)
    mended = one.model_copy(update={"url": "https://new.example.com", "version": 2})
    newer = World.of(mended)
    pause = replace(world.deliver.pause, store=newer.store, of_customers=newer.theirs)
    pause(outbox_of(one), one)
    assert newer.find.get(outbox_of(one), newer.store.newest) == mended


@BOTH
def test_a_pause_is_decided_again_while_others_change_things_and_then_given_up(
    one: Webhook,
) -> None:
    world = World.of(one)
    world.store.busy = world.theirs.busy = 2
    world.deliver.pause(outbox_of(one), one)
    newest = world.find.get(outbox_of(one), world.store.newest)
    assert newest
    assert not newest.active
    world = World.of(one)
    world.store.busy = world.theirs.busy = 99
    with pytest.raises(TransientFault):
        world.deliver.pause(outbox_of(one), one)


def test_one_at_a_time_works_on_an_outbox() -> None:
    one = webhook()
    world = World.of(one)
    world.tell(0)
    world.take(one, world.clock.now())
    assert world.work(one) == Worked(is_taken=False)
    assert world.outbound.sent == []
    world.clock.at += TAKEN_FOR
    assert world.work(one).delivered == 1


@dataclass
class TellingOutbound(ScriptedOutbound):
    """While something is sent for the first time, the next fact arrives; a round takes a while."""

    world: World | None = None
    facts: list[int] = field(default_factory=list)
    lasts: timedelta = timedelta()

    def send(self, request: OutboundRequest) -> Reply:
        if self.world and self.facts:
            self.world.tell(self.facts.pop(0))
            self.world.clock.at += self.lasts
        return super().send(request)


def test_what_is_called_for_meanwhile_is_delivered_too_and_nobody_else_is_called() -> None:
    one = webhook()
    world = World.of(one)
    world.outbound = TellingOutbound(world=world, facts=[1, 2])
    world.tell(0)
    assert world.work(one) == Worked(delivered=3)
    assert {made.status for made in world.made(one)} == {SUCCEEDED}
    assert len(world.queue.calls) == 1


def test_a_call_that_comes_at_the_last_moment_is_not_missed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = webhook()
    world = World.of(one)
    world.tell(0)
    looked = world.deliveries.pending
    late = [1]

    def pending(outbox: object, *, limit: int) -> object:
        found = looked(outbox_of(one), limit=limit)
        if not found and late:
            world.tell(late.pop())
        return found

    monkeypatch.setattr(world.deliveries, "pending", pending)
    assert world.work(one).delivered == 2


@pytest.mark.parametrize(
    ("reply", "failing"), [(answer(), False), (no_answer(Failure.TIMEOUT), True)]
)
def test_when_time_is_up_the_rest_is_handed_on(reply: Reply, failing: bool) -> None:
    one = webhook()
    world = World.of(one)
    telling = TellingOutbound({URL: reply}, world=world, facts=[1], lasts=WORK_LASTS)
    world.outbound = telling
    world.tell(0)
    assert world.work(one) == Worked(1, is_handed_on=True, is_failing=failing)
    assert world.queue.calls[1:] == [(outbox_of(one), failing)]
    assert world.outboxes.taken == {}
    assert [made.status for made in world.made(one)][1] is DeliveryStatus.PENDING


def test_only_receivers_that_answer_nothing_are_failing() -> None:
    one = webhook()
    world = World.of(one)
    replies: list[tuple[Reply, bool]] = [
        (no_answer(Failure.NOT_SENT), True),
        (answer(status=500), False),
        (no_answer(Failure.TIMEOUT), True),
        (answer(), False),
    ]
    for reply, failing in replies:
        world.outbound.replies = {URL: reply}
        world.tell(len(world.made(one)))
        assert world.work(one).is_failing is failing
        assert world.outboxes.failing[outbox_of(one)] is failing


def test_a_deleted_lead_cannot_be_told_any_more_and_the_others_are() -> None:
    one = webhook()
    world = World.of(one)
    world.tell(0, 1)
    del world.leads.stored[lead(0).id]
    world.work(one)
    by_error = {made.attempts[-1].error: made for made in world.made(one)}
    assert set(by_error) == {"The lead has been deleted.", None}
    lost = by_error["The lead has been deleted."]
    assert (lost.status, lost.request) == (FAILED, None)
    assert len(world.outbound.sent) == 1


@BOTH
def test_a_deleted_webhook_is_sent_nothing(one: Webhook) -> None:
    world = World.of(one)
    world.tell(0)
    world.store.newest = replace(world.store.newest, webhooks={})
    world.theirs.sets.clear()
    world.work(one)
    assert world.made(one)[0].attempts[-1].error == "The webhook has been deleted."
    assert world.outbound.sent == []


def test_secrets_are_sent_and_not_kept() -> None:
    auth = ExchangeAuth(type=AuthType.BEARER)
    one = webhook(auth=auth, secret_headers=("X-Api-Key",), headers={"X-Version": "2"})
    world = World.of(one)
    secrets = {"token": "t0ken", "header:X-Api-Key": "k3y"}
    world.store.secrets.kept[webhook_secrets(one.id)] |= secrets  # type: ignore[operator] # a dict
    world.outbound.replies = {URL: answer(b"you sent t0ken and k3y")}
    world.tell(0)
    world.work(one)
    [request] = world.outbound.sent
    assert (request.headers["Authorization"], request.headers["X-Api-Key"]) == (
        "Bearer t0ken",
        "k3y",
    )
    [delivery] = world.made(one)
    kept = delivery.model_dump_json()
    assert not [secret for secret in ("t0ken", "k3y", SECRET) if secret in kept]
    assert delivery.request
    assert delivery.request.headers["X-Version"] == "2"
    assert delivery.request.headers["webhook-signature"].startswith("v1,")


def test_what_is_kept_has_bounds() -> None:
    one = webhook()
    world = World.of(one)
    world.leads.stored[lead(0).id] = sold(values={"zip": "1", "notes": "x" * 100_000})
    world.outbound.replies = {URL: answer(b"y" * 100_000)}
    world.tell(0)
    world.work(one)
    [delivery] = world.made(one)
    assert delivery.request
    assert delivery.response
    assert len(delivery.request.body or "") == REQUEST_CHARACTERS_KEPT_MAX
    assert len(delivery.response.body) == RESPONSE_CHARACTERS_KEPT_MAX
    assert len(world.outbound.sent[0].body or b"") > 100_000


def test_a_customer_is_sent_deliverable_fields_only() -> None:
    world = World.of(customer_webhook())
    values = {"zip": "78701", "secret_note": "not theirs"}
    world.leads.stored[lead(0).id] = sold(values=values)
    world.tell(0)
    world.work(customer_webhook())
    [request] = world.outbound.sent
    assert json.loads(request.body or b"") == {
        "charged_amount": "45.00",
        "scope": "county",
        "lead_type": "Any",
        "zip": "78701",
    }
    assert assigned().customer_id == BUYER.id
