"""Doing something again that others got in the way of, for a bounded number of times."""

from collections.abc import Callable
from typing import TypeVar

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from leadflow.domain.errors import TransientFault

Done = TypeVar("Done")

_WAIT_SECONDS = 0.01


class Overtaken(Exception):
    """Somebody else has changed, or holds, what was read; a moment later it may pass."""


def until_done(do: Callable[[], Done], *, tries: int, wait_seconds_max: float) -> Done:
    """Call `do` until it is not `Overtaken`, with growing random waits in between.

    Raises `TransientFault` when it was overtaken at every try.
    """
    retrying = Retrying(
        retry=retry_if_exception_type(Overtaken),
        wait=wait_random_exponential(multiplier=_WAIT_SECONDS, max=wait_seconds_max),
        stop=stop_after_attempt(tries),
        reraise=True,
    )
    try:
        return retrying(do)
    except Overtaken as error:
        raise TransientFault(str(error)) from error
