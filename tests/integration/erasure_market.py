"""A lead of a person through the real handlers: asked about, posted, sold, told of, exported."""

import json
from typing import Any, cast

from leadflow.adapters.dynamodb.leads import DynamoLeads
from leadflow.domain.identifiers import LeadId, UserId
from leadflow.domain.leads import Lead
from leadflow.domain.principals import Role, SourcePrincipal, UserPrincipal
from leadflow.domain.told_facts import FactName, LeadFact
from tests.builders import (
    SOURCE_ID,
    TENANT_ID,
    VALUES,
    configuration,
    duplicate_check,
    numbered,
    partner,
    plan,
)
from tests.fakes.deliveries import MemoryOutboxQueue
from tests.integration.http import Client, invoked
from tests.integration.seeds import store_bid, store_configuration, store_customer
from tests.integration.webhook_calls import customers, event, kept_out, tenants, work
from tests.markers import Person
from tests.unit.application.highest_price_world import asking
from tests.unit.domain.bidding_examples import bid, customer
from tools.stub_partner import Act, Behaviour, StubPartner

ADMIN = UserPrincipal(tenant_id=TENANT_ID, user_id=UserId(numbered("user", 1)), role=Role.ADMIN)
BUYER = ADMIN.model_copy(update={"role": Role.CUSTOMER_ADMIN, "customer_id": customer(1).id})
SOURCE = SourcePrincipal(tenant_id=TENANT_ID, source_id=SOURCE_ID)
PERSON = Person()
TOLD = {**VALUES, **PERSON.fields}


class Market:
    """A lead that a partner refused and a customer bought, and all that was made of it."""

    def __init__(self, stub: StubPartner, queue: MemoryOutboxQueue) -> None:
        echo = json.dumps({"status": "refused", "message": " ".join(PERSON.marks)})
        url = stub.script("/echo", Behaviour(act=Act.CUSTOM, status=200, body=echo))
        self.partner = partner(1)
        exchanges = {
            name: getattr(self.partner, name).model_copy(update={"url": url})
            for name in ("ping", "post")
        }
        self.partner = self.partner.model_copy(update=exchanges)
        self._configure()
        self.hooks = [tenants(url), customers(url)]
        self.lead = self._sold()
        self._tell(queue)
        self._ask_back()
        self._export()

    def _configure(self) -> None:
        made = configuration(
            by_plan=plan(asking()),
            partners=(self.partner,),
            checks=(duplicate_check(fields=("phone", "email")),),
        )
        store_configuration(made)
        store_customer(customer(1))
        store_bid(bid(100, owner=1))

    def _sold(self) -> Lead:
        ping = Client("receive_ping", SOURCE)
        ping_id = ping.call("POST", "/ping", TOLD).body["ping_id"]
        assert ping.call("POST", "/ping", TOLD).body["ping_id"] == ping_id
        post = Client("submit_lead", SOURCE)
        named = {**TOLD, "ping_id": ping_id}
        assert post.call("POST", "/leads", {**named, "zip": PERSON.last_name}).status == 422
        answer = post.call("POST", "/leads", named)
        assert answer.body["status"] == "assigned", answer.text
        return found(answer.body["lead_public_id"])

    def _tell(self, queue: MemoryOutboxQueue) -> None:
        one = self.lead
        fact = LeadFact(
            id="fact",
            tenant_id=TENANT_ID,
            at=one.updated_at,
            lead_id=one.id,
            version=one.version,
            status=one.status,
            customer_id=customer(1).id,
        )
        raw = event("plan_deliveries/facts")
        told = {"detail-type": FactName.LEAD_ASSIGNED, "detail": fact.model_dump(mode="json")}
        raw["Records"] = [raw["Records"][0] | {"body": json.dumps(told)}]
        assert kept_out("plan_deliveries", raw) == []
        work(queue)

    def _ask_back(self) -> None:
        body = {"reason": "wrong_number", "note": f"I am {PERSON.last_name}."}
        path = f"/leads/{self.lead.id}/return-requests"
        answer = Client("return_lead", BUYER).call("POST", path, body)
        assert answer.status == 201, answer.text

    def _export(self) -> None:
        path = f"/customers/{customer(1).id}/lead-exports"
        ordered = Client("export_leads", ADMIN).call("POST", path)
        self.export = str(ordered.body["id"])
        step: dict[str, Any] = {"tenant_id": TENANT_ID, "job_id": self.export}
        while step.get("state", "writing") == "writing":
            step = cast("dict[str, Any]", invoked("write_exported_leads", step))
        invoked("finish_lead_export", step)


def found(lead_id: str) -> Lead:
    """A lead as it is stored."""
    one = DynamoLeads().get(TENANT_ID, LeadId(lead_id))
    assert one
    return one
