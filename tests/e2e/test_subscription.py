"""The subscription threshold over HTTP, on the real stack with IAM enforced (19; contract C10)."""

from collections import Counter
from collections.abc import Iterator

import httpx
import pytest

from tests.e2e.conftest import DIRECTORY, client_of
from tests.e2e.shop import US_RANGE, Json, Shop, Source, expect, lead
from tools.local_stack import StackInfo, create_tenant

PLACES, POSTS = 5, 32
RANGES = [{"scope": "county", "enabled": True, **US_RANGE}]


@pytest.fixture
def admin(stack: StackInfo) -> Iterator[httpx.Client]:
    """The admin of a tenant of the test's own, for its usage is nobody else's."""
    token = create_tenant(DIRECTORY, "Limited").admin_token
    with client_of(stack, token) as client:
        yield client


@pytest.fixture
def shop(stack: StackInfo, admin: httpx.Client) -> Shop:
    """One bid of $40, which pays $10 for a lead."""
    made = Shop(admin, stack.api_url).open(scopes=RANGES)
    made.bid(made.customer(funds_cents=500_000), 4_000)
    return made


def limited(shop: Shop, lead_limit: int | None, sales_limit_cents: int | None = None) -> Json:
    body = {"lead_limit": lead_limit, "sales_limit_cents": sales_limit_cents}
    return expect(shop.client.put("/subscription", json=body), 200)


def posted(source: Source) -> str:
    status: str = expect(source.post(lead()), 201)["status"]
    return status


def test_three_leads_are_processed_and_the_fourth_is_withheld(shop: Shop) -> None:
    limited(shop, 3)
    source = shop.source()
    assert [posted(source) for _ in range(3)] == ["assigned"] * 3

    answer = expect(source.post(lead()), 201)

    assert (answer["status"], answer["price"]) == ("withheld", 0)
    flow = shop.read(f"/flows/{answer['flow_id']}")
    assert flow["outcome"] == "subscription_threshold"
    assert flow["timeline"][-1]["event"] == "withheld"
    usage = shop.read("/usage")
    assert usage["leads"] == {"used": 3, "limit": 3}
    assert usage["sales_cents"] == {"used": 3_000, "limit": None}
    assert (usage["withheld"], usage["warnings"]) == (1, {"leads": 100})


def test_sales_count_and_close_the_gate_behind_the_sale_that_reaches_their_limit(
    shop: Shop,
) -> None:
    limited(shop, None, 1_500)
    source = shop.source()
    assert [posted(source) for _ in range(3)] == ["assigned", "assigned", "withheld"]
    assert shop.read("/usage")["sales_cents"] == {"used": 2_000, "limit": 1_500}


def test_a_vendor_is_kept_out_but_for_what_a_ping_was_promised(shop: Shop) -> None:
    vendor, internal = shop.source(type="vendor"), shop.source()
    promised = lead()
    ping = expect(vendor.ping(promised), 200)
    assert ping["message"] == "Match found"
    limited(shop, 0)

    refused = expect(vendor.post(lead()), 422)
    assert refused["code"] == "subscription_threshold"
    assert refused["error"] == refused["message"]
    assert expect(vendor.ping(lead()), 200)["message"] == "Rejected"
    assert expect(internal.ping(lead()), 200)["message"] == "Match found"
    kept = expect(vendor.post(promised | {"ping_id": ping["ping_id"]}), 201)
    assert kept["status"] == "assigned"
    assert shop.read("/usage")["leads"] == {"used": 0, "limit": 0}
    submissions = shop.read("/submissions", source_id=vendor.id, status="rejected")
    assert [one["http_status"] for one in submissions["data"]] == [422]


def test_a_lead_that_nobody_took_is_counted_once_and_withheld_at_the_threshold(
    stack: StackInfo, admin: httpx.Client
) -> None:
    shop = Shop(admin, stack.api_url).open(scopes=RANGES)
    source, vendor = shop.source(), shop.source(type="vendor")
    mine, theirs = (expect(one.post(lead()), 201)["lead_public_id"] for one in (source, vendor))
    shop.until_settled(mine)
    shop.until_settled(theirs)
    expect(admin.post(f"/leads/{mine}/reprocess"), 202)
    shop.until_settled(mine)
    assert shop.read("/usage")["leads"]["used"] == 2
    limited(shop, 2)

    refused = expect(admin.post(f"/leads/{theirs}/reprocess"), 422)
    flow_id = expect(admin.post(f"/leads/{mine}/reprocess"), 202)["flow_id"]

    assert refused["code"] == "subscription_threshold"
    assert shop.read(f"/leads/{theirs}")["status"] == "unassigned"
    assert shop.read(f"/leads/{mine}")["status"] == "withheld"
    assert shop.read(f"/flows/{flow_id}")["outcome"] == "subscription_threshold"


def test_with_auto_upgrade_the_tenant_moves_to_the_next_plan(shop: Shop) -> None:
    expect(shop.client.patch("/settings", json={"auto_upgrade": True}), 200)
    limited(shop, 1)
    source = shop.source()
    assert [posted(source) for _ in range(2)] == ["assigned"] * 2
    assert shop.read("/usage")["leads"] == {"used": 2, "limit": 5_000}


@pytest.mark.parametrize("role", ["customer_support", "sales", "data_validation"])
def test_only_admins_change_limits(stack: StackInfo, shop: Shop, role: str) -> None:
    user = shop.made("/users", {"email": f"{role}@example.com", "role": role})
    with client_of(stack, user["token"]) as client:
        refused = expect(client.put("/subscription", json={"lead_limit": 1}), 403)
        assert "billing.update" in refused["detail"]
        expect(client.get("/usage"), 403)
    assert shop.read("/usage")["leads"]["limit"] is None


def test_a_limit_that_makes_no_sense_is_refused_by_name(shop: Shop) -> None:
    refused = expect(shop.client.put("/subscription", json={"lead_limit": -1}), 422)
    assert refused["errors"].keys() == {"lead_limit"}


def test_of_32_posts_at_once_for_5_places_exactly_5_are_not_withheld(shop: Shop) -> None:
    limited(shop, PLACES)
    source = shop.source()
    answers = source.post_at_once([lead() for _ in range(POSTS)])
    statuses = Counter(expect(answer, 201)["status"] for answer in answers)
    assert statuses["withheld"] == POSTS - PLACES
    usage = shop.read("/usage")
    assert (usage["leads"]["used"], usage["withheld"]) == (PLACES, POSTS - PLACES)
