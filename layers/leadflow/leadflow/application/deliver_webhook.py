"""Work on the outbox of one webhook (`product.md`, 21.3).

Only one at a time works on an outbox, so a receiver that hangs takes no more than that one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from leadflow.application.delivery_ports import Deliveries, Outboxes, OutboxQueue, Taking
from leadflow.application.delivery_records import message_of, outcome_of, undeliverable
from leadflow.application.find_webhooks import FindWebhooks, Found
from leadflow.application.pause_webhook import PauseWebhook
from leadflow.application.ports import Clock, ConfigurationReader, IdFactory
from leadflow.application.signed_messages import Message, Messenger, Sent
from leadflow.application.webhook_reading import ReadNews, Untellable
from leadflow.domain.configuration import Configuration
from leadflow.domain.deliveries import Delivery, Outbox
from leadflow.domain.identifiers import TakingId
from leadflow.domain.webhooks import Webhook

SIDE_BY_SIDE_MAX = 50
"""Deliveries of one webhook that are on their way at the same time."""

WORK_LASTS = timedelta(seconds=25)
"""How long one call works on an outbox before it begins no more and hands the rest on."""

TAKEN_FOR = timedelta(seconds=175)
"""How long an outbox is taken: longer than a call may last, or else two would work on it."""


@dataclass(frozen=True)
class Worked:
    """What one call has done. `is_handed_on`: there is more, which somebody is called for."""

    delivered: int = 0
    is_taken: bool = True
    is_handed_on: bool = False
    is_failing: bool = False


@dataclass(frozen=True)
class _Round:
    """What came of some deliveries; `is_answered` is None where nothing was sent."""

    sent: Sequence[Sent] = ()

    @property
    def is_answered(self) -> bool | None:
        if not self.sent:
            return None
        return any(one.tries[-1].reply.status is not None for one in self.sent)

    @property
    def is_gone(self) -> bool:
        return any(one.tries[-1].reply.status == HTTPStatus.GONE for one in self.sent)


@dataclass(frozen=True, kw_only=True)
class DeliverWebhook:
    """The action with its ports."""

    configuration: ConfigurationReader
    webhooks: FindWebhooks
    deliveries: Deliveries
    outboxes: Outboxes
    queue: OutboxQueue
    read: ReadNews
    messenger: Messenger
    pause: PauseWebhook
    clock: Clock
    ids: IdFactory

    def __call__(self, outbox: Outbox) -> Worked:
        """Make deliveries until none is left or time is up.

        If it breaks off, its message comes again, and so do deliveries whose outcome was not
        stored, with the same `webhook-id`.
        """
        now = self.clock.now()
        taking = Taking(TakingId(self.ids.new("taking")), now + TAKEN_FOR)
        if not self.outboxes.take(outbox, taking, now):
            return Worked(is_taken=False)
        return self._work(outbox, taking, now + WORK_LASTS)

    def _work(self, outbox: Outbox, taking: Taking, ends: datetime) -> Worked:
        delivered, failing = 0, False
        while True:
            rings = self.outboxes.rings(outbox)
            pending = self.deliveries.pending(outbox, limit=SIDE_BY_SIDE_MAX)
            if pending:
                made = self._round(outbox, pending)
                failing = failing if made.is_answered is None else not made.is_answered
                delivered += len(pending)
            elif self.outboxes.release(outbox, taking, rings=rings, failing=failing):
                return Worked(delivered, is_failing=failing)
            if self.clock.now() >= ends:
                self.outboxes.release(outbox, taking, rings=None, failing=failing)
                self.queue.put(outbox, slow=failing)
                return Worked(delivered, is_handed_on=True, is_failing=failing)

    def _round(self, outbox: Outbox, pending: Sequence[Delivery]) -> _Round:
        configuration = self.configuration.current(outbox.tenant_id)
        webhook = self.webhooks.get(outbox, configuration)
        if webhook is None or not webhook.active:
            self._give_up(outbox, pending, webhook)
            return _Round()
        found = self.webhooks.with_secrets(outbox, webhook)
        messages = dict(self._messages(outbox, pending, found, configuration))
        made = _Round(list(self._sent(outbox, pending, messages, webhook)))
        if made.is_gone:
            self.pause(outbox, webhook)
        return made

    def _give_up(
        self, outbox: Outbox, pending: Sequence[Delivery], webhook: Webhook | None
    ) -> None:
        why = "The webhook is paused." if webhook else "The webhook has been deleted."
        for one in pending:
            self.deliveries.settle(outbox, undeliverable(one, why, self.clock.now()))

    def _messages(
        self,
        outbox: Outbox,
        pending: Sequence[Delivery],
        found: Found,
        configuration: Configuration,
    ) -> Iterator[tuple[str, Message]]:
        """What is sent, by delivery; what cannot be told any more is settled."""
        now = self.clock.now()
        for one in pending:
            try:
                news = self.read(one.told, configuration)
                message = message_of(one.id, one.event, news, found, now)
            except Untellable as why:
                self.deliveries.settle(outbox, undeliverable(one, str(why), now))
            else:
                yield one.id, message

    def _sent(
        self,
        outbox: Outbox,
        pending: Sequence[Delivery],
        messages: dict[str, Message],
        webhook: Webhook,
    ) -> Iterator[Sent]:
        """Send, and store the outcome of each as soon as it has ended."""
        waiting: dict[str, Delivery] = {one.id: one for one in pending}
        for sent in self.messenger.send(list(messages.values())):
            self.deliveries.settle(outbox, outcome_of(waiting[sent.message.id], sent, webhook))
            yield sent
