"""Demands over HTTP: sources bid for them, against each other, cancellation and the end."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
import pytest

from leadflow.domain.demands import Demand, ImportedRow, demand_of
from leadflow.domain.identifiers import CategoryId, CustomerId, ImportId, LeadTypeId
from leadflow.domain.lead_types import LeadType, MarketplaceSettings
from tests.e2e.answers import checked
from tests.e2e.conftest import DIRECTORY, client_of
from tests.e2e.operations import close_demand, invoke, put_demands
from tests.e2e.shop import TIMEOUT_SECONDS, Shop, Source, at_once, expect, lead
from tools.local_stack import StackInfo, create_tenant

FUNDS = 50_000
BIDDERS = 16
PRICES = MarketplaceSettings(
    enabled=True,
    first_price_cents=2_500,
    last_price_cents=500,
    increment_cents=250,
    interval_minutes=15,
)


@dataclass(frozen=True)
class Wanted:
    """A tenant with a customer that asks for leads, and a user of that customer."""

    stack: StackInfo
    tenant_id: str
    shop: Shop
    customer_id: str
    user: httpx.Client

    def ask(self, count: int) -> list[Demand]:
        """Demands of the customer for leads in Fulton County, as an import makes them."""
        now = datetime.now(UTC)
        kind = LeadType(
            id=LeadTypeId(self.shop.lead_type_id),
            name="Any",
            lead_category_id=CategoryId(self.shop.category_id),
            fallback=True,
            marketplace=PRICES,
            created_at=now,
            updated_at=now,
        )
        import_id = ImportId(f"import_{now.timestamp():026.0f}")
        row = {"email": "wanted@example.com", "phone": "404-555-0199", "zip": "30303"}
        rows = [
            ImportedRow(import_id, number, CustomerId(self.customer_id), row)
            for number in range(1, count + 1)
        ]
        made = [demand for one in rows if (demand := demand_of(one, kind, now))]
        put_demands(self.stack, self.tenant_id, made)
        return made

    def offered(
        self, source: Source, demand: Demand, cents: int, **values: object
    ) -> httpx.Response:
        body = {"price_cents": cents, "lead": lead(**values)}
        answer = httpx.post(
            f"{source.api_url}/demands/{demand.id}/offers",
            json=body,
            headers={"Authorization": source.bearer},
            timeout=TIMEOUT_SECONDS,
        )
        return checked(source.api_url, answer)

    def seen(self, source: Source, path: str) -> httpx.Response:
        headers = {"Authorization": source.basic}
        answer = httpx.get(f"{source.api_url}{path}", headers=headers, timeout=TIMEOUT_SECONDS)
        return checked(source.api_url, answer)

    def status(self, demand: Demand) -> str:
        return str(self.shop.read(f"/demands/{demand.id}")["status"])


@pytest.fixture(scope="module")
def wanted(stack: StackInfo) -> Iterator[Wanted]:
    """A tenant of the module's own."""
    made = create_tenant(DIRECTORY, "Demands")
    with client_of(stack, made.admin_token) as client:
        shop = Shop(client, stack.api_url).open(scopes=[])
        customer_id = shop.customer(FUNDS)
        body = {"email": "demands@example.com", "role": "customer_user"}
        token = shop.made(f"/customers/{customer_id}/users", body)["token"]
        with client_of(stack, token) as user:
            yield Wanted(stack, made.tenant_id, shop, customer_id, user)


def test_two_sources_bid_and_the_cheaper_one_sells_at_the_close(wanted: Wanted) -> None:
    shop, [demand] = wanted.shop, wanted.ask(1)
    dear, cheap = shop.source(), shop.source(payout_percentage=50)
    listed = expect(wanted.seen(cheap, "/demands"), 200)["data"]
    assert [(one["id"], one["criteria"]) for one in listed] == [(demand.id, {"zip": "30303"})]
    assert not {"customer_id", "values"} & set(listed[0])

    assert expect(wanted.offered(cheap, demand, 2_501), 422)["code"] == "offer_above_ceiling"
    refused = expect(wanted.offered(cheap, demand, 900, zip="30301"), 422)
    assert (refused["code"], list(refused["errors"])) == ("criteria_not_met", ["lead.zip"])
    refused = expect(wanted.offered(cheap, demand, 900, zip="1"), 422)
    assert (refused["code"], list(refused["errors"])) == ("validation_failed", ["lead.zip"])
    assert expect(wanted.offered(dear, demand, 1_200), 201)["status"] == "pending"
    assert expect(wanted.offered(cheap, demand, 950), 201)["status"] == "pending"
    own = expect(wanted.seen(dear, f"/demands/{demand.id}/offers"), 200)["data"]
    assert [one["price_cents"] for one in own] == [1_200]

    close_demand(wanted.stack, demand.id)
    assert expect(wanted.offered(dear, demand, 500), 409)["code"] == "demand_closed"
    invoke(wanted.stack, "AdvanceAuctionsFunctionName", {})
    offers = shop.read(f"/demands/{demand.id}/offers")["data"]
    assert [(one["source_id"], one["status"]) for one in offers] == [
        (cheap.id, "accepted"),
        (dear.id, "lost"),
    ]
    sold = shop.read(f"/leads/{offers[0]['lead_public_id']}")
    assert (sold["assignment"]["assigned_via"], sold["payout_cents"]) == ("demand", 475)
    [delivered] = expect(wanted.user.get("/leads"), 200)["data"]
    assert (delivered["id"], delivered["charged_cents"]) == (sold["id"], 950)
    flow = shop.read(f"/flows/{sold['flow_ids'][0]}")
    assert (flow["kind"], flow["channel"]) == ("demand", "customer")
    assert shop.wallet(wanted.customer_id)["balance_cents"] == FUNDS - 950
    shop.check_ledger(wanted.customer_id)


def test_one_of_many_offers_at_once_sells_and_what_is_cancelled_sells_nothing(
    wanted: Wanted,
) -> None:
    shop, demands = wanted.shop, wanted.ask(2)
    source, before = shop.source(), shop.wallet(wanted.customer_id)["balance_cents"]
    first, second = demands
    answers = at_once([lambda: wanted.offered(source, first, 500)] * BIDDERS)
    assert Counter(one.status_code for one in answers) == {201: 1, 409: BIDDERS - 1}
    assert wanted.status(first) == "filled"
    assert shop.wallet(wanted.customer_id)["balance_cents"] == before - 500

    expect(wanted.offered(source, second, 900), 201)
    expect(wanted.user.delete(f"/demands/{second.id}"), 204)
    assert expect(wanted.user.delete(f"/demands/{second.id}"), 409)["code"] == "demand_closed"
    [own] = expect(wanted.seen(source, f"/demands/{second.id}/offers"), 200)["data"]
    assert own["status"] == "lost"
    assert wanted.seen(source, f"/demands/{second.id}").status_code == 404
    shop.check_ledger(wanted.customer_id)


def test_archiving_a_customer_cancels_its_demands_for_good(wanted: Wanted) -> None:
    shop, [demand] = wanted.shop, wanted.ask(1)
    source = shop.source()
    expect(shop.client.delete(f"/customers/{wanted.customer_id}"), 204)
    assert expect(wanted.offered(source, demand, 500), 409)["code"] == "demand_closed"
    expect(shop.client.post(f"/customers/{wanted.customer_id}/restore"), 200)
    assert wanted.status(demand) == "cancelled"
    assert expect(wanted.seen(source, "/demands"), 200)["data"] == []
