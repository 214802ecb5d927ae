"""Say what is being done and how long it takes: live on a terminal, plain lines elsewhere."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress as LiveLine
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn


class Progress:
    """Reports steps on stderr: stdout is for results."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._console = Console(file=sys.stderr, highlight=False, quiet=quiet, soft_wrap=True)
        self._started = time.monotonic()

    @property
    def elapsed_seconds(self) -> float:
        return time.monotonic() - self._started

    def say(self, text: str) -> None:
        self._console.print(text, markup=False)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Announce a step, and say at its end how it went and what it took."""
        started = time.monotonic()
        try:
            with self._live(name):
                yield
        except BaseException:
            self.say(f"  failed  {name}  ({time.monotonic() - started:.1f} s)")
            raise
        self.say(f"  done    {name}  ({time.monotonic() - started:.1f} s)")

    @contextmanager
    def _live(self, name: str) -> Iterator[None]:
        if not self._console.is_terminal:
            self.say(f"  ...     {name}")
            yield
            return
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        with LiveLine(*columns, console=self._console, transient=True) as line:
            line.add_task(name, total=None)
            yield
