"""Input made to hurt, and the bounds within which whatever reads it has to stay.

Processor time and memory grow with the input and no faster. The bounds are far above what a read
takes, and far below what one takes that goes over its input again for each part of it.
"""

import time
import tracemalloc
from collections.abc import Callable, Sequence
from contextlib import suppress

from hypothesis import strategies as st

from leadflow.domain.errors import LeadflowError

BASE_SECONDS, SECONDS_PER_BYTE = 0.5, 12e-6
BASE_BYTES, BYTES_PER_BYTE = 1_000_000, 120
"""A list of empty objects takes most: three characters become an object and its place."""

TEXTS = st.text(max_size=60)
"""Any characters, lone surrogates and NUL among them."""

NUMBERS: Sequence[str] = (
    "0",
    "-0.0",
    "1e999999",
    "-1e999999",
    "1e-999999",
    "1e99999999999999999999",
    "0." + "0" * 5_000 + "1",
    "9" * 4_300,
    "9" * 4_301,
    "9" * 100_000,
    "1." + "3" * 100_000,
    "NaN",
    "-Infinity",
)
"""Spelled as in JSON, where most of them may stand."""

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)
"""What JSON may hold, `NaN` and the infinities included, which only sound like it."""


def within(call: Callable[[], object], size: int) -> None:
    """Call for time, then for memory; only errors of the declared tree may come out.

    `size` is that of the input in bytes. What is slow for once, since it loads something, has
    another try.
    """
    seconds = BASE_SECONDS + SECONDS_PER_BYTE * size
    taken = _seconds(call)
    taken = taken if taken <= seconds else _seconds(call)
    assert taken <= seconds, f"{taken:.2f} s for {size} bytes"
    tracemalloc.start()
    try:
        known(call)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak <= BASE_BYTES + BYTES_PER_BYTE * size, f"{peak} bytes for {size}"


def _seconds(call: Callable[[], object]) -> float:
    began = time.process_time()
    known(call)
    return time.process_time() - began


def known(call: Callable[[], object]) -> None:
    """Call; whatever is raised beside the declared tree goes through."""
    with suppress(LeadflowError):
        call()
