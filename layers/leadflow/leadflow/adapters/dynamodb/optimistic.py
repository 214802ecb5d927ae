"""Read, decide, write on the condition that nobody wrote in between; and again if somebody did."""

from collections.abc import Callable
from typing import TypeVar

from leadflow.adapters.dynamodb.transactions import ConditionFailed, Transaction
from leadflow.application.contention import Overtaken, until_done
from leadflow.domain.errors import NotFound

Written = TypeVar("Written")
Kept = TypeVar("Kept")

WRITES_MAX = 40
"""Tries of one change while others keep changing the same item."""
_WAIT_SECONDS_MAX = 0.3


def until_written(write: Callable[[], Written]) -> Written:
    """Call `write` until it is not overtaken. Raises `TransientFault` when it always was."""
    return until_done(write, tries=WRITES_MAX, wait_seconds_max=_WAIT_SECONDS_MAX)


def changed(
    find: Callable[[], Kept | None],
    change: Callable[[Kept], Kept],
    put: Callable[[Transaction, Kept, Kept], None],
) -> Kept:
    """Store a changed object on the version that it was made of; an unchanged one is left alone.

    `put` adds the writes, given before and after. Raises `NotFound`, `TransientFault`, and what
    `change` raises.
    """

    def once() -> Kept:
        before = find()
        if before is None:
            raise NotFound
        after = change(before)
        if after == before:
            return after
        transaction = Transaction()
        put(transaction, before, after)
        try:
            transaction.commit()
        except ConditionFailed as error:
            raise Overtaken("The item stayed contended.") from error
        return after

    return until_written(once)
