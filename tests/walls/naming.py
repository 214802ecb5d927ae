"""Requests that name others in their bodies, filters and headers, and what to put there instead."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from tests.walls.attempts import unknown
from tests.walls.world import Api, Caller, Json, Sent, Side, Thing, World

Body = Callable[[Side], Json]

SHARED = {"auction", "category", "source", "stage", "tier", "type"}
"""Kinds that are no secret between the customers of a tenant."""

VARIES = re.compile(
    r"\b[a-z]+_[0-9a-z]{26}\b|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[0-9:.]+Z"
)
"""Ids and times, which differ between answers to the same request."""

PLACE = {"country": "US", "state": "GA", "county": "Fulton County"}


def _any_of(of: str, *ids: str) -> list[list[Json]]:
    return [[{"property": of, "operator": "any", "value": list(ids)}]]


def _stage(method: str, settings: Json, **more: object) -> Json:
    return {"stages": [{"name": "Mine", "method": method, "settings": settings, **more}]}


def _round(own: Side) -> Json:
    return {
        "rotation": "all_time",
        "price_cents": 500,
        "customers": {"enabled": True, "include": [own.own("customer")]},
        "partners": {"enabled": False, "exclude": [own.own("partner")]},
    }


@dataclass(frozen=True)
class Named:
    """A request of a caller; `path` and the rest name things of the caller's side."""

    by: str
    method: str
    path: Callable[[Side], str]
    body: Body = field(default=lambda _: {})
    headers: Callable[[Side], dict[str, str]] = field(default=lambda _: {})


def _post(by: str, path: str, body: Body) -> Named:
    return Named(by, "POST", lambda _: path, body)


def _plan(body: Body) -> Named:
    return Named("admin", "PUT", lambda _: "/distribution-plan", body)


def _lead(side: Side, **more: str) -> Json:
    return {"zip": "30303", "first_name": f"{side.name} Eve", **more}


REQUESTS: tuple[Named, ...] = (
    _post(
        "admin",
        "/bids",
        lambda own: {
            "customer_id": own.own("customer"),
            "lead_type_id": own.own("type"),
            "scope": "county",
            "location": PLACE,
            "amount_cents": 4000,
        },
    ),
    _post(
        "customer_user 1",
        "/bids",
        lambda own: {
            "customer_id": own.own("customer"),
            "lead_type_id": own.own("type"),
            "scope": "county",
            "location": PLACE,
            "amount_cents": 4000,
        },
    ),
    _post(
        "admin",
        "/lead-types",
        lambda own: {
            "name": "Mine",
            "lead_category_id": own.own("category"),
            "conditions": _any_of("source", own.own("source")),
        },
    ),
    _post(
        "admin",
        "/sources",
        lambda own: {
            "name": "Mine",
            "type": "vendor",
            "lead_category_id": own.own("category"),
            "partner_id": own.own("partner"),
            "pricing": [
                {"lead_type_id": own.own("type"), "pricing_type": "fixed", "price_cents": 5}
            ],
        },
    ),
    _post(
        "admin",
        "/audit-conditions",
        lambda own: {
            "name": "Mine",
            "lead_category_id": own.own("category"),
            "conditions": _any_of("lead_type", own.own("type")),
        },
    ),
    _post(
        "admin",
        "/partners",
        lambda own: {"name": "Mine", "eligibility": _any_of("lead_category", own.own("category"))},
    ),
    _plan(
        lambda own: _stage(
            "highest_price",
            {"partners": {"enabled": True, "include": [own.own("partner")]}},
            conditions=_any_of("source", own.own("source")),
        )
    ),
    _plan(lambda own: _stage("round_robin", _round(own))),
    _plan(
        lambda own: _stage("alter_data", {"operations": [{"set_lead_type": own.own("type")}]}),
    ),
    _plan(
        lambda own: _stage(
            "real_estate_api",
            {"lead_category_id": own.own("category"), "property_detail": True, "mappings": []},
        )
    ),
    _plan(lambda own: _stage("marketplace", {}, id=own.own("stage"))),
    Named(
        "admin",
        "POST",
        lambda own: f"/customers/{own.own('customer')}/lead-imports",
        lambda own: {
            "lead_category_id": own.own("category"),
            "lead_type_id": own.own("type"),
            "mapping": {"ZIP": "zip"},
            "filename": "a.csv",
        },
    ),
    _post("admin", "/leads/reprocess", lambda own: {"lead_ids": [own.own("lead")]}),
    _post(
        "admin", "/leads/reprocess", lambda own: {"filter": {"customer_id": own.own("customer")}}
    ),
    Named(
        "admin",
        "POST",
        lambda own: f"/leads/{own.own('lead')}/reprocess",
        lambda own: {"start": own.own("stage")},
    ),
    Named(
        "admin",
        "POST",
        lambda own: f"/partners/{own.own('partner')}/test-exchange",
        lambda own: {"exchange": "post", "lead_id": own.own("lead")},
    ),
    Named(
        "customer_admin 1",
        "POST",
        lambda own: f"/customers/{own.own('customer')}/webhooks/{own.own('webhook', 2)}/test",
        lambda own: {"lead_id": own.own("lead")},
    ),
    Named(
        "admin",
        "POST",
        lambda own: f"/webhooks/{own.own('webhook')}/test",
        lambda own: {"lead_id": own.own("lead")},
    ),
    _post(
        "customer_user 1",
        "/marketplace/buy",
        lambda own: {"items": [{"auction_id": own.own("auction"), "max_price_cents": 1}]},
    ),
    _post("source 1 basic", "/leads", lambda own: _lead(own, ping_id=own.own("ping"))),
    Named(
        "source 1 bearer",
        "POST",
        lambda _: "/ping",
        _lead,
        headers=lambda own: {"X-Partner-Id": own.own("partner")},
    ),
)

FILTERS: Mapping[str, Mapping[str, str]] = {
    "/leads": {
        "source_id": "source",
        "customer_id": "customer",
        "lead_category_id": "category",
        "lead_type_id": "type",
        "q": "lead",
    },
    "/flows": {"source_id": "source", "customer_id": "customer", "partner_id": "partner"},
    "/submissions": {"source_id": "source"},
    "/bids": {"customer_id": "customer", "lead_type_id": "type"},
    "/return-requests": {"customer_id": "customer"},
    "/demands": {"customer_id": "customer"},
    "/marketplace/auctions": {"lead_type_id": "type", "search": "lead"},
    "/customers": {"q": "customer"},
}
"""Lists with their filters that name something: parameter -> kind."""


def foreign_to(caller: Caller, kind: str, world: World) -> list[Thing]:
    """What the caller may not know of."""
    return [
        one
        for one in world.things(kind)
        if one.side != caller.side or (kind not in SHARED and not one.is_reached_by(caller))
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
    return answer.status, VARIES.sub("*", answer.text), answer.headers


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
        for path, parameters in FILTERS.items():
            for name, kind in parameters.items():
                told = self._list(caller, path, name, unknown(kind))
                for other in foreign_to(caller, kind, self.world):
                    answer = self._list(caller, path, name, other.id)
                    if answer != told or answer.status >= 500:
                        yield f"{caller.name} {path}?{name}={other.id}: {answer} is not {told}"

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
