"""Who works on the outbox of which webhook: one at a time, and nothing is missed."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from leadflow.adapters.dynamodb.deliveries import outbox_key
from leadflow.adapters.dynamodb.delivery_items import OutboxItem
from leadflow.adapters.dynamodb.store import faults_translated, is_written, read
from leadflow.application.delivery_ports import Rung, Taking
from leadflow.domain.deliveries import Outbox

_OUTBOX = "OUTBOX"
_MICROSECONDS = 1_000_000
_NEVER_TAKEN = OutboxItem.takes.does_not_exist()


class DynamoOutboxes:
    """Implements `Outboxes`; each method is one call."""

    def ring(self, outbox: Outbox, now: datetime) -> Rung:
        """Count one up, and see how it stands at that moment."""
        item = OutboxItem(outbox_key(outbox))
        with faults_translated():
            item.update(actions=[OutboxItem.rings.add(1)])
        attended = max(item.busy_until or 0, item.called_until or 0)
        return Rung(
            is_heard=attended > _microseconds(now),
            failing=bool(item.failing),
            takes=int(item.takes or 0),
        )

    def called(self, outbox: Outbox, rung: Rung, until: datetime) -> None:
        """Unless it was taken since: then nobody is awaited any more."""
        nobody_came = OutboxItem.takes == rung.takes if rung.takes else _NEVER_TAKEN
        actions = [OutboxItem.called_until.set(_microseconds(until))]
        self._updated(outbox, actions, condition=nobody_came)

    def rings(self, outbox: Outbox) -> int:
        """One consistent read."""
        item = read(OutboxItem, outbox_key(outbox), _OUTBOX)
        return int(item.rings) if item else 0

    def take(self, outbox: Outbox, taking: Taking, now: datetime) -> bool:
        """Unless another taking has it whose time is not over.

        If this one has it, its answer was lost, and the call repeated itself.
        """
        is_free = OutboxItem.busy_until.does_not_exist() | (
            OutboxItem.busy_until <= _microseconds(now)
        )
        actions = [
            OutboxItem.busy_until.set(_microseconds(taking.until)),
            OutboxItem.taking_id.set(taking.id),
            OutboxItem.called_until.remove(),
            OutboxItem.takes.add(1),
        ]
        return self._updated(outbox, actions, condition=is_free | _has_it(taking))

    def release(self, outbox: Outbox, taking: Taking, *, rings: int | None, failing: bool) -> bool:
        """On the needs that were seen; one that is not ours any more is left alone."""
        is_nobodys = _has_it(taking) | OutboxItem.busy_until.does_not_exist()
        nothing_new = is_nobodys if rings is None else is_nobodys & (OutboxItem.rings == rings)
        actions = [
            OutboxItem.busy_until.remove(),
            OutboxItem.taking_id.remove(),
            OutboxItem.failing.set(failing),
        ]
        return self._updated(outbox, actions, condition=nothing_new)

    @staticmethod
    def _updated(outbox: Outbox, actions: Sequence[Action], *, condition: Condition) -> bool:
        item = OutboxItem(outbox_key(outbox))
        return is_written(partial(item.update, actions=list(actions), condition=condition))


def _has_it(taking: Taking) -> Condition:
    condition: Condition = OutboxItem.taking_id == taking.id
    return condition


def _microseconds(at: datetime) -> int:
    return round(at.timestamp() * _MICROSECONDS)
