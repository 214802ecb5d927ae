"""Every endpoint with every id: made from the list of routes, so that a new one is tried by itself.

What cannot be made up by itself is in two tables here and in `rules.py`. A route that they do not
know stops the run with words that say which line is missing.
"""

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tests.walls.rules import PUBLIC, RULES, USERS, Rule
from tests.walls.world import Api, Caller, Sent, Side, Thing, World

KINDS = {
    "audit-conditions": "audit",
    "auctions": "auction",
    "bids": "bid",
    "customers": "customer",
    "deliveries": "delivery",
    "demands": "demand",
    "duplicate-checks": "check",
    "flows": "flow",
    "jobs": "job",
    "lead-categories": "category",
    "lead-imports": "import",
    "lead-types": "type",
    "leads": "lead",
    "orders": "order",
    "partners": "partner",
    "public": "tenant",
    "return-requests": "request",
    "return-tiers": "tier",
    "sources": "source",
    "submissions": "submission",
    "users": "user",
    "versions": "version",
    "webhooks": "webhook",
}
"""The kind of thing that a parameter names, by the part of the path before it."""

PREFIXES = {
    "audit": "audit",
    "check": "check",
    "customer": "cus",
    "request": "return",
    "type": "type",
}
"""How the ids of a kind begin, where not with its name."""

Body = Callable[[Side], object]

BODIES: dict[str, Body] = {
    "PATCH /leads/{id}": lambda _: {"contact": {"first_name": "Eve"}},
    "POST /leads/{id}/erase": lambda _: {"confirm": True},
    "POST /leads/{id}/return-requests": lambda _: {"reason": "wrong_number"},
    "POST /leads/{id}/enrich": lambda _: {"endpoints": ["avm"], "mode": "fill_empty"},
    "POST /customers/{id}/lead-imports": lambda own: {
        "lead_category_id": own.own("category"),
        "mapping": {"ZIP": "zip"},
        "filename": "a.csv",
    },
    "PATCH /customers/{id}": lambda _: {"lead_caps": {"daily": 5}},
    "POST /customers/{id}/deposits": lambda _: {"amount_cents": 500, "description": "Eve"},
    "POST /customers/{id}/withdrawals": lambda _: {"amount_cents": 500, "description": "Eve"},
    "PATCH /bids/{id}": lambda _: {"paused": True},
    "POST /customers/{id}/users": lambda _: {"email": "eve@example.com", "role": "customer_admin"},
    "POST /partners/{id}/users": lambda _: {"email": "eve@example.com", "role": "partner_admin"},
    "POST /customers/{id}/webhooks": lambda _: {"name": "Eve", "url": "https://eve.example.com/"},
    "PATCH /customers/{id}/webhooks/{webhook_id}": lambda _: {"url": "https://eve.example.com/"},
    "POST /marketplace/auctions/{id}/buy": lambda _: {"max_price_cents": 9_000},
    "POST /marketplace/auctions/{id}/orders": lambda _: {"amount_cents": 1_900},
    "POST /demands/{id}/offers": lambda _: {"price_cents": 900, "lead": {"zip": "30303"}},
    "POST /partners/{id}/test-exchange": lambda _: {"exchange": "ping"},
    "PATCH /users/{id}": lambda _: {"name": "Eve"},
    **{
        f"PATCH /{resource}/{{id}}": lambda _: {"name": "Eve"}
        for resource in (
            "audit-conditions",
            "lead-categories",
            "lead-types",
            "partners",
            "return-tiers",
            "sources",
            "webhooks",
        )
    },
    "PATCH /duplicate-checks/{id}": lambda _: {"days": 3},
}
"""A body that is right as such, for every route that wants one; `own` is the caller's side."""

WITHOUT_BODY = re.compile(
    r"/(return|approve|deny|reclassify|reprocess|release|lead-exports|start|cancel|restore"
    r"|credentials|rotate-secret|resend|test)$"
)
"""Ends of paths whose POST may come without a body."""


@dataclass(frozen=True)
class Target:
    """A route with things in its parameters; those that are out of reach or unknown included."""

    name: str
    path: str
    things: tuple[Thing, ...]

    @property
    def is_nested(self) -> bool:
        """Whether each thing belongs to the one before it, and the first one to nothing."""
        parents = (None, *(one.id for one in self.things))
        return all(one.parent == parent for one, parent in zip(self.things, parents, strict=False))

    def is_there_for(self, caller: Caller) -> bool:
        """Whether all of it exists for the caller."""
        return self.is_nested and all(one.is_reached_by(caller) for one in self.things)


class Route:
    """A method of a path, as any list of routes gives it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.method, self.path = name.split(" ")

    @property
    def kinds(self) -> list[str]:
        """What its parameters name, in their order."""
        parts = self.path.split("/")
        before = [parts[place - 1] for place, one in enumerate(parts) if one.startswith("{")]
        unknown = [one for one in before if one not in KINDS]
        assert not unknown, f"{self.name}: say in KINDS what follows {unknown}"
        return [KINDS[one] for one in before]

    @property
    def rule(self) -> Rule | None:
        """Whom it is open to; None: it depends on the thing, or it is open to anybody."""
        if self.name in USERS or self.name in PUBLIC:
            return None
        assert self.name in RULES, f"{self.name}: say in RULES whom it is open to"
        return RULES[self.name]

    def body(self, own: Side) -> object:
        """A body that is right as such."""
        if self.name in BODIES:
            return BODIES[self.name](own)
        needs_none = self.method in {"GET", "DELETE"} or WITHOUT_BODY.search(self.path)
        assert needs_none, f"{self.name}: add a body that is right as such to BODIES"
        return None

    def targets(self, world: World) -> Iterator[Target]:
        """Itself with every combination of the things that there are."""
        known = [world.things(kind) for kind in self.kinds]
        missing = [kind for kind, things in zip(self.kinds, known, strict=True) if not things]
        assert not missing, f"{self.name}: founding.py makes no {missing}"
        for things in itertools.product(*known):
            yield Target(self.name, self.filled([one.id for one in things]), things)

    def filled(self, ids: Sequence[str]) -> str:
        """Its path with these ids."""
        left = iter(ids)
        return re.sub(r"{\w+}", lambda _: next(left), self.path)

    def nowhere(self) -> str:
        """Its path with ids of the right shape that nobody has."""
        return self.filled([unknown(kind) for kind in self.kinds])


def unknown(kind: str) -> str:
    """An id of the right shape that nobody has."""
    if kind == "version":
        return "997"
    if kind in {"ping", "ping_offer"}:
        return "00000000-0000-4000-8000-000000000000"
    return f"{PREFIXES.get(kind, kind)}_01arz3ndektsv4rrffq69g5fav"


def may_use(route: Route, caller: Caller, target: Target) -> bool:
    """Whether the caller may do this to the target, if it is there for it."""
    if route.rule is not None:
        return route.rule.admits(caller)
    owner = next(iter(target.things[0].parties - {"tenant"}), "users").split(" ")[0]
    resource = {"customer": "customers", "partner": "partners"}.get(owner, "users")
    verb = USERS[route.name]
    if resource != "users" and verb != "view":
        verb = "update"
    own_admin = f"{owner}_admin"
    return Rule(f"{resource}.{verb}", frozenset({own_admin})).admits(caller)


@dataclass
class Attempts:
    """Callers that try what is not theirs."""

    api: Api
    world: World
    tried: int = 0

    def ask(self, caller: Caller, route: Route, path: str) -> Sent:
        """One request with a body that is right as such."""
        self.tried += 1
        body = route.body(self.world.side(caller.side))
        return self.api.call(route.method, path, body, authorization=caller.authorization)

    def every_id(self, caller: Caller, route: Route) -> Iterator[str]:
        """What is wrong with the answers to everything that a path can name.

        What is out of reach, or may not be done, is answered as an id that nobody has. What may be
        read is answered with 200; what may be changed is left alone.
        """
        nowhere = self.ask(caller, route, route.nowhere())
        admitted = route.rule is None or route.rule.admits(caller)
        if route.rule is not None and nowhere.status != (404 if admitted else 403):
            yield f"{caller.name} {route.name}, unknown: {nowhere.status} {nowhere.text}"
        for target in route.targets(self.world):
            is_there = target.is_there_for(caller)
            if is_there and may_use(route, caller, target):
                if route.method == "GET" and self.ask(caller, route, target.path).status != 200:
                    yield f"{caller.name} {target.name}: its own {target.path} is not shown"
            elif admitted or target.is_nested:
                answer = self.ask(caller, route, target.path)
                if answer != nowhere:
                    yield f"{caller.name} {target.name}: {target.path} {answer} is not {nowhere}"


def with_ids(names: Sequence[str]) -> list[Route]:
    """The routes whose paths name something that not everybody may know of."""
    return [Route(name) for name in names if "{" in name and name not in PUBLIC]
