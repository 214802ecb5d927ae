"""Every endpoint of the deployed API, asked by everybody for what is not theirs (C11)."""

import itertools
from collections.abc import Iterator

import httpx
import pytest

from tests.contract_run import held
from tests.e2e.shop import TIMEOUT_SECONDS
from tests.walls.attempts import Attempts, Route, Target, with_ids
from tests.walls.document import names
from tests.walls.founding import made_world
from tests.walls.over_http import ByItself, Stack
from tests.walls.rules import RULES
from tests.walls.world import Caller, World
from tools.local_stack import StackInfo

NAMES = names()
ATTACKERS = ("admin", "customer_admin 1", "partner_admin 1", "source 1 basic")

Standing = tuple[Stack, World]


@pytest.fixture(scope="module")
def standing(stack: StackInfo) -> Iterator[Standing]:
    with httpx.Client(base_url=stack.api_url, timeout=TIMEOUT_SECONDS) as client:
        api = Stack(client)
        yield api, made_world(api, ByItself())


def test_over_http_too_an_id_of_anybody_else_looks_like_none(standing: Standing) -> None:
    api, world = standing
    attempts, wrong = Attempts(api, world), list[tuple[object, ...]]()
    for caller, route in itertools.product(_attackers(world), with_ids(NAMES)):
        nowhere = attempts.ask(caller, route, route.nowhere())
        is_open = route.rule is None or route.rule.admits(caller)
        expected = {404, 403} if route.rule is None else {404 if is_open else 403}
        wrong += [] if nowhere.status in expected else [(caller.name, nowhere)]
        for target in _foreign(caller, route, world) if is_open else ():
            answer = attempts.ask(caller, route, target.path)
            wrong += [] if answer == nowhere else [(caller.name, target.path, answer, nowhere)]
    assert not wrong
    held("walls: every endpoint over HTTP", ["C11"], operations=attempts.tried)


def test_no_spelling_of_a_request_leads_around_a_wall(standing: Standing, stack: StackInfo) -> None:
    api, world = standing
    ash, birch = world.sides
    lead, own = birch.own("lead"), ash.own("lead")
    admin, user = ash.callers["admin"].authorization, ash.callers["customer_user 1"].authorization
    mine, theirs = f"/customers/{ash.own('customer')}", f"/customers/{ash.own('customer', 2)}"
    raw = httpx.URL(stack.api_url).raw_path.decode().rstrip("/")
    spellings = [
        f"/leads/{own}/../{lead}",
        f"/leads/{own}%2F..%2F{lead}",
        f"/leads//{lead}",
        f"//leads/{lead}",
        f"/leads/{lead}/",
        f"/leads/{lead.upper()}",
        f"/leads/{lead}%00",
        f"/leads/{lead};a=b",
        f"/LEADS/{lead}",
        f"/leads/%6Cead{lead.removeprefix('lead')}",
        f"/leads/{'x' * 5000}",
        f"/public/../leads/{lead}",
        f"/public/{ash.tenant_id}/../../leads/{lead}",
        f"/leads/{lead}?tenant_id={birch.tenant_id}",
    ]
    for path in spellings:
        answer = api.client.send(_exactly(api.client, "GET", raw + path, admin))
        assert answer.status_code in {400, 403, 404, 414}, (path, answer.status_code, answer.text)
        assert lead not in answer.text
    for path in (f"{mine}/../{theirs[11:]}/wallet", f"{mine}%2F..%2F{theirs[11:]}/wallet"):
        answer = api.client.send(_exactly(api.client, "GET", raw + path, user))
        assert answer.status_code in {400, 403, 404}, (path, answer.text)
    twice = f"/leads?customer_id={ash.own('customer')}&customer_id={ash.own('customer', 2)}"
    assert api.call("GET", twice, authorization=user).status == 422
    held("walls: spellings over HTTP", ["C11"], operations=len(spellings) + 3)


def test_headers_change_neither_the_method_nor_who_is_calling(standing: Standing) -> None:
    api, world = standing
    ash, birch = world.sides
    sales, admin = (ash.callers[name].authorization for name in ("sales", "admin"))
    path = f"/bids/{ash.own('bid')}"
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        for method in ("DELETE", "PATCH"):
            kept = api.call("GET", path, authorization=sales, headers={name: method})
            assert (kept.status, kept.body["id"]) == (200, ash.own("bid"))
            posted = api.call("POST", path, {}, authorization=sales, headers={name: method})
            assert posted.status == 404  # there is no such method
    claimed = {"X-Tenant-Id": birch.tenant_id, "X-Forwarded-User": "admin", "caller": "admin"}
    answer = api.call("GET", f"/leads/{birch.own('lead')}", authorization=admin, headers=claimed)
    assert answer.status == 404
    assert api.call("GET", path, authorization=admin).body["status"] != "archived"


def test_what_the_gateway_remembers_of_one_caller_serves_no_other(standing: Standing) -> None:
    api, world = standing
    paths = ("/leads", "/customers", "/sources", "/submissions", "/demands")
    callers = [caller for side in world.sides for caller in side.callers.values()]
    for _ in range(2):  # the second time the gateway knows everybody
        for path in paths:
            for caller in callers:
                answer = api.call("GET", path, authorization=caller.authorization)
                is_open = RULES[f"GET {path}"].admits(caller)
                assert answer.status == (200 if is_open else 403), (caller.name, path)
                others = world.other(caller.side)
                assert not any(
                    one.id in answer.text
                    for one in (*others.things, *others.hidden)
                    if one.kind != "version"
                )
            for header in (None, "Bearer nobody", callers[0].authorization + "x"):
                assert api.call("GET", path, authorization=header).status == 401
    held("walls: the authorizer's memory", ["C11"], operations=2 * len(paths) * (len(callers) + 3))


def _attackers(world: World) -> list[Caller]:
    """One of each kind, in the first tenant."""
    return [world.sides[0].callers[name] for name in ATTACKERS]


def _foreign(caller: Caller, route: Route, world: World) -> Iterator[Target]:
    """Of what the caller does not reach, one of the other tenant and one of a neighbour."""
    targets = [
        one for one in route.targets(world) if one.is_nested and not one.is_there_for(caller)
    ]
    for is_near in (False, True):
        found = [one for one in targets if (one.things[0].side == caller.side) is is_near]
        yield from found[:1]


def _exactly(client: httpx.Client, method: str, path: str, authorization: str) -> httpx.Request:
    """A request whose path is sent as it is spelled; the client would tidy it up."""
    headers, as_spelled = {"Authorization": authorization}, {"target": path.encode()}
    return client.build_request(method, "/", headers=headers, extensions=as_spelled)
