"""Requests that name others in their bodies, filters and headers, and what to put there instead."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from tests.walls.attempts import unknown
from tests.walls.document import SEARCHED, filters
from tests.walls.world import Api, Caller, Json, Sent, Side, Thing, World

Body = Callable[[Side], Json]

SHARED = {"auction", "category", "source", "stage", "tier", "type"}
"""Kinds that are no secret between the customers of a tenant."""

VARIES = re.compile(
    r'"version": \d+|'
    r"\b[a-z]+_[0-9a-z]{26}\b|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[0-9:.]+Z"
)
"""Versions, ids and times, which differ between answers to the same request."""


@dataclass(frozen=True)
class Named:
    """A request of a caller; `path` and the rest name things of the caller's side."""

    by: str
    method: str
    path: Callable[[Side], str]
    body: Body = field(default=lambda _: {})
    headers: Callable[[Side], dict[str, str]] = field(default=lambda _: {})


def foreign_to(caller: Caller, kind: str, world: World) -> list[Thing]:
    """What the caller may not know of. Any partner of the tenant may be named by a source (8.1)."""
    shared = SHARED | ({"partner"} if caller.kind == "source" else set())
    return [
        one
        for one in world.things(kind)
        if one.side != caller.side or (kind not in shared and not one.is_reached_by(caller))
    ]


def swapped(given: object, old: str, new: str) -> object:
    """The same with another text in the place of one."""
    if isinstance(given, Mapping):
        return {swapped(key, old, new): swapped(value, old, new) for key, value in given.items()}
    if isinstance(given, list):
        return [swapped(one, old, new) for one in given]
    return new if given == old else given


def alike(answer: Sent) -> tuple[int, str, Mapping[str, str]]:
    """What an answer says, whatever the ids and times in it."""
    headers = {name: text for name, text in answer.headers.items() if name.lower() != "etag"}
    return answer.status, VARIES.sub("*", answer.text), headers


@dataclass
class NamingAttempts:
    """Callers that name what is not theirs."""

    api: Api
    world: World
    tried: int = 0

    def request(self, named: Named, side: Side) -> Iterator[str]:
        """What is wrong with the answers when each id in a request is replaced in turn."""
        caller = side.callers[named.by]
        sent = {"body": named.body(side), "headers": named.headers(side)}
        for own in _ids_in(sent, side):
            told = alike(self._ask(named, side, swapped(sent, own.id, unknown(own.kind))))
            for other in foreign_to(caller, own.kind, self.world):
                answer = alike(self._ask(named, side, swapped(sent, own.id, other.id)))
                if answer != told or answer[0] >= 500:
                    yield f"{named.by} {named.path(side)} with {other.id}: {answer} is not {told}"

    def filters(self, caller: Caller) -> Iterator[str]:
        """What is wrong with the lists when others are filtered by."""
        for path, parameters in filters().items():
            for name, kind in parameters.items():
                told = self._list(caller, path, name, unknown(kind))
                texts = self._hidden_from(caller) if name in SEARCHED else []
                for other in (*foreign_to(caller, kind, self.world), *texts):
                    answer = self._list(caller, path, name, other.id)
                    if answer != told or answer.status >= 500:
                        yield f"{caller.name} {path}?{name}={other.id}: {answer} is not {told}"

    def _hidden_from(self, caller: Caller) -> list[Thing]:
        """Addresses that the caller may search for in vain."""
        hidden = [one for side in self.world.sides for one in side.hidden if "@" in one.id]
        return [one for one in hidden if not one.is_reached_by(caller)]

    def _ask(self, named: Named, side: Side, sent: object) -> Sent:
        assert isinstance(sent, dict)
        self.tried += 1
        return self.api.call(
            named.method,
            named.path(side),
            sent["body"],
            authorization=side.callers[named.by].authorization,
            headers=sent["headers"],
        )

    def _list(self, caller: Caller, path: str, name: str, value: str) -> Sent:
        self.tried += 1
        who = caller.authorization
        return self.api.call("GET", path, authorization=who, query={name: value})


def _ids_in(given: object, side: Side) -> list[Thing]:
    """The things of a side that a request names."""
    text = str(given)
    return [one for one in side.things if one.id in text]


def members_of(body: object) -> Iterator[str]:
    """The names of all members of a body."""
    if isinstance(body, Mapping):
        yield from body
        for member in body.values():
            yield from members_of(member)
    for one in body if isinstance(body, list) else ():
        yield from members_of(one)


def generic(path: str, side: Side) -> str:
    """A path as the document has it."""
    parts, ids = path.split("/"), {one.id for one in side.things}
    names = ["{id}", "{webhook_id}"]
    return "/".join(names.pop(0) if part in ids else part for part in parts)
