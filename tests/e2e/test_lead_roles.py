"""Who may do what with leads over HTTP: every action, tried in every role (`product.md`, 22)."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field

import httpx
import pytest

from tests.e2e.conftest import DIRECTORY, client_of
from tests.e2e.shop import Json, Shop, Source, expect, lead
from tools.local_stack import StackInfo, create_tenant

FIXED = [{"scope": "county", "enabled": True, "fixed_price_cents": 1000}]
TENANT = ("admin", "customer_support", "sales", "data_validation")
CUSTOMER = ("customer_admin", "customer_user")
STRANGER = "stranger"
"""An admin of another tenant."""

ROLES = (*TENANT, *CUSTOMER, "source", STRANGER)
EDITORS = ("admin", "customer_support", "data_validation")
SUPPORT = ("admin", "customer_support")
REASON = {"reason": "wrong_number"}


@dataclass(frozen=True)
class Action:
    """A request about a lead of some kind; the allowed roles get its status, the others a 403.

    The refusal names the permission. A stranger who has it in its own tenant gets `foreign`.
    `uses_up`: it can be done once to a lead.
    """

    name: str
    method: str
    path: str
    kind: str
    permission: str
    allowed: tuple[str, ...]
    status: int = 200
    body: Json | None = None
    foreign: int = 404
    uses_up: bool = False
    named: Mapping[str, str] = field(default_factory=dict)

    def refusal(self, role: str) -> str:
        """The permission that a refused role is told to lack."""
        return self.named.get(role, self.permission)


VIEW, UPDATE, DECIDE = "leads.view", "leads.update", "leads.approve-dispute"
ACTIONS = (
    Action("list", "GET", "/leads", "open", VIEW, (*TENANT, *CUSTOMER), foreign=200),
    Action("view", "GET", "/leads/{lead}", "sold", VIEW, (*TENANT, *CUSTOMER)),
    Action("flows", "GET", "/flows", "open", VIEW, TENANT, foreign=200),
    Action("its flows", "GET", "/leads/{lead}/flows", "open", VIEW, TENANT),
    Action("flow", "GET", "/flows/{flow}", "open", VIEW, TENANT),
    Action("edit", "PATCH", "/leads/{lead}", "open", UPDATE, EDITORS, body={"contact": {}}),
    Action("reclassify", "POST", "/leads/{lead}/reclassify", "open", UPDATE, EDITORS),
    Action(
        "enrich",
        "POST",
        "/leads/{lead}/enrich",
        "open",
        UPDATE,
        EDITORS,
        status=422,
        body={"endpoints": ["avm"]},
    ),
    Action(
        "release",
        "POST",
        "/leads/{lead}/release",
        "audited",
        UPDATE,
        EDITORS,
        status=202,
        uses_up=True,
    ),
    Action("return", "POST", "/leads/{lead}/return", "sold", "leads.return", SUPPORT, uses_up=True),
    Action(
        "request",
        "POST",
        "/leads/{lead}/return-requests",
        "sold",
        "customer",
        CUSTOMER,
        status=201,
        body=REASON,
        foreign=403,
        uses_up=True,
    ),
    Action(
        "requests",
        "GET",
        "/return-requests",
        "requested",
        DECIDE,
        (*SUPPORT, *CUSTOMER),
        foreign=200,
    ),
    Action(
        "approve",
        "POST",
        "/return-requests/{request}/approve",
        "requested",
        DECIDE,
        SUPPORT,
        uses_up=True,
    ),
    Action(
        "deny",
        "POST",
        "/return-requests/{request}/deny",
        "requested",
        DECIDE,
        SUPPORT,
        uses_up=True,
    ),
    Action(
        "reprocess",
        "POST",
        "/leads/{lead}/reprocess",
        "open",
        "leads.reprocess",
        ("admin",),
        status=202,
        uses_up=True,
    ),
    Action(
        "reprocess many",
        "POST",
        "/leads/reprocess",
        "open",
        "leads.reprocess",
        ("admin",),
        body={"lead_ids": ["{lead}"]},
        foreign=200,
    ),
    Action(
        "delete",
        "DELETE",
        "/leads/{lead}",
        "open",
        "leads.delete",
        SUPPORT,
        status=204,
        uses_up=True,
    ),
    Action(
        "delete sold",
        "DELETE",
        "/leads/{lead}",
        "sold",
        "leads.delete",
        ("admin",),
        status=204,
        named={"customer_support": "leads.delete-sold"},
        uses_up=True,
    ),
)


@dataclass(frozen=True)
class Subject:
    """A lead, and what it is reached by."""

    lead: str
    flow: str
    request: str = ""

    def text(self, template: str) -> str:
        """A path with its ids."""
        return template.format(lead=self.lead, flow=self.flow, request=self.request)


@dataclass(frozen=True)
class Company:
    """A tenant with somebody in every role, who share one customer and one source of each kind."""

    shop: Shop
    people: Mapping[str, httpx.Client]
    sources: Mapping[str, Source]

    def subject(self, kind: str) -> Subject:
        """A new lead: unsold (`open`), `sold`, `audited`, or sold with a request to return it."""
        source = self.sources["sold" if kind == "requested" else kind]
        answer = expect(source.post(lead(city="Gotham")), 201)
        made = Subject(answer["lead_public_id"], answer["flow_id"])
        if kind != "requested":
            return made
        path = f"/leads/{made.lead}/return-requests"
        asked = expect(self.people["customer_user"].post(path, json=REASON), 201)
        return Subject(made.lead, made.flow, asked["id"])

    def tried(self, role: str, action: Action, subject: Subject) -> httpx.Response:
        """What that person gets."""
        body = action.body
        if action.name == "reprocess many":
            body = {"lead_ids": [subject.lead]}
        path = subject.text(action.path)
        return self.people[role].request(action.method, path, json=body)


@pytest.fixture(scope="module")
def company(stack: StackInfo) -> Iterator[Company]:
    with ExitStack() as open_clients:

        def person(token: str) -> httpx.Client:
            return open_clients.enter_context(client_of(stack, token))

        client = person(create_tenant(DIRECTORY, "Roles").admin_token)
        shops = {
            kind: Shop(client, stack.api_url).open(scopes=FIXED)
            for kind in ("open", "sold", "audited")
        }
        _audit_all(shops["audited"])
        buyer = shops["sold"].customer(funds_cents=100_000)
        shops["sold"].bid(buyer, 1000)
        tokens = {
            role: _token(shops["open"], "/users", role) for role in TENANT if role != "admin"
        } | {role: _token(shops["open"], f"/customers/{buyer}/users", role) for role in CUSTOMER}
        sources = {kind: shop.source() for kind, shop in shops.items()}
        tokens["source"] = sources["open"].credentials["bearer_token"]
        tokens[STRANGER] = create_tenant(DIRECTORY, "Stranger").admin_token
        people = {role: person(token) for role, token in tokens.items()}
        yield Company(shops["open"], people | {"admin": client}, sources)


def _audit_all(shop: Shop) -> None:
    row = {"property": "city", "operator": "equals", "value": "Gotham"}
    audited = {"lead_category_id": shop.category_id, "conditions": [[row]]}
    shop.made("/audit-conditions", {"name": "Gotham", **audited})


def _token(shop: Shop, path: str, role: str) -> str:
    return str(shop.made(path, {"email": f"{role}@example.com", "role": role})["token"])


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_a_role_may_do_with_leads_what_the_table_gives_it(company: Company, action: Action) -> None:
    subject = company.subject(action.kind)
    before = company.shop.read(f"/leads/{subject.lead}")

    for role in ROLES:
        if role not in (*action.allowed, STRANGER):
            problem = expect(company.tried(role, action, subject), 403)
            assert problem["code"] == "forbidden", role
            assert action.refusal(role) in problem["detail"], role
    foreign = company.tried(STRANGER, action, subject)
    assert foreign.status_code == action.foreign, foreign.text
    assert subject.lead not in foreign.text or action.name == "reprocess many"

    assert company.shop.read(f"/leads/{subject.lead}") == before
    for role in action.allowed:
        if action.uses_up:
            subject = company.subject(action.kind)
        answer = company.tried(role, action, subject)
        assert answer.status_code == action.status, (role, answer.text)
