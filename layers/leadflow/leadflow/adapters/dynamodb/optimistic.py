"""Read, decide, write on the condition that nobody wrote in between; and again if somebody did."""

from collections.abc import Callable
from typing import TypeVar

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from leadflow.adapters.dynamodb.transactions import ConditionFailed, Transaction
from leadflow.domain.errors import NotFound, TransientFault

Written = TypeVar("Written")
Kept = TypeVar("Kept")

WRITES_MAX = 40
"""Tries of one change while others keep changing the same item."""
_WAIT_SECONDS = 0.01
_WAIT_SECONDS_MAX = 0.3


class Overtaken(Exception):
    """Somebody else has changed the item since it was read."""


def until_written(write: Callable[[], Written]) -> Written:
    """Call `write` until it is not overtaken. Raises `TransientFault` when it always was."""
    retrying = Retrying(
        retry=retry_if_exception_type(Overtaken),
        wait=wait_random_exponential(multiplier=_WAIT_SECONDS, max=_WAIT_SECONDS_MAX),
        stop=stop_after_attempt(WRITES_MAX),
        reraise=True,
    )
    try:
        return retrying(write)
    except Overtaken as error:
        raise TransientFault("The item stayed contended.") from error


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
            raise Overtaken from error
        return after

    return until_written(once)
