"""Nothing that a customer can ask for, or is sent, has a field that is not delivered (C12)."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import boto3
import pytest

from leadflow.adapters.dynamodb.auction_items import auction_item
from leadflow.adapters.dynamodb.demand_items import demand_item
from leadflow.adapters.dynamodb.offer_items import put_offer
from leadflow.adapters.dynamodb.transactions import Transaction
from leadflow.adapters.files import S3Files
from leadflow.domain.configuration import Configuration, LeadCategory
from leadflow.domain.demand_offers import OfferedLead
from leadflow.domain.fields import FieldRequest, category_fields
from leadflow.domain.identifiers import AuctionId, UserId
from leadflow.domain.leads import LeadStatus, SearchKeys
from leadflow.domain.principals import Role, UserPrincipal
from leadflow.domain.settings import TenantSettings
from leadflow.runtime import container
from tests.builders import CATEGORY_ID, TENANT_ID, VALUES, lead, numbered
from tests.fakes.deliveries import MemoryOutboxQueue
from tests.fakes.jobs import ScriptedRuns
from tests.infrastructure.test_functions import FUNCTIONS, folder, routes_of
from tests.integration.http import Client, invoked
from tests.integration.seeds import store_configuration, store_customer, store_lead
from tests.integration.webhook_calls import customers, event, kept_out, tenants, work
from tests.markers import Marks
from tests.unit.application.marketplace_world import listable
from tests.unit.domain.auction_examples import auction
from tests.unit.domain.bidding_examples import LOCATION, NOW, customer
from tests.unit.domain.demand_examples import demand, offer
from tests.unit.domain.return_examples import sold
from tools.stub_partner import Behaviour, StubPartner

BUCKET = "files"
HIDDEN = {
    "last_name": "Hiddenfield",
    "address_1": "7719 Hidden Crescent",
    "internal_note": "Worth a hidden fortune",
}
TOLD = {**VALUES, **HIDDEN}
ME = customer(1).id
ROLES = (Role.CUSTOMER_ADMIN, Role.CUSTOMER_USER)
IDS = {
    "leads": sold(1).id,
    "customers": ME,
    "marketplace": numbered("auction", 1),
    "demands": demand().id,
    "flows": sold(1).flow_ids[0],
    "submissions": str(sold(1).submission_id),
}
WISH = json.dumps({name: f"{{{{ {name} }}}}" for name in ("internal_note", "lead.last_name")})


def person(role: Role) -> UserPrincipal:
    is_tenants = role is Role.ADMIN
    return UserPrincipal(
        tenant_id=TENANT_ID,
        user_id=UserId("user_1"),
        role=role,
        customer_id=None if is_tenants else ME,
    )


def configured() -> Configuration:
    """Names, addresses and a note are for the tenant alone."""
    note = {"title": "internal_note", "type": "text"}
    hidden = [FieldRequest(title=one, deliverable=False) for one in ("last_name", "address_1")]
    category = LeadCategory(
        id=CATEGORY_ID,
        name="Homes",
        fields=category_fields([FieldRequest.model_validate(note), *hidden]),
        created_at=NOW,
        updated_at=NOW,
    )
    settings = TenantSettings(default_consent_name="Acme", public_marketplace_enabled=True)
    return replace(listable(), settings=settings, categories={CATEGORY_ID: category})


@pytest.fixture
def stub_url(
    loopback: None,
    tables: dict[str, str],
    stub: StubPartner,
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    """A tenant whose customer has a lead, a demand with an offer, and sees another lead listed."""
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    files = S3Files(BUCKET)
    monkeypatch.setattr(container, "files", lambda: files)
    monkeypatch.setattr(container, "job_runs", ScriptedRuns)
    store_configuration(configured())
    store_customer(customer(1, spendable=500))
    search = SearchKeys(email="ada@example.com", name="ada hiddenfield")
    store_lead(sold(1, values=TOLD, search=search), 1)
    store_lead(lead(2, values=TOLD, status=LeadStatus.MARKETPLACE), 2)
    auction_item(TENANT_ID, auction(id=AuctionId(IDS["marketplace"]), lead_id=lead(2).id)).save()
    row = {name: value for name, value in TOLD.items() if name != "internal_note"}
    demand_item(TENANT_ID, demand(values=row)).save()
    transaction = Transaction()
    offered = OfferedLead(values=TOLD, location=LOCATION)
    put_offer(transaction, TENANT_ID, offer(lead=offered).pending())
    transaction.commit()
    return stub.script("/hook", Behaviour())


@pytest.fixture
def marks() -> Marks:
    return Marks(set(HIDDEN.values()))


def asked(role: Role, more: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Every answer of every route that changes nothing for good, by the route."""
    for name, function in FUNCTIONS.items():
        for method, path in sorted(routes_of(function)):
            if method == "DELETE":
                continue
            first = path.split("/")[1]
            ids = {"id": IDS.get(first, more.get(first, numbered("job", 1)))} | more
            known = re.sub(r"{(\w+)}", lambda found, ids=ids: ids.get(found[1], "1"), path)  # type: ignore[misc] # mypy cannot tell
            body: object = None if method == "GET" else {}
            query = {"limit": "50"} if method == "GET" else None
            answer = Client(folder(name), person(role)).call(method, known, body, query=query)
            yield f"{method} {path}", answer.text


def delivered(url: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The id of a webhook of the customer that was told of its lead, as the tenant's own was."""
    queue = MemoryOutboxQueue()
    monkeypatch.setattr(container, "outbox_queue", lambda: queue)
    tenants(url)
    hook = customers(url)
    raw = event("plan_deliveries/facts")
    told = json.loads(raw["Records"][0]["body"])
    one = sold(1)
    told["detail"] |= {"lead_id": one.id, "version": one.version, "customer_id": ME}
    raw["Records"] = [raw["Records"][0] | {"body": json.dumps(told)}]
    assert kept_out("plan_deliveries", raw) == []
    work(queue)
    return {"webhook_id": hook["id"]}


def exported() -> str:
    """The file of a customer's own export."""
    user = person(Role.CUSTOMER_USER)
    ordered = Client("export_leads", user).call("POST", f"/customers/{ME}/lead-exports")
    step: dict[str, Any] = {"tenant_id": TENANT_ID, "job_id": ordered.body["id"]}
    while step.get("state", "writing") == "writing":
        step = cast("dict[str, Any]", invoked("write_exported_leads", step))
    invoked("finish_lead_export", step)
    key = f"{TENANT_ID}/jobs/{ordered.body['id']}/leads.csv"
    return container.files().read(key).decode()


def test_no_answer_file_or_message_to_a_customer_has_a_field_that_is_not_delivered(
    stub_url: str, stub: StubPartner, marks: Marks, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = delivered(stub_url, monkeypatch)
    sent = [call.body for call in stub.calls]
    assert sorted(bool(marks.found(text)) for text in sent) == [False, True], "the tenant's alone"
    texts = [pair for role in ROLES for pair in asked(role, more)]
    assert [route for route, text in texts if marks.found(text)] == []
    seen = {route for route, text in texts if VALUES["email"] in text}
    assert seen >= {
        "GET /leads",
        "GET /leads/{id}",
        "GET /customers/{id}/webhooks/{webhook_id}/deliveries",
    }
    file = exported()
    assert VALUES["email"] in file
    assert marks.found(file) == []


def test_the_search_would_find_them(stub_url: str, marks: Marks) -> None:
    found = {route for route, text in asked(Role.ADMIN, {}) if marks.found(text)}
    assert found >= {"GET /leads", "GET /leads/{id}"}


def test_a_template_of_a_customer_cannot_name_them(stub_url: str) -> None:
    body = {"name": "C", "url": stub_url, "template": WISH}
    path = f"/customers/{ME}/webhooks"
    answer = Client("manage_customer_webhooks", person(ROLES[0])).call("POST", path, body)
    assert (answer.status, set(answer.body["errors"])) == (422, {"template"})


@pytest.mark.parametrize("word", ["Hiddenfield", "Ada Hiddenfield", "Hidden Crescent"])
def test_a_customer_cannot_find_out_what_is_hidden_by_searching(stub_url: str, word: str) -> None:
    assert stub_url

    def found(role: Role, text: str) -> list[str]:
        answer = Client("list_leads", person(role)).call("GET", "/leads", query={"q": text})
        assert answer.status == 200, answer.text
        return [one["id"] for one in answer.body["data"]]

    assert found(Role.CUSTOMER_USER, word) == []
    assert found(Role.CUSTOMER_USER, VALUES["email"]) == [sold(1).id]
    assert sold(1).id in found(Role.ADMIN, "Ada Hiddenfield")
