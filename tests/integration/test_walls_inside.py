"""The same two tenants beyond ids in paths: bodies, filters, cursors, keys, tokens, what is shown.

See `test_walls.py`; routes and requests are in `tests/walls`.
"""

from collections.abc import Iterator

import pytest

from tests.contract_run import held
from tests.integration.gateway import Gateway, refusal, routes
from tests.walls.attempts import BODIES, Route, unknown, with_ids
from tests.walls.document import members_that_name, names
from tests.walls.founding import basic
from tests.walls.in_process import standing_world, stored
from tests.walls.naming import NamingAttempts, generic, members_of
from tests.walls.requests import REQUESTS
from tests.walls.rules import RULES
from tests.walls.world import Caller, Side, World

NAMES = names()
LISTS = [name[4:] for name in NAMES if name.startswith("GET ") and "{" not in name]

SHOWN_MAX = 20
"""Mistakes that a failure spells out."""

Standing = tuple[Gateway, World]


@pytest.fixture(scope="module")
def standing() -> Iterator[Standing]:
    with standing_world() as made:
        yield made


def test_naming_anybody_else_in_a_body_is_like_naming_nobody(standing: Standing) -> None:
    gateway, world = standing
    ash, birch = world.sides
    attempts, before = NamingAttempts(gateway, world), stored(birch.tenant_id)
    wrong = [mistake for named in REQUESTS for mistake in attempts.request(named, ash)]
    assert not wrong, "\n".join(wrong[:SHOWN_MAX])
    assert stored(birch.tenant_id) == before
    held("walls: ids in bodies and headers", ["C11"], operations=attempts.tried)


def test_every_member_of_a_body_that_names_something_is_tried(standing: Standing) -> None:
    ash = standing[1].sides[0]
    tried = {
        (f"{named.method} {generic(named.path(ash), ash)}", member)
        for named in REQUESTS
        for member in members_of(named.body(ash))
    }
    missing = members_that_name() - tried
    assert not missing, f"Add a request for each of these to tests/walls/requests.py: {missing}"


def test_filtering_by_anybody_else_finds_what_filtering_by_nobody_finds(
    standing: Standing,
) -> None:
    gateway, world = standing
    attempts = NamingAttempts(gateway, world)
    wrong = [mistake for caller in world.attackers() for mistake in attempts.filters(caller)]
    assert not wrong, "\n".join(wrong[:SHOWN_MAX])
    held("walls: filters", ["C11"], operations=attempts.tried)


def test_a_cursor_is_of_use_to_nobody_else_and_nowhere_else(standing: Standing) -> None:
    gateway, world = standing
    cursors = dict(_cursors(gateway, world))
    assert {path for _, path in cursors} >= {"/leads", "/bids", "/customers", "/submissions"}
    tried = 0
    for (name, path), cursor in cursors.items():
        maker = world.sides[0].callers[name]
        elsewhere = [(maker, other) for other in LISTS if other != path]
        others = [(one, path) for one in world.callers if not _shares_lists(maker, one)]
        for caller, where in (*elsewhere, *others):
            answer = gateway.call(
                "GET", where, authorization=caller.authorization, query={"cursor": cursor}
            )
            tried += 1
            is_refused = answer.status == 422 and answer.body["code"] == "invalid_cursor"
            assert is_refused or answer.status == 403 or where in WITHOUT_PAGES, (name, where)
    held("walls: cursors", ["C11"], operations=tried)


WITHOUT_PAGES = {
    "/settings",
    "/distribution-plan",
    "/usage",
    "/subscription",
    "/integrations/real-estate-api",
    "/openapi.json",
    "/bids/hints",
}
"""Read without ids, and no lists; hints want more than a cursor."""


def _cursors(gateway: Gateway, world: World) -> Iterator[tuple[tuple[str, str], str]]:
    """Who got a cursor from which list."""
    for caller in world.sides[0].callers.values():
        for path in LISTS:
            answer = gateway.call(
                "GET", path, authorization=caller.authorization, query={"limit": "1"}
            )
            if answer.status == 200 and answer.body.get("next_cursor"):
                yield (caller.name, path), answer.body["next_cursor"]


def _shares_lists(one: Caller, other: Caller) -> bool:
    """Whether both see the same part of the tenant."""
    theirs = [caller.parties - {caller.name} for caller in (one, other)]
    return one.side == other.side and theirs[0] == theirs[1]


def test_a_key_of_one_caller_repeats_nothing_for_another(standing: Standing) -> None:
    gateway, world = standing
    made: dict[str, set[str]] = {}
    for caller in world.callers:
        for method, path, body in _harmless(world.side(caller.side), caller):
            answer = gateway.call(
                method,
                path,
                body,
                authorization=caller.authorization,
                headers={"Idempotency-Key": "the-same-key"},
            )
            is_repeat = "Idempotent-Replayed" in answer.headers
            assert is_repeat is caller.name.endswith("bearer"), (caller, answer)
            made.setdefault(path.split("/")[-1], set()).add(answer.body.get("id", answer.text))
    assert {path: len(ids) for path, ids in made.items()} == {
        "duplicate-checks": 2,
        "lead-exports": 8,
        "ping": 4,
    }


def _harmless(own: Side, caller: Caller) -> Iterator[tuple[str, str, object]]:
    """A request that changes little, for those who may make one."""
    if caller.name == "admin":
        yield "POST", "/duplicate-checks", {"fields": ["phone"], "days": 1}
    if caller.kind == "customer":
        number = int(caller.name[-1])
        yield "POST", f"/customers/{own.own('customer', number)}/lead-exports", None
    if caller.kind == "source":  # its two credentials are one caller
        yield "POST", "/ping", {"zip": "30303", "last_name": "Key"}


def test_names_and_people_are_no_secrets_that_another_tenant_could_ask_for(
    standing: Standing,
) -> None:
    gateway, world = standing
    ash, birch = world.sides
    lead = ash.ask("GET", f"/leads/{ash.own('lead')}")
    for path, kind in (("/lead-categories", "category"), ("/partners", "partner")):
        name = ash.ask("GET", f"{path}/{ash.own(kind)}")["name"]
        body = {"name": name, "fields": []} if kind == "category" else {"name": name}
        birch.ask("POST", path, body)
    user = ash.ask("GET", f"/users/{ash.own('user')}")
    birch.ask("POST", "/users", {"email": user["email"], "role": "sales"})
    body = {name: value for name, value in lead["contact"].items() if name != "county"}
    again = ash.ask("POST", "/leads", body, by="source 1 basic")
    answer = birch.ask("POST", "/leads", body, by="source 1 basic")
    assert (again["status"], answer["status"]) == ("duplicate", "assigned")
    assert gateway.calls


def test_without_credentials_that_hold_every_route_is_closed(standing: Standing) -> None:
    gateway, world = standing
    ash, birch = world.sides
    gateway.forget()
    wrong = list(_wrong_credentials(ash, birch))
    closed = [one for one in routes() if not one.is_public]
    for header in wrong:
        for route in closed:
            path = Route(route.name).nowhere() if route.parameters else route.path
            answer = gateway.call(route.method, path, {}, authorization=header)
            assert answer == refusal("UNAUTHORIZED"), (header, route)
    held("walls: wrong credentials", ["C11"], operations=len(wrong) * len(closed))


def _wrong_credentials(ash: Side, birch: Side) -> Iterator[str | None]:
    """None, damaged ones, those of two callers mixed, and such as have ended."""
    token = ash.callers["admin"].authorization.removeprefix("Bearer ")
    key = ash.callers["source 1 basic"].authorization.removeprefix("Basic ")
    yield from (None, "", "Bearer", "Bearer ", token, f"Basic {token}", f"Bearer {key}")
    yield from (f"Bearer {token[:-1]}", f"Bearer {token}x", f"Bearer {token.swapcase()}")
    yield f"Bearer {token}, Bearer {birch.callers['admin'].authorization}"
    made = ash.ask("POST", "/users", {"email": "gone@example.com", "role": "admin"})
    ash.ask("DELETE", f"/users/{made['id']}")
    yield f"Bearer {made['token']}"
    sources = [_source(side) for side in (ash, birch)]
    keys = [source["credentials"] for source in sources]
    yield basic({**keys[0], "api_secret": keys[1]["api_secret"]})
    yield basic({**keys[0], "api_secret": ""})
    ash.ask("POST", f"/sources/{sources[0]['id']}/credentials")
    yield basic(keys[0])
    birch.ask("DELETE", f"/sources/{sources[1]['id']}")
    yield basic(keys[1])
    yield f"Bearer {keys[1]['bearer_token']}"


def _source(side: Side) -> dict[str, dict[str, str]]:
    body = {"name": "Gone", "type": "vendor", "lead_category_id": side.own("category")}
    return side.ask("POST", "/sources", body)


def test_a_market_that_is_not_public_is_like_that_of_no_tenant(standing: Standing) -> None:
    gateway, world = standing
    path = f"/public/{world.sides[1].tenant_id}/marketplace"
    assert gateway.call("GET", path).status == 200
    world.sides[1].ask("PATCH", "/settings", {"public_marketplace_enabled": False})
    closed = gateway.call("GET", path)
    world.sides[1].ask("PATCH", "/settings", {"public_marketplace_enabled": True})
    assert closed == gateway.call("GET", f"/public/{unknown('tenant')}/marketplace")
    assert closed.status == 404


def test_a_public_market_tells_of_no_person_and_no_buyer(standing: Standing) -> None:
    gateway, world = standing
    for side in world.sides:
        shown = gateway.call("GET", f"/public/{side.tenant_id}/marketplace").text
        assert side.own("auction") in shown
        told = {one.id for one in side.things if one.kind in {"auction", "type"}}
        things = [one for each in world.sides for one in (*each.things, *each.hidden)]
        assert not [
            one
            for one in things
            if one.id in shown and one.kind != "version" and one.id not in told
        ]


ODD = ("x" * 3000, "..", ".", "%2e%2e", "%2F", "é", "\u0000", "*", "null", "-1", "0", "\uff11", "#")
"""Texts that are no identifiers of anything."""


def test_what_is_no_identifier_is_like_one_that_nobody_has(standing: Standing) -> None:
    gateway, world = standing
    ash, birch = world.sides
    before, tried, wrong = stored(), 0, []
    no_such = gateway.call(
        "GET", f"/leads/{unknown('lead')}", authorization=ash.callers["admin"].authorization
    )
    for name in ("admin", "customer_admin 1", "partner_admin 1", "source 1 basic"):
        who = ash.callers[name].authorization
        for route in with_ids(NAMES):
            if route.rule is not None and not route.rule.admits(ash.callers[name]):
                continue
            body = route.body(ash)
            nowhere = gateway.call(route.method, route.nowhere(), body, authorization=who)
            for odd in (*ODD, *_spelled_otherwise(route, ash, birch)):
                path = route.filled([odd] * len(route.kinds))
                answer = gateway.call(route.method, path, body, authorization=who)
                tried += 1
                if answer not in (nowhere, no_such):
                    wrong.append(f"{name} {route.name} {odd[:99]!r}: {answer} is not {nowhere}")
    assert not wrong, "\n".join(wrong[:SHOWN_MAX])
    assert stored() == before
    held("walls: texts that are no ids", ["C11"], operations=tried)


def _spelled_otherwise(route: Route, ash: Side, birch: Side) -> Iterator[str]:
    """Ids that exist, in ways that must not find them."""
    if route.kinds[0] in {"version", "tenant"}:
        return
    own, other = (side.own(route.kinds[0]) for side in (ash, birch))
    yield from (own.upper(), f" {own}", f"{own} ", f"{own}#", f"{own}%00")
    yield from (f"{birch.tenant_id}#{other}", f"{ash.tenant_id}#{own}", f"{own},{other}")
    yield from {one.kind: one.id for one in ash.things if one.kind != route.kinds[0]}.values()


def test_nobody_says_in_a_body_whose_tenant_it_is(standing: Standing) -> None:
    gateway, world = standing
    ash, birch = world.sides
    before = stored(birch.tenant_id)
    for name, body in BODIES.items():
        route = Route(name)
        for caller in ash.callers.values():
            if name not in RULES or not RULES[name].admits(caller):
                continue
            sent = {**_object(body(ash)), "tenant_id": birch.tenant_id}
            answer = gateway.call(
                route.method, route.nowhere(), sent, authorization=caller.authorization
            )
            is_refused = answer.status == 422 and "tenant_id" in answer.body["errors"]
            assert is_refused or answer.status == 404, (name, answer)
    posted = {"zip": "30303", "tenant_id": birch.tenant_id, "source_id": birch.own("source")}
    mine = ash.ask("POST", "/leads", posted, by="source 1 basic")
    assert ash.ask("GET", f"/leads/{mine['lead_public_id']}")["source_id"] == ash.own("source")
    assert stored(birch.tenant_id) == before


def _object(body: object) -> dict[str, object]:
    assert isinstance(body, dict)
    return body
