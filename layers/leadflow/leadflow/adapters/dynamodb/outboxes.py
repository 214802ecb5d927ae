"""Who works on the outbox of which webhook: one at a time, and nothing called for is missed."""

from collections.abc import Sequence
from datetime import datetime

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from leadflow.adapters.dynamodb.deliveries import outbox_key
from leadflow.adapters.dynamodb.delivery_items import OutboxItem
from leadflow.adapters.dynamodb.keys import milliseconds
from leadflow.adapters.dynamodb.store import faults_translated, read
from leadflow.application.delivery_ports import Rung
from leadflow.domain.deliveries import Outbox
from leadflow.domain.errors import TransientFault

_OUTBOX = "OUTBOX"
_CONDITION_FAILED = "ConditionalCheckFailedException"


class DynamoOutboxes:
    """Implements `Outboxes`; each method is one call."""

    def ring(self, outbox: Outbox, now: datetime) -> Rung:
        """Count one up, and see who has it at that moment."""
        item = OutboxItem(outbox_key(outbox))
        with faults_translated():
            item.update(actions=[OutboxItem.rings.add(1)])
        is_taken = item.busy_until is not None and item.busy_until > milliseconds(now)
        return Rung(is_taken=is_taken, failing=bool(item.failing))

    def rings(self, outbox: Outbox) -> int:
        """One consistent read."""
        item = read(OutboxItem, outbox_key(outbox), _OUTBOX)
        return int(item.rings) if item else 0

    def take(self, outbox: Outbox, now: datetime, until: datetime) -> bool:
        """Unless somebody has it whose time is not over."""
        is_free = OutboxItem.busy_until.does_not_exist() | (
            OutboxItem.busy_until <= milliseconds(now)
        )
        return self._updated(
            outbox, [OutboxItem.busy_until.set(milliseconds(until))], condition=is_free
        )

    def release(self, outbox: Outbox, until: datetime, *, rings: int | None, failing: bool) -> bool:
        """On the calls that were seen; one that is not ours any more is left alone."""
        is_mine = OutboxItem.busy_until == milliseconds(until)
        nothing_new = is_mine if rings is None else is_mine & (OutboxItem.rings == rings)
        actions = [OutboxItem.busy_until.remove(), OutboxItem.failing.set(failing)]
        return self._updated(outbox, actions, condition=nothing_new)

    @staticmethod
    def _updated(outbox: Outbox, actions: Sequence[Action], *, condition: Condition) -> bool:
        try:
            with faults_translated():
                OutboxItem(outbox_key(outbox)).update(actions=list(actions), condition=condition)
        except TransientFault as fault:
            cause = fault.__cause__
            if isinstance(cause, UpdateError) and cause.cause_response_code == _CONDITION_FAILED:
                return False
            raise
        return True
