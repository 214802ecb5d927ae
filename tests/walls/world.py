"""Two tenants that mirror each other: who may call, and what there is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

Json = dict[str, Any]
KINDS = {
    "customer_admin": "customer",
    "customer_user": "customer",
    "partner_admin": "partner",
    "partner_user": "partner",
    "source": "source",
}
"""Whose users have a role; all others are the tenant's."""


class Sent(Protocol):
    """An answer; two of them are equal if a client cannot tell them apart."""

    @property
    def status(self) -> int: ...

    @property
    def text(self) -> str: ...

    @property
    def headers(self) -> Mapping[str, str]: ...

    @property
    def body(self) -> Json: ...


class Api(Protocol):
    """Answers requests."""

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        authorization: str | None = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Sent: ...


@dataclass(frozen=True)
class Caller:
    """Somebody with credentials. `parties` are whose things it reaches in its own tenant."""

    name: str
    side: str
    role: str
    authorization: str
    parties: frozenset[str]

    @property
    def kind(self) -> str:
        """`tenant`, `customer`, `partner` or `source`."""
        return KINDS.get(self.role, "tenant")


@dataclass(frozen=True)
class Thing:
    """Something with an id. `parties` reach it; `parent` is what it belongs to in a path."""

    kind: str
    id: str
    side: str
    parties: frozenset[str]
    parent: str | None = None

    def is_reached_by(self, caller: Caller) -> bool:
        """Whether it exists for the caller, whatever the caller may do with it."""
        return self.side == caller.side and bool(self.parties & caller.parties)


@dataclass
class Side:
    """One of the tenants."""

    name: str
    tenant_id: str
    api: Api
    callers: dict[str, Caller] = field(default_factory=dict)
    things: list[Thing] = field(default_factory=list)
    hidden: list[Thing] = field(default_factory=list)
    """Names, addresses and secrets: only who reaches them may ever be shown their text."""

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        by: str = "admin",
        query: Mapping[str, str] | None = None,
    ) -> Json:
        """What a caller of this side is answered; it must be a success."""
        who = self.callers[by].authorization
        answer = self.api.call(method, path, body, authorization=who, query=query)
        assert answer.status < 300, (method, path, answer.status, answer.text)
        return answer.body

    def add(self, kind: str, of: str, *parties: str, parent: str | None = None) -> str:
        """Note a thing; its id."""
        reached = frozenset({"tenant", *parties})
        self.things.append(Thing(kind, of, self.name, reached, parent))
        return of

    def hide(self, text: str, *parties: str) -> str:
        """Note what is shown to nobody but the tenant's users and these; the text."""
        self.hidden.append(Thing("text", text, self.name, frozenset({"tenant", *parties})))
        return text

    def own(self, kind: str, number: int = 1) -> str:
        """The id of the n-th thing of a kind."""
        return [one.id for one in self.things if one.kind == kind][number - 1]

    def let_in(self, name: str, role: str, authorization: str, *parties: str) -> None:
        """Note a caller, who is a party of its own, as owner of jobs."""
        every = frozenset({name, *parties})
        self.callers[name] = Caller(name, self.name, role, authorization, every)


@dataclass
class World:
    """Both tenants."""

    sides: tuple[Side, ...]

    @property
    def callers(self) -> list[Caller]:
        """Everybody."""
        return [caller for side in self.sides for caller in side.callers.values()]

    def attackers(self) -> list[Caller]:
        """One of every role in the first tenant; the others mirror them."""
        everybody = self.sides[0].callers.values()
        return [one for one in everybody if not one.name.endswith(("2", "2 basic", "bearer"))]

    def things(self, *kinds: str) -> list[Thing]:
        """Everything of these kinds."""
        return [one for side in self.sides for one in side.things if one.kind in kinds]

    def side(self, name: str) -> Side:
        """One of them."""
        return next(one for one in self.sides if one.name == name)

    def other(self, name: str) -> Side:
        """The one that is not called so."""
        return next(one for one in self.sides if one.name != name)
