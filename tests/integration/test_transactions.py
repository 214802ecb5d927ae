"""Transactions: which condition failed, and what is tried again."""

from collections.abc import Sequence

import pytest
from pynamodb.exceptions import CancellationReason, TransactWriteError
from pynamodb.transactions import TransactWrite

from leadflow.adapters.dynamodb.configuration_items import ConfigurationItem
from leadflow.adapters.dynamodb.transactions import (
    CONFLICT_ATTEMPTS_MAX,
    ConditionFailed,
    Transaction,
)
from leadflow.application import contention
from leadflow.domain.errors import TransientFault

pytestmark = pytest.mark.usefixtures("tables")

NEW = ConfigurationItem.pk.does_not_exist()
COMMIT = TransactWrite._commit


def counter(sort: str, value: int = 1) -> ConfigurationItem:
    return ConfigurationItem("tenant", sort, version=value)


def value(sort: str) -> int | None:
    found = list(ConfigurationItem.query("tenant", ConfigurationItem.sk == sort))
    return int(found[0].version or 0) if found else None


class Cancelled(TransactWriteError):
    """A cancelled transaction as PynamoDB reports it."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("cancelled")
        self._reasons: list[CancellationReason | None] = [
            CancellationReason(code=reason, message=None) for reason in reasons
        ]

    @property
    def cancellation_reasons(self) -> list[CancellationReason | None]:
        return self._reasons


class Failing:
    """Stands in for sending a transaction: fails with these reasons, then lets it through."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, reasons: Sequence[str], times: int) -> None:
        self.reasons, self.left, self.sent = reasons, times, 0
        send = self.send

        def commit(sending: TransactWrite) -> None:
            send(sending)

        monkeypatch.setattr(TransactWrite, "_commit", commit)
        monkeypatch.setattr(contention, "_WAIT_SECONDS", 0)

    def send(self, sending: TransactWrite) -> None:
        self.sent += 1
        if self.left == 0:
            COMMIT(sending)
            return
        self.left -= 1
        raise Cancelled(self.reasons)


def add(*sorts: str) -> Transaction:
    transaction = Transaction()
    for sort in sorts:
        transaction.put(counter(sort), condition=NEW, label=sort)
    return transaction


def test_all_kinds_of_writes_are_made_together() -> None:
    counter("gone").save()
    counter("raised", 5).save()
    transaction = Transaction()
    transaction.update(counter("raised"), [ConfigurationItem.version.add(2)])
    transaction.delete(counter("gone"))
    transaction.put(counter("new", 9))
    transaction.commit()
    assert (value("raised"), value("gone"), value("new")) == (7, None, 9)


def test_a_failed_condition_is_named_and_undoes_the_rest() -> None:
    counter("b").save()
    with pytest.raises(ConditionFailed) as failed:
        add("a", "b").commit()
    assert failed.value.labels == {"b"}
    assert value("a") is None


def test_labels_fit_their_writes_whatever_the_order_in_which_they_were_added() -> None:
    transaction = Transaction()
    is_there = ConfigurationItem.pk.exists()
    transaction.update(
        counter("x"), [ConfigurationItem.version.add(1)], condition=is_there, label="update"
    )
    transaction.put(counter("y"), condition=NEW, label="put")
    transaction.delete(counter("z"), condition=is_there, label="delete")
    with pytest.raises(ConditionFailed) as failed:
        transaction.commit()
    assert failed.value.labels == {"update", "delete"}


def test_what_is_only_looked_at_is_named_too_and_stays_as_it_is() -> None:
    counter("seen", 5).save()
    transaction = add("new")
    transaction.check(counter("seen"), condition=ConfigurationItem.version == 5, label="seen")
    transaction.commit()
    assert (value("seen"), value("new")) == (5, 1)
    again = Transaction()
    again.put(counter("more"), condition=NEW, label="more")
    again.check(counter("seen"), condition=ConfigurationItem.version == 6, label="seen")
    assert again.refused() == {"seen"}
    assert value("more") is None


def test_labels_fit_whatever_is_looked_at_besides() -> None:
    counter("taken").save()
    transaction = add("taken")
    transaction.check(counter("absent"), condition=NEW, label="absent")
    assert transaction.refused() == {"taken"}


def test_a_conflict_with_another_transaction_is_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sending = Failing(monkeypatch, ["TransactionConflict"], times=3)
    add("a").commit()
    assert (sending.sent, value("a")) == (4, 1)


def test_a_transaction_that_stays_contended_is_a_fault_that_may_pass(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sending = Failing(monkeypatch, ["TransactionConflict"], times=CONFLICT_ATTEMPTS_MAX)
    with pytest.raises(TransientFault):
        add("a").commit()
    assert sending.sent == CONFLICT_ATTEMPTS_MAX


def test_a_failed_condition_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    sending = Failing(monkeypatch, ["ConditionalCheckFailed", "TransactionConflict"], times=1)
    with pytest.raises(ConditionFailed) as failed:
        add("a", "b").commit()
    assert failed.value.labels == {"a"}
    assert sending.sent == 1


def test_a_store_that_cannot_be_reached_is_a_fault_that_may_pass(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sending = Failing(monkeypatch, [], times=1)
    with pytest.raises(TransientFault):
        add("a").commit()
    assert sending.sent == 1
