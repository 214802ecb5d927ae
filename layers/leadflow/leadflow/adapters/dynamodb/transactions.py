"""Conditional transactions: all or nothing, and a refusal says which condition failed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from pynamodb.connection import Connection
from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from leadflow.adapters.dynamodb.store import code_of
from leadflow.adapters.dynamodb.tables import table_region
from leadflow.application.contention import Overtaken, until_done
from leadflow.domain.errors import TransientFault

CONFLICT_ATTEMPTS_MAX = 12
"""Tries of one transaction that meets others on the same item, before it is a fault."""
_WAIT_SECONDS_MAX = 0.4
_CONDITION_FAILED = "ConditionalCheckFailed"
_CONTENDED = {"TransactionConflictException", "TransactionInProgressException"}


class ConditionFailed(Exception):
    """The transaction changed nothing; `labels` name the writes whose conditions failed."""

    def __init__(self, labels: Sequence[str]) -> None:
        super().__init__(", ".join(labels))
        self.labels = frozenset(labels)


@dataclass(frozen=True)
class _Write:
    item: Model
    condition: Condition | None
    label: str
    actions: Sequence[Action] = ()


@dataclass
class Transaction:
    """Writes to be made together. A label says what a write's condition stands for."""

    _checks: list[_Write] = field(default_factory=list)
    _deletions: list[_Write] = field(default_factory=list)
    _puts: list[_Write] = field(default_factory=list)
    _updates: list[_Write] = field(default_factory=list)

    def put(self, item: Model, *, condition: Condition | None = None, label: str = "") -> None:
        """Write the whole item."""
        self._puts.append(_Write(item, condition, label))

    def update(
        self,
        item: Model,
        actions: Sequence[Action],
        *,
        condition: Condition | None = None,
        label: str = "",
    ) -> None:
        """Change some attributes of an item."""
        self._updates.append(_Write(item, condition, label, actions))

    def delete(self, item: Model, *, condition: Condition | None = None, label: str = "") -> None:
        """Remove an item."""
        self._deletions.append(_Write(item, condition, label))

    def check(self, item: Model, *, condition: Condition, label: str = "") -> None:
        """Change nothing of an item, but go on only if it is as the condition says."""
        self._checks.append(_Write(item, condition, label))

    def commit(self) -> None:
        """Make all writes or none.

        Raises `ConditionFailed` with the labels of the failed conditions, and `TransientFault`
        when the store is throttled, out of reach or contended for too long.
        """
        until_done(
            self._commit_once, tries=CONFLICT_ATTEMPTS_MAX, wait_seconds_max=_WAIT_SECONDS_MAX
        )

    def refused(self) -> frozenset[str]:
        """Make all writes or none; empty when they are made, else the labels that failed."""
        try:
            self.commit()
        except ConditionFailed as error:
            return error.labels
        return frozenset()

    def _commit_once(self) -> None:
        try:
            with TransactWrite(connection=_connection()) as transaction:
                for write in self._checks:
                    _check(transaction, write)
                for write in self._deletions:
                    transaction.delete(write.item, condition=write.condition)
                for write in self._puts:
                    transaction.save(write.item, condition=write.condition)
                for write in self._updates:
                    transaction.update(
                        write.item, actions=list(write.actions), condition=write.condition
                    )
        except TransactWriteError as error:
            # PynamoDB sends checks, deletions, puts, updates; the reasons come in that order.
            sent = (*self._checks, *self._deletions, *self._puts, *self._updates)
            raise _translated(error, [write.label for write in sent]) from error


def _check(transaction: TransactWrite, write: _Write) -> None:
    if write.condition is not None:
        partition, sort = (write.item.attribute_values[name] for name in ("pk", "sk"))
        transaction.condition_check(type(write.item), partition, sort, condition=write.condition)


def _translated(error: TransactWriteError, labels: Sequence[str]) -> Exception:
    reasons = [reason.code if reason else None for reason in error.cancellation_reasons]
    failed = [
        label for label, reason in zip(labels, reasons, strict=False) if reason == _CONDITION_FAILED
    ]
    if failed:
        return ConditionFailed(failed)
    if any(reasons) or code_of(error) in _CONTENDED:
        return Overtaken("The items stayed contended.")
    return TransientFault(str(error))


@cache
def _connection() -> Connection:
    return Connection(region=table_region())
