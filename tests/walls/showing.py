"""What callers can read, and what must not be in it."""

from collections.abc import Callable, Iterator, Sequence

from tests.walls.attempts import Route, may_use
from tests.walls.naming import SHARED
from tests.walls.rules import PUBLIC, RULES
from tests.walls.world import Api, Caller, Side, World

OTHERS_MAY_SEE = {"check", "version", "tenant"} | SHARED
"""Kinds whose ids may be told inside of the tenant."""


QUERIES: dict[str, Callable[[Side], dict[str, str]]] = {
    "GET /bids/hints": lambda own: {
        "lead_type_id": own.own("type"),
        "scope": "county",
        "country": "US",
        "state": "GA",
        "county": "Fulton County",
    }
}
"""What has to be asked along with a path; lists are read as a whole."""


def _everything(_own: Side) -> dict[str, str]:
    return {"limit": "200"}


def forbidden_texts(caller: Caller, world: World) -> list[str]:
    """Ids and secrets that the caller may never be shown: others', or of another tenant."""
    everything = [one for side in world.sides for one in (*side.things, *side.hidden)]
    return [
        one.id
        for one in everything
        if one.kind != "version"
        and not one.is_reached_by(caller)
        and (one.side != caller.side or one.kind not in OTHERS_MAY_SEE)
    ]


def shown_to(
    caller: Caller, api: Api, world: World, names: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """Every path that the caller may read with its credentials, and what it says."""
    readable = [one for one in names if one.startswith("GET ") and one not in PUBLIC]
    for route in [Route(name) for name in readable]:
        for path in _paths(route, caller, world):
            query = QUERIES.get(route.name, _everything)(world.side(caller.side))
            answer = api.call("GET", path, authorization=caller.authorization, query=query)
            assert answer.status == 200, (caller.name, path, answer.text)
            yield path, answer.text


def _paths(route: Route, caller: Caller, world: World) -> Iterator[str]:
    if "{" in route.path:
        for target in route.targets(world):
            if target.is_there_for(caller) and may_use(route, caller, target):
                yield target.path
    elif RULES[route.name].admits(caller):
        yield route.path
