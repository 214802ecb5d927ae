"""Makes the two tenants over the API alone, with everything that a tenant can have."""

import base64
from collections.abc import Mapping
from functools import partial
from typing import Protocol

from tests.walls.world import Api, Json, Side, Thing, World

MARKET = {
    "enabled": True,
    "first_price_cents": 2500,
    "last_price_cents": 500,
    "increment_cents": 250,
    "interval_minutes": 15,
}
RANGE = {"minimum_cents": 1000, "maximum_cents": 20_000, "step_cents": 500}
FUNDS_CENTS = 100_000
NUMBERS = (1, 2)
TENANT_ROLES = ("customer_support", "sales", "data_validation")


class Surroundings(Protocol):
    """What the API does not do by itself where the world is made."""

    def provision(self, name: str) -> tuple[str, str]:
        """A new tenant: its id, and the token of its first admin."""
        ...

    def upload(self, url: str, data: bytes) -> None:
        """Put the file of an import where the link says."""
        ...

    def settled(self, side: Side, lead_id: str) -> str:
        """The status of a lead once its run has ended."""
        ...

    def carry_out(self, side: Side, job: Json, by: str) -> None:
        """See to it that a job of that caller ends."""
        ...

    def tell(self, side: Side, lead: Json) -> None:
        """See to it that webhooks hear of a lead that was sold."""
        ...


def bearer(token: str) -> str:
    """The header of a token."""
    return f"Bearer {token}"


def basic(credentials: Mapping[str, str]) -> str:
    """The header of a key and its secret."""
    pair = f"{credentials['api_key']}:{credentials['api_secret']}"
    return "Basic " + base64.b64encode(pair.encode()).decode()


def made_world(api: Api, around: Surroundings) -> World:
    """Both tenants with all that can be in one, and everybody who may call."""
    ash, birch = (_made_side(api, around, name) for name in ("Ash", "Birch"))
    plan = birch.ask("GET", "/distribution-plan")
    for _ in range(2):
        plan = birch.ask("PUT", "/distribution-plan", plan)
    birch.add("version", str(plan["version"]))  # the first tenant has had fewer
    return World((ash, birch))


def _made_side(api: Api, around: Surroundings, name: str) -> Side:
    tenant_id, token = around.provision(name)
    side = Side(name, tenant_id, api)
    side.let_in("admin", "admin", bearer(side.hide(token)), "tenant")
    side.add("tenant", tenant_id)
    _settings(side)
    for role in TENANT_ROLES:
        _user(side, "/users", role, role, "tenant")
    for number in NUMBERS:
        _suppliers(side, number)
        _buyers(side, number)
    for number in NUMBERS:
        _leads(side, number, around)
    for stage in side.ask("GET", "/distribution-plan")["stages"]:
        side.add("stage", stage["id"])
    for number in NUMBERS:
        _demand(side, number, around)
    for number in NUMBERS:
        _export(side, number, around)
    for lead in side.ask("GET", "/leads", query={"status": "assigned"})["data"]:
        around.tell(side, lead)
    _deliveries(side)
    return side


def _settings(side: Side) -> None:
    """What a tenant has one of, and the plain resources."""
    switches = {"public_marketplace_enabled": True, "return_tiers_enabled": True}
    side.ask("PATCH", "/settings", switches)
    tier = {"name": f"{side.name} tier", "lower_percentage": 0, "upper_percentage": 50}
    made = partial(side.ask, "POST")
    side.add("tier", made("/return-tiers", tier)["id"], "customer 1", "customer 2")
    check = {"fields": ["email"], "days": 30}
    side.add("check", made("/duplicate-checks", check)["id"])
    url = side.hide(_url(side, "hook"))
    webhook = made("/webhooks", {"name": "Hook", "event": "lead.assigned", "url": url})
    side.add("webhook", webhook["id"])
    side.hide(webhook["secret"])
    url = side.hide(_url(side, "property"))
    integration = {"base_url": url, "api_key": side.hide(f"{side.name}-key")}
    side.ask("PUT", "/integrations/real-estate-api", integration)


def _url(side: Side, of: str) -> str:
    return f"https://{of}.{side.name.lower()}.example.com/in"


def _user(side: Side, path: str, name: str, role: str, *parties: str) -> None:
    email = side.hide(f"{name.replace(' ', '.')}@{side.name.lower()}.example.com", *parties)
    made = side.ask("POST", path, {"email": email, "role": role})
    side.add("user", made["id"], *parties)
    side.let_in(name, role, bearer(side.hide(made["token"])), *parties)


def _suppliers(side: Side, number: int) -> None:
    """A category with its type, a partner with its users, and the partner's source."""
    made = partial(side.ask, "POST")
    fields = [{"title": "income", "type": "numeric"}]
    named = {"name": side.hide(f"{side.name} category {number}"), "fields": fields}
    category = made("/lead-categories", named)
    type_id = category["fallback_lead_type_id"]
    side.add("category", category["id"])
    side.add("type", type_id)
    scopes = [{"scope": "county", "enabled": True, **RANGE}]
    side.ask("PATCH", f"/lead-types/{type_id}", {"bidding_scopes": scopes, "marketplace": MARKET})
    condition = [[{"property": "income", "operator": "equals", "value": 13}]]
    audit = {"name": "Odd", "lead_category_id": category["id"], "conditions": condition}
    side.add("audit", made("/audit-conditions", audit)["id"])
    party = f"partner {number}"
    name = side.hide(f"{side.name} {party}", party)
    partner_id = made("/partners", {"name": name})["id"]
    side.add("partner", partner_id, party)
    for role in ("partner_admin", "partner_user"):
        _user(side, f"/partners/{partner_id}/users", f"{role} {number}", role, party)
    row = {"lead_type_id": type_id, "pricing_type": "fallback", "price_cents": 800}
    source = made(
        "/sources",
        {
            "name": side.hide(f"{side.name} source {number}", party),
            "lead_category_id": category["id"],
            "type": "internal",
            "partner_id": partner_id,
            "pricing": [row],
        },
    )
    side.add("source", source["id"])
    keys, party = source["credentials"], f"source {number}"
    side.let_in(f"{party} basic", "source", basic(keys), party)
    side.let_in(f"{party} bearer", "source", bearer(keys["bearer_token"]), party)
    for secret in keys.values():
        side.hide(secret)


def _buyers(side: Side, number: int) -> None:
    """A customer with money, users, a bid and a webhook."""
    made, party = partial(side.ask, "POST"), f"customer {number}"
    name = side.hide(f"{side.name} {party}", party)
    email = side.hide(f"{side.name}.buyer.{number}@example.com", party)
    customer_id = made("/customers", {"name": name, "email": email})["id"]
    side.add("customer", customer_id, party)
    path = f"/customers/{customer_id}"
    made(f"{path}/deposits", {"amount_cents": FUNDS_CENTS, "description": "Opening"})
    for role in ("customer_admin", "customer_user"):
        _user(side, f"{path}/users", f"{role} {number}", role, party)
    bid = {
        "customer_id": customer_id,
        "lead_type_id": side.own("type", number),
        "scope": "county",
        "location": {"country": "US", "state": "GA", "county": "Fulton County"},
        "amount_cents": 5000 + 500 * number,
    }
    side.add("bid", made("/bids", bid)["id"], party)
    url = side.hide(_url(side, f"hook{number}"), party)
    webhook = made(f"{path}/webhooks", {"name": "Hook", "url": url})
    side.hide(webhook["secret"])
    side.ask("PATCH", f"{path}/webhooks/{webhook['id']}", {"active": True})
    side.add("webhook", webhook["id"], party, parent=customer_id)


def person(side: Side, number: int, zip_code: str) -> Json:
    """Somebody whom only this side knows."""
    name = f"{side.name}person{number}{zip_code}"
    phone = f"404-555-01{number}{'AB'.index(side.name[0])}"
    return {
        "first_name": name,
        "last_name": "Lovelace",
        "email": f"{name}@example.com",
        "phone": phone,
        "zip": zip_code,
        "income": 90_000 + number,
    }


def _leads(side: Side, number: int, around: Surroundings) -> None:
    """A lead that a customer has, with a request for its return; one that is listed; a ping."""
    source, buyer = f"source {number}", f"customer {number}"
    post = partial(side.ask, "POST", "/leads", by=f"{source} basic")
    sold, listed = person(side, number, "30303"), person(side, number, "10001")
    answer = post(sold)
    assert around.settled(side, answer["lead_public_id"]) == "assigned"
    side.add("lead", answer["lead_public_id"], buyer, f"partner {number}", source)
    side.add("submission", answer["submission_id"], source)
    side.add("flow", answer["flow_id"], source)
    supplied = (source, f"partner {number}")
    for text in (sold["first_name"], sold["email"]):
        side.hide(text, buyer, *supplied)
    side.hide(answer["lead_uuid"], source)
    asked = {"reason": "invalid_phone"}
    path = f"/leads/{answer['lead_public_id']}/return-requests"
    request = side.ask("POST", path, asked, by=f"customer_user {number}")
    side.add("request", request["id"], buyer)
    answer = post(listed)
    assert around.settled(side, answer["lead_public_id"]) == "marketplace"
    side.add("lead", answer["lead_public_id"], f"partner {number}", source)
    side.hide(listed["first_name"], *supplied)
    side.hide(answer["lead_uuid"], source)
    [auction] = _new(side, "auction", side.ask("GET", "/marketplace/auctions")["data"])
    side.add("auction", auction, "customer 1", "customer 2")
    path = f"/marketplace/auctions/{auction}/orders"
    order = side.ask("POST", path, {"amount_cents": 1100}, by=f"customer_user {number}")
    side.add("order", order["order"]["id"], buyer)
    ping = side.ask("POST", "/ping", {"zip": "30303"}, by=f"{source} bearer")
    side.add("ping", ping["ping_id"], source)
    side.add("ping_offer", ping["bids"][0]["id"], source)
    side.add("flow", ping["flow_id"], source)


def _new(side: Side, kind: str, listed: list[Json]) -> list[str]:
    known = {one.id for one in side.things if one.kind == kind}
    return [one["id"] for one in listed if one["id"] not in known]


def _demand(side: Side, number: int, around: Surroundings) -> None:
    """A demand out of an import, and an offer that waits."""
    customer_id, party = side.own("customer", number), f"customer {number}"
    order = {
        "lead_category_id": side.own("category", number),
        "mapping": {"ZIP": "zip", "Mail": "email"},
        "filename": "wanted.csv",
    }
    prepared = side.ask("POST", f"/customers/{customer_id}/lead-imports", order)
    import_id = side.add("import", prepared["id"])
    wanted = side.hide(f"{side.name}wanted{number}@example.com")
    around.upload(prepared["upload"]["url"], f"ZIP,Mail\n30303,{wanted}\n".encode())
    job = side.ask("POST", f"/lead-imports/{import_id}/start")
    around.carry_out(side, job, "admin")
    side.things.append(Thing("job", job["id"], side.name, frozenset({"admin"})))
    [demand] = _new(side, "demand", side.ask("GET", "/demands")["data"])
    side.add("demand", demand, party, f"source {number}")
    somebody = person(side, number + 2, "30303")
    offered = {"price_cents": 1200 + number, "lead": somebody}
    path = f"/demands/{demand}/offers"
    offer = side.ask("POST", path, offered, by=f"source {number} basic")
    side.add("offer", offer["id"], f"source {number}")
    side.hide(somebody["email"])


def _export(side: Side, number: int, around: Surroundings) -> None:
    """A file that the admin of a customer has ordered."""
    path, by = f"/customers/{side.own('customer', number)}/lead-exports", f"customer_admin {number}"
    job = side.ask("POST", path, by=by)
    around.carry_out(side, job, by)
    side.things.append(Thing("job", job["id"], side.name, frozenset({by})))
    link = side.ask("GET", f"/jobs/{job['id']}", by=by)["result"]["download_url"]
    side.things.append(Thing("file", link.split("?")[0], side.name, frozenset({by})))


def _deliveries(side: Side) -> None:
    """What was sent to the webhooks."""
    for webhook in [one for one in side.things if one.kind == "webhook"]:
        owner = f"/customers/{webhook.parent}" if webhook.parent else ""
        sent = side.ask("GET", f"{owner}/webhooks/{webhook.id}/deliveries")["data"]
        assert sent, webhook
        side.add("delivery", sent[0]["id"], *(webhook.parties - {"tenant"}), parent=webhook.id)
