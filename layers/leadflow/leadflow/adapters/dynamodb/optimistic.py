"""Read, decide, write on the condition that nobody wrote in between; and again if somebody did."""

from collections.abc import Callable
from typing import TypeVar

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from leadflow.domain.errors import TransientFault

Written = TypeVar("Written")

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
