"""Bad input gets the error that the contract gives it; nothing but the submission is stored."""

import json
from typing import Any

import httpx
import pytest

from tests.e2e.shop import US_RANGE, Shop, Source, expect, lead
from tools.local_stack import StackInfo
from tools.local_stack.layout import ROOT

RANGE = [{"scope": "county", "enabled": True, **US_RANGE}]
NUMBERS = [{"title": "age", "type": "numeric"}, {"title": "kind", "type": "text"}]


@pytest.fixture(scope="module")
def shop(stack: StackInfo, admin: httpx.Client) -> Shop:
    shop = Shop(admin, stack.api_url).open(scopes=RANGE, fields=NUMBERS)
    shop.bid(shop.customer(funds_cents=100_000), 5000)
    return shop


@pytest.fixture(scope="module")
def source(shop: Shop) -> Source:
    return shop.source()


def _text(**values: object) -> str:
    return json.dumps(lead(**values))


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("{not json", 400, "malformed_json"),
        ("", 400, "malformed_json"),
        ("[1, 2]", 400, "malformed_json"),
        ('"text"', 400, "malformed_json"),
        ("null", 400, "malformed_json"),
        ('{"zip": "30303", "age": NaN}', 400, "malformed_json"),
        ('{"zip": "30303", "kind": "a\x01b"}', 400, "malformed_json"),
        ("[" * 5000 + "]" * 5000, 400, "malformed_json"),
        ('{"zip":"30303","x":' + "[" * 5000 + "]" * 5000 + "}", 400, "malformed_json"),
        (_text(filler="x" * 300 * 1024), 413, "payload_too_large"),
    ],
    ids=[
        "broken",
        "empty",
        "array",
        "string",
        "null",
        "nan",
        "control-character",
        "deep-array",
        "deep-member",
        "300-kib",
    ],
)
def test_a_body_that_is_no_lead(source: Source, body: str, status: int, code: str) -> None:
    answer = source.post(body)

    problem = expect(answer, status)
    assert problem["code"] == code
    assert problem["type"] == f"urn:leadflow:problem:{code}"
    assert problem["message"] == problem["detail"]
    assert answer.headers["Content-Type"].startswith("application/problem+json")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"zip": "00000"}, "zip"),
        ({"zip": ""}, "zip"),
        ({"zip": "   "}, "zip"),
        ({"zip": None}, "zip"),
        ({"zip": ["30303"]}, "zip"),
        ({"zip": {"a": 1}}, "zip"),
        ({"phone": "123-456"}, "phone"),
        ({"phone": "+49 30 123456"}, "phone"),
        ({"email": "nobody"}, "email"),
        ({"state": "CA"}, "state"),
        ({"state": "ZZ"}, "state"),
        ({"age": "twelve"}, "age"),
        ({"age": True}, "age"),
        ({"age": 2**53 + 1}, "age"),
        ({"kind": "\ud800"}, "kind"),
        ({"kind": "nul\u0000"}, "kind"),
        ({"is_test": True}, "is_test"),
        ({"is_test": "yes"}, "is_test"),
        ({"bid_id": "9b0f8f0e-0000-4000-8000-000000000000"}, "bid_id"),
        ({"timeout_ms": "soon"}, "timeout_ms"),
    ],
    ids=str,
)
def test_an_invalid_value_names_its_field(
    shop: Shop, source: Source, values: dict[str, Any], field: str
) -> None:
    before = len(shop.everything("/leads", source_id=source.id))

    problem = expect(source.post(_text(**values)), 422)

    assert problem["message"] == "The given data was invalid."
    assert list(problem["errors"]) == [field]
    assert len(shop.everything("/leads", source_id=source.id)) == before
    newest = shop.read("/submissions", source_id=source.id, limit="1")["data"][0]
    assert (newest["status"], newest["http_status"]) == ("rejected", 422)
    assert list(newest["errors"]) == [field]


def test_all_invalid_fields_are_told_together(source: Source) -> None:
    problem = expect(source.post(_text(zip="1", email="x", phone="y")), 422)

    assert set(problem["errors"]) == {"zip", "email", "phone"}
    assert problem["errors"]["email"] == ["The email field must be a valid email address."]
    assert problem["errors"]["zip"] == [
        "The postal code is not valid for this account's operating countries."
    ]


def test_an_unknown_ping_is_told_in_the_fixed_words(source: Source) -> None:
    ping = "9b0f8f0e-0000-4000-8000-000000000000"

    problem = expect(source.post(lead(ping_id=ping)), 422)

    assert problem["error"] == "Ping could not be found with the provided ping ID"
    assert problem["code"] == "ping_not_found"


@pytest.mark.parametrize(
    "header",
    [None, "", "Basic", "Basic !!!", "Basic bm86bm8=", "Bearer", "Bearer nobody", "Digest x"],
)
def test_wrong_credentials_are_unauthorized(stack: StackInfo, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}

    answer = httpx.post(f"{stack.api_url}/leads", json=lead(), headers=headers, timeout=60)

    problem = expect(answer, 401)
    assert (problem["message"], problem["code"]) == ("Unauthorized", "unauthorized")


def test_revoked_credentials_are_unauthorized(shop: Shop) -> None:
    source = shop.source()
    expect(shop.client.delete(f"/sources/{source.id}"), 204)

    expect(source.post(lead()), 401)


def test_an_unknown_route_is_not_found(shop: Shop) -> None:
    assert expect(shop.client.get("/no-such-thing"), 404)["code"] == "not_found"


@pytest.mark.parametrize(
    ("path", "body", "code", "member"),
    [
        ("bids", {"amount_cents": 4750}, "off_grid", None),
        ("bids", {"amount_cents": 2**53 + 2}, "validation_failed", "amount_cents"),
        ("bids", {"amount_cents": "5000"}, "validation_failed", "amount_cents"),
        ("bids", {"amount_cents": True}, "validation_failed", "amount_cents"),
        ("bids", {"amount_cents": 4500, "surprise": 1}, "validation_failed", "surprise"),
        ("bids", {"amount_cents": 4500, "scope": "state"}, "scope_disabled", None),
    ],
)
def test_a_bad_bid_is_refused(
    shop: Shop, path: str, body: dict[str, Any], code: str, member: str | None
) -> None:
    place = {"country": "US", "state": "GA", "county": "Fulton County"}
    base = {
        "customer_id": shop.customer(),
        "lead_type_id": shop.lead_type_id,
        "scope": "county",
        "location": place,
    }
    if body.get("scope") == "state":
        base["location"] = {"country": "US", "state": "GA"}

    problem = expect(shop.client.post(f"/{path}", json=base | body), 422)

    assert problem["code"] == code
    assert member is None or member in problem["errors"]
    assert shop.everything("/bids", customer_id=str(base["customer_id"])) == []


@pytest.mark.parametrize(
    "scopes",
    [
        [RANGE[0], RANGE[0]],
        [{"scope": "county", "enabled": True}],
        [{"scope": "county", "enabled": True, "minimum_cents": 5000, "maximum_cents": 1000}],
        [{"scope": "county", "enabled": True, "fixed_price_cents": 5000, **US_RANGE}],
        [{"scope": "planet", "enabled": True, **US_RANGE}],
        [{"scope": "county", "enabled": True, **US_RANGE, "step_cents": 0}],
    ],
)
def test_overlapping_or_incomplete_scopes_are_refused(
    shop: Shop, scopes: list[dict[str, Any]]
) -> None:
    before = shop.read(f"/lead-types/{shop.lead_type_id}")

    answer = shop.client.patch(f"/lead-types/{shop.lead_type_id}", json={"bidding_scopes": scopes})

    assert any(path.startswith("bidding_scopes") for path in expect(answer, 422)["errors"])
    assert shop.read(f"/lead-types/{shop.lead_type_id}") == before


def test_a_second_fallback_type_is_refused(shop: Shop) -> None:
    body = {"name": "Other", "lead_category_id": shop.category_id, "fallback": True}

    assert "fallback" in expect(shop.client.post("/lead-types", json=body), 422)["errors"]


@pytest.mark.parametrize(
    ("row", "member"),
    [
        ({"property": "nothing", "operator": "equals", "value": "x"}, "property"),
        ({"property": "age", "operator": "equals", "value": "x"}, "value"),
        ({"property": "age", "operator": "contains", "value": 1}, "operator"),
    ],
)
def test_a_condition_that_cannot_be_true_is_refused(
    shop: Shop, row: dict[str, Any], member: str
) -> None:
    body = {"name": "Cond", "lead_category_id": shop.category_id, "conditions": [[row]]}

    problem = expect(shop.client.post("/lead-types", json=body), 422)

    assert list(problem["errors"]) == [f"conditions.0.0.{member}"]


def test_a_field_in_use_stays(shop: Shop) -> None:
    row = {"property": "age", "operator": "greater_than", "value": 30}
    body = {"name": "Aged", "lead_category_id": shop.category_id, "conditions": [[row]]}
    shop.made("/lead-types", body)

    path = f"/lead-categories/{shop.category_id}"
    answer = shop.client.patch(path, json={"fields": [{"title": "kind", "type": "text"}]})

    problem = expect(answer, 409)
    assert problem["code"] == "in_use"
    assert "Aged" in problem["detail"]


def test_a_withdrawal_above_the_balance_is_refused(shop: Shop) -> None:
    buyer = shop.customer(funds_cents=1000)
    body = {"amount_cents": 1001, "description": "Too much"}

    problem = expect(shop.client.post(f"/customers/{buyer}/withdrawals", json=body), 422)

    assert problem["code"] == "insufficient_funds"
    assert shop.wallet(buyer)["balance_cents"] == 1000


def test_nothing_in_an_error_names_the_inside(source: Source) -> None:
    text = source.post("{").text

    assert not [word for word in ("Traceback", "dynamodb", "lambda", str(ROOT)) if word in text]
