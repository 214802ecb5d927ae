"""Requests that name things of a caller's own side, which `naming.py` puts others in place of."""

from tests.walls.naming import Body, Named
from tests.walls.world import Json, Side

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


def _price(own: Side) -> Json:
    return {"lead_type_id": own.own("type"), "pricing_type": "fixed", "price_cents": 5}


def _post(by: str, path: str, body: Body) -> Named:
    return Named(by, "POST", lambda _: path, body)


def _patch(resource: str, kind: str, body: Body) -> Named:
    return Named("admin", "PATCH", lambda own: f"/{resource}/{own.own(kind)}", body)


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
            "pricing": [_price(own)],
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
    _post(
        "source 1 bearer",
        "/leads",
        lambda own: _lead(own, ping_id=own.own("ping"), bid_id=own.own("ping_offer")),
    ),
    _patch(
        "lead-types",
        "type",
        lambda own: {
            "lead_category_id": own.own("category"),
            "conditions": _any_of("source", own.own("source")),
        },
    ),
    _patch(
        "audit-conditions",
        "audit",
        lambda own: {
            "lead_category_id": own.own("category"),
            "conditions": _any_of("source", own.own("source")),
        },
    ),
    _patch("sources", "source", lambda own: {"lead_category_id": own.own("category")}),
    _patch("sources", "source", lambda own: {"partner_id": own.own("partner", 2)}),
    _patch("sources", "source", lambda own: {"pricing": [_price(own)]}),
    Named(
        "source 1 bearer",
        "POST",
        lambda _: "/ping",
        _lead,
        headers=lambda own: {"X-Partner-Id": own.own("partner")},
    ),
)
