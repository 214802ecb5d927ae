"""Any fake port, made as unreliable as the world: calls fail, lose answers, repeat, meet others.

`Wire` counts the calls of one execution to the ports that are wrapped, and at the planned one lets
happen what was planned. `wired` wraps all fake ports within an action, however deep they lie.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import Enum, auto
from typing import Protocol, TypeVar, cast

from leadflow.domain.errors import TransientFault

Action = TypeVar("Action")


class Killed(Exception):
    """The process ends without a word: nobody may catch this."""


class Fate(Enum):
    """What becomes of a call."""

    FAILS = auto()
    """Nothing is applied; the caller hears of a fault."""
    LOST = auto()
    """It is applied; the caller hears of a fault."""
    KILLED = auto()
    """Nothing is applied, and the caller is no more."""
    KILLED_BEHIND = auto()
    """It is applied, and the caller is no more."""
    REPEATED = auto()
    """It is applied twice; the caller hears the second answer."""
    DELAYED = auto()
    """Others act between what the caller has read and this call."""
    OVERTAKEN = auto()
    """Others act between this call and its answer."""


FAULTS = frozenset(Fate) - {Fate.DELAYED, Fate.OVERTAKEN}


@dataclass(frozen=True)
class Trouble:
    """What happens at the call of that number, from 1; `meanwhile` is what others do."""

    at: int
    fate: Fate
    meanwhile: Callable[[], object] = lambda: None


@dataclass
class Wire:
    """Between an action and its ports. `faults` counts what has really happened."""

    trouble: Trouble | None = None
    calls: int = 0
    faults: int = 0

    def plan(self, trouble: Trouble | None) -> None:
        """For the next execution; its calls are counted from 1."""
        self.trouble, self.calls = trouble, 0

    def call(self, call: Callable[[], object]) -> object:
        """Make a call as it is planned."""
        self.calls += 1
        trouble = self.trouble
        if trouble is None or trouble.at != self.calls:
            return call()
        self.trouble = None
        self.faults += 1
        return _met(trouble, call)


def _met(trouble: Trouble, call: Callable[[], object]) -> object:
    fate = trouble.fate
    if fate is Fate.FAILS:
        raise TransientFault("failed")
    if fate is Fate.KILLED:
        raise Killed
    if fate is Fate.DELAYED:
        trouble.meanwhile()
    answer = call()
    if fate is Fate.OVERTAKEN:
        trouble.meanwhile()
    if fate is Fate.LOST:
        raise TransientFault("the answer was lost")
    if fate is Fate.KILLED_BEHIND:
        raise Killed
    return call() if fate is Fate.REPEATED else answer


class _Called(Protocol):
    """A method of a port."""

    def __call__(self, *args: object, **options: object) -> object: ...


class Unreliable:
    """A port whose calls go over a wire; what is no method is handed through."""

    def __init__(self, port: object, wire: Wire) -> None:
        self._port, self._wire = port, wire

    def __getattr__(self, name: str) -> object:
        found = getattr(self._port, name)
        if not callable(found):
            return found
        method = cast("_Called", found)
        return lambda *args, **options: self._wire.call(lambda: method(*args, **options))


PLAIN = ("FixedClock", "Ticking", "CountingIds", "FixedConfiguration", "LibraryFormats")
"""Fakes of what does not fail by itself, or is kept in memory."""


def wired(action: Action, wire: Wire) -> Action:
    """The action with every fake port in it behind the wire, those of its parts included."""
    if not is_dataclass(action):
        return action
    changes = {
        field.name: _wired(getattr(action, field.name), wire)
        for field in fields(action)
        if field.init
    }
    return cast("Action", replace(action, **changes))  # type: ignore[type-var] # a dataclass


def _wired(part: object, wire: Wire) -> object:
    kind = type(part)
    if kind.__name__ in PLAIN or kind is Unreliable:
        return part
    if kind.__module__.startswith("tests."):
        return Unreliable(part, wire)
    is_action = kind.__module__.startswith("leadflow.application") and is_dataclass(part)
    return wired(part, wire) if is_action else part
