"""Two tenants, and everybody in them, try every endpoint of the template (`contract.md`, C11).

Routes come from the template and are filled by `tests/walls`: a new one is tried by itself.
"""

from collections.abc import Iterator

import pytest

from tests.contract_run import held
from tests.integration.gateway import Gateway
from tests.walls.attempts import Attempts, Route, with_ids
from tests.walls.document import names
from tests.walls.in_process import standing_world, stored
from tests.walls.rules import RULES
from tests.walls.showing import forbidden_texts, shown_to
from tests.walls.world import World

NAMES = names()
UNREADABLE = {"no_such_member": True}
STALE = {"If-Match": '"0"'}
"""With it nothing that has a version is changed."""

SHOWN_MAX = 20
"""Mistakes that a failure spells out."""

Standing = tuple[Gateway, World]


@pytest.fixture(scope="module")
def standing() -> Iterator[Standing]:
    with standing_world() as made:
        yield made


def test_an_id_of_anybody_else_looks_like_none_to_everybody(standing: Standing) -> None:
    gateway, world = standing
    attempts, before = Attempts(gateway, world), stored()
    wrong = [
        mistake
        for caller in world.attackers()
        for route in with_ids(NAMES)
        for mistake in attempts.every_id(caller, route)
    ]
    assert not wrong, "\n".join(wrong[:SHOWN_MAX])
    assert stored() == before
    held("walls: every endpoint with every id", ["C11"], operations=attempts.tried)


def test_a_role_gets_as_far_as_the_table_of_roles_lets_it(standing: Standing) -> None:
    gateway, world = standing
    known = [Route(name) for name in NAMES if name in RULES]
    wrong = []
    for caller in world.side("Ash").callers.values():
        for route in known:
            body = None if route.method in {"GET", "DELETE"} else UNREADABLE
            answer = gateway.call(
                route.method,
                route.nowhere(),
                body,
                authorization=caller.authorization,
                headers=STALE,
            )
            rule = RULES[route.name]
            is_refused = answer.status == 403
            is_named = caller.kind != "tenant" or (rule.permission or "") in answer.text
            if (
                is_refused is rule.admits(caller)
                or (is_refused and not is_named)
                or answer.status >= 500
            ):
                wrong.append(f"{caller.name} {route.name}: {answer}")
    assert not wrong, "\n".join(wrong[:SHOWN_MAX])
    held("walls: roles and routes", ["C11"], operations=len(known) * len(world.sides[0].callers))


def test_nobody_is_shown_what_is_not_theirs(standing: Standing) -> None:
    gateway, world = standing
    wrong, looked_at = [], 0
    for caller in world.attackers():
        forbidden = forbidden_texts(caller, world)
        for path, text in shown_to(caller, gateway, world, NAMES):
            looked_at += 1
            wrong += [f"{caller.name} {path}: {one}" for one in forbidden if one in text]
    assert not wrong, "\n".join(wrong[:SHOWN_MAX])
    held("walls: everything that can be read", ["C11", "C12"], operations=looked_at)


@pytest.mark.parametrize(
    ("name", "missing"),
    [("GET /gadgets/{id}", "KINDS"), ("GET /leads/{id}/gadgets", "RULES")],
)
def test_a_route_that_nothing_is_known_of_is_named_with_what_is_missing(
    name: str, missing: str
) -> None:
    with pytest.raises(AssertionError, match=f"{name}: say in {missing}"):
        _ = Route(name).kinds and Route(name).rule
