"""`POST /leads/{id}/enrich` over HTTP, against a vendor that knows one address (11.5)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import httpx
import pytest

from tests.e2e.conftest import client_of
from tests.e2e.shop import Json, Shop, expect, lead
from tests.e2e.trade import Trade
from tools.local_stack import StackInfo
from tools.stub_real_estate import Property, Scripted, StubRealEstate, stub_real_estate
from tools.stub_real_estate.server import API_KEY, AVM, PROPERTY_DETAIL, SKIP_TRACE, SKIP_TRACE_KEY

INTEGRATION = "/integrations/real-estate-api"
KNOWN = Property()
ADDRESS = {"address_1": KNOWN.street, "city": KNOWN.city, "state": KNOWN.state}
DETAIL_CENTS, AVM_CENTS = 41_500_000, 42_100_000

FINDINGS: Sequence[tuple[str, str, str, str, object]] = (
    ("property_detail", PROPERTY_DETAIL, "property", "value_cents", DETAIL_CENTS),
    ("skip_trace", SKIP_TRACE, "owner", "email", KNOWN.email),
    ("property_comps", "/v3/PropertyComps", "property", "value_cents", 41_800_000),
    ("avm", AVM, "property", "value_cents", AVM_CENTS),
    ("address_verification", "/v2/AddressVerification", "owner", "owner_occupied", False),
    ("mls_detail", "/v2/MLSDetail", "property", "sale_history", None),
    ("mls_search", "/v2/MLSSearch", "property", "bedrooms", 4),
)
"""Endpoint, path, and one value that it alone adds; None: whatever it is."""


@pytest.fixture(scope="module")
def shop(tenant: Trade) -> Shop:
    """A shop in which nobody buys."""
    return Shop(tenant.shop.client, tenant.shop.api_url).open(scopes=[])


@pytest.fixture
def vendor(shop: Shop) -> Iterator[StubRealEstate]:
    """The Real Estate API, with the tenant's keys to it as long as the test lasts."""
    with stub_real_estate() as stub:
        keys = {"api_key": API_KEY, "skip_trace_api_key": SKIP_TRACE_KEY}
        expect(shop.client.put(INTEGRATION, json={"base_url": stub.url, **keys}), 200)
        yield stub
    expect(shop.client.delete(INTEGRATION), 204)


def _kept(shop: Shop, **values: object) -> str:
    """The path of a new lead that nobody bought."""
    body = lead(zip=KNOWN.postal_code, **(ADDRESS | values))
    answer = expect(shop.source().post(body), 201)
    assert answer["status"] == "unassigned"
    return f"/leads/{answer['lead_public_id']}"


def _enriched(shop: Shop, path: str, *endpoints: str, mode: str = "fill_empty") -> Json:
    body = {"endpoints": endpoints, "mode": mode}
    done = expect(shop.client.post(f"{path}/enrich", json=body), 200)
    assert shop.read(path) == done["lead"]
    assert [one["endpoint"] for one in done["endpoints"]] == list(endpoints)
    return done


def test_each_endpoint_adds_what_it_knows_and_no_other_is_asked(
    shop: Shop, vendor: StubRealEstate
) -> None:
    for endpoint, path, part, member, value in FINDINGS:
        vendor.calls.clear()

        done = _enriched(shop, _kept(shop), endpoint)

        assert [call.path for call in vendor.calls] == [path]
        found = done["lead"]["enriched_data"][part][member]
        assert found == (value if value is not None else found), endpoint
        assert done["endpoints"][0]["succeeded"] is True
        assert done["fields_enriched"] >= 1


def test_an_address_that_nobody_knows_adds_nothing(shop: Shop, vendor: StubRealEstate) -> None:
    path = _kept(shop, address_1="1 Nowhere")

    done = _enriched(shop, path, *(row[0] for row in FINDINGS))

    assert len(vendor.calls) == len(FINDINGS)
    assert {one["detail"] for one in done["endpoints"]} == {"found nothing"}
    assert (done["fields_enriched"], "enriched_data" in done["lead"]) == (0, False)


def test_a_value_that_is_there_is_overwritten_only_when_told(
    shop: Shop, vendor: StubRealEstate
) -> None:
    path = _kept(shop)
    _enriched(shop, path, "property_detail")

    filled = _enriched(shop, path, "avm", "mls_search")
    overwritten = _enriched(shop, path, "avm", mode="overwrite")

    assert (filled["fields_enriched"], overwritten["fields_enriched"]) == (0, 1)
    assert filled["lead"]["enriched_data"]["property"]["value_cents"] == DETAIL_CENTS
    after = overwritten["lead"]["enriched_data"]
    assert after["property"]["value_cents"] == AVM_CENTS
    assert after["property"]["bedrooms"] == 3
    assert after["owner"] == filled["lead"]["enriched_data"]["owner"]


@pytest.mark.parametrize(
    ("failure", "detail"),
    [
        (Scripted(500), "status 500"),
        (Scripted(429, b'{"statusCode": 429, "error": "Too Many Requests"}'), "status 429"),
        (Scripted(200, b"<html>"), "unreadable answer"),
    ],
    ids=["fault", "limit", "no-json"],
)
def test_a_failing_endpoint_undoes_no_other(
    shop: Shop, vendor: StubRealEstate, failure: Scripted, detail: str
) -> None:
    vendor.scripts[SKIP_TRACE] = failure

    done = _enriched(shop, _kept(shop), "skip_trace", "property_detail")

    failed, other = done["endpoints"]
    assert (failed["succeeded"], failed["detail"], other["succeeded"]) == (False, detail, True)
    found = done["lead"]["enriched_data"]
    assert found["property"]["value_cents"] == DETAIL_CENTS
    assert "email" not in found["owner"]


def test_an_incomplete_address_names_what_is_missing_and_asks_nobody(
    shop: Shop, vendor: StubRealEstate
) -> None:
    path = _kept(shop, address_1="", city="")

    refused = shop.client.post(f"{path}/enrich", json={"endpoints": ["avm"]})

    problem = expect(refused, 422)
    assert problem["code"] == "incomplete_address"
    assert list(problem["errors"]) == ["address_1", "city"]
    assert vendor.calls == []
    assert "enriched_data" not in shop.read(path)


def test_without_the_integration_nothing_is_enriched(shop: Shop) -> None:
    refused = shop.client.post(f"{_kept(shop)}/enrich", json={"endpoints": ["avm"]})

    assert expect(refused, 409)["code"] == "integration_not_configured"


@pytest.mark.parametrize(
    ("wish", "member"),
    [
        ({}, "endpoints"),
        ({"endpoints": []}, "endpoints"),
        ({"endpoints": ["avm", "avm"]}, "endpoints"),
        ({"endpoints": ["avm", "zillow"]}, "endpoints.1"),
        ({"endpoints": ["avm"], "mode": "clear"}, "mode"),
        ({"endpoints": ["avm"], "force": True}, "force"),
    ],
    ids=str,
)
def test_a_wish_that_cannot_be_met_is_named(
    shop: Shop, wish: Mapping[str, Any], member: str
) -> None:
    refused = shop.client.post(f"/leads/lead_{'0' * 26}/enrich", json=wish)

    assert list(expect(refused, 422)["errors"]) == [member]


def test_another_version_is_not_enriched(shop: Shop, vendor: StubRealEstate) -> None:
    path = _kept(shop)
    before = shop.read(path)

    refused = shop.client.post(
        f"{path}/enrich", json={"endpoints": ["avm"]}, headers={"If-Match": '"99"'}
    )

    assert expect(refused, 412)["code"] == "precondition_failed"
    assert shop.read(path) == before


@pytest.mark.parametrize(("role", "status"), [("data_validation", 200), ("sales", 403)])
def test_who_may_edit_may_enrich(
    stack: StackInfo, shop: Shop, vendor: StubRealEstate, role: str, status: int
) -> None:
    path = f"{_kept(shop)}/enrich"
    token = shop.made("/users", {"email": f"enrich-{role}@example.com", "role": role})["token"]

    with client_of(stack, token) as user:
        answer: httpx.Response = user.post(path, json={"endpoints": ["avm"]})

    assert answer.status_code == status
    assert len(vendor.calls) == (status == httpx.codes.OK)
    assert status == httpx.codes.OK or "leads.update" in expect(answer, 403)["detail"]
