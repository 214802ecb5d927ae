"""Doing something again that others got in the way of, for a bounded number of times."""

from collections.abc import Callable
from typing import TypeVar

from leadflow.domain.errors import TransientFault

Done = TypeVar("Done")

_WAIT_SECONDS = 0.01


class Overtaken(Exception):
    """Somebody else has changed, or holds, what was read; a moment later it may pass."""


def until_done(do: Callable[[], Done], *, tries: int, wait_seconds_max: float) -> Done:
    """Call `do` until it is not `Overtaken`, with growing random waits in between.

    Raises `TransientFault` when it was overtaken at every try.
    """
    try:
        return do()
    except Overtaken as first:
        return _tried_again(do, first, tries, wait_seconds_max)


def _tried_again(
    do: Callable[[], Done], first: Overtaken, tries: int, wait_seconds_max: float
) -> Done:
    """What `until_done` does once the first try was overtaken; that one counts."""
    from tenacity import (  # noqa: PLC0415 # loads asyncio, and hardly anybody is overtaken
        Retrying,
        retry_if_exception_type,
        stop_after_attempt,
        wait_random_exponential,
    )

    overtaken = [first]

    def next_try() -> Done:
        if overtaken:
            raise overtaken.pop()
        return do()

    retrying = Retrying(
        retry=retry_if_exception_type(Overtaken),
        wait=wait_random_exponential(multiplier=_WAIT_SECONDS, max=wait_seconds_max),
        stop=stop_after_attempt(tries),
        reraise=True,
    )
    try:
        return retrying(next_try)
    except Overtaken as error:
        raise TransientFault(str(error)) from error
