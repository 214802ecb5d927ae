"""Customers, wallets and bids from an API Gateway event to the answer, over DynamoDB."""

import json
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from leadflow.adapters.dynamodb.bid_store import DynamoBidStore
from leadflow.adapters.dynamodb.ledger import DynamoWallets
from leadflow.adapters.system import Ulids
from leadflow.application.customer_ports import Author
from leadflow.domain.identifiers import CustomerId, TenantId
from leadflow.domain.principals import Principal, Role
from leadflow.runtime import container
from tests.builders import TENANT_ID, TYPE_ID, configuration
from tests.fakes.configuration import FixedConfiguration
from tests.integration.http import Answer, Client, answered
from tests.integration.seeds import entries_of, store_configuration, store_customer
from tests.trade import UNKNOWN, principal
from tests.unit.domain.bidding_examples import NOW, bid, customer

EVENTS = Path(__file__).parents[2] / "events"
OWNER = customer(1, spendable=1_000)
STORED = bid(100, 1)
ADMIN = principal(Role.ADMIN)
TRAVIS = {"country": "US", "state": "TX", "county": "Travis"}
Json = dict[str, Any]


@pytest.fixture(autouse=True)
def trade(tables: dict[str, str]) -> None:
    """A tenant with one customer that has money and one bid."""
    store_configuration(configuration())
    store_customer(OWNER)
    DynamoBidStore(Ulids()).add(TENANT_ID, STORED, Author("setup", NOW))


def happened(function: str, case: str) -> Answer:
    """The answer to one of the sample events."""
    return answered(function, json.loads((EVENTS / function / f"{case}.json").read_text()))


def call(
    method: str,
    path: str,
    body: object = None,
    *,
    by: Principal = ADMIN,
    headers: dict[str, str] | None = None,
    query: dict[str, str] | None = None,
) -> Answer:
    """One request to the function behind the path."""
    is_money = path.endswith(("/deposits", "/withdrawals", "/wallet", "/transactions"))
    name = "wallets" if is_money else path.split("/")[1]
    client = Client(f"manage_{name}", by)
    return client.call(method, path, body, headers=headers, query=query)


class TestCustomers:
    def test_a_customer_is_created_and_read(self) -> None:
        made = happened("manage_customers", "create")

        assert (made.status, made.headers["ETag"]) == (201, '"1"')
        assert call("GET", f"/customers/{made.body['id']}").body == made.body
        assert {**made.body, "id": "", "created_at": "", "updated_at": ""} == {
            "object": "customer",
            "id": "",
            "customer_number": 1,
            "name": "Bright Roofs",
            "email": "leads@example.com",
            "phone": "+15125550142",
            "address": None,
            "country": "US",
            "paused": False,
            "lead_caps": {"daily": 20, "weekly": None, "monthly": None},
            "budgets_cents": {"daily": None, "weekly": None, "monthly": 500_000},
            "can_access_bidding": False,
            "ignore_return_tiers": False,
            "status": "inactive",
            "statuses": {
                "operational": "active",
                "funding": "exhausted",
                "cap": "available",
                "budget": "available",
            },
            "return_rate": 0.0,
            "return_tier": None,
            "version": 1,
            "created_at": "",
            "updated_at": "",
        }

    def test_the_sample_requests_are_answered(self) -> None:
        for case, status in (("read", 200), ("change", 200), ("own_limits", 200)):
            assert happened("manage_customers", case).status == status
        assert call("GET", f"/customers/{OWNER.id}").body["budgets_cents"]["weekly"] == 100_000
        assert happened("manage_customers", "search").body["data"] == []
        archived = happened("manage_customers", "archive")
        assert (archived.status, archived.text) == (204, "")
        restored = happened("manage_customers", "restore")
        assert (restored.status, restored.body["status"]) == (200, "paused")

    def test_lists_are_walked_by_cursor(self) -> None:
        store_customer(customer(2))
        query = {"limit": "1", "q": "buyer"}

        first = call("GET", "/customers", query=query).body
        rest = call("GET", "/customers", query={**query, "cursor": first["next_cursor"]}).body

        assert [one["customer_number"] for one in first["data"] + rest["data"]] == [2, 1]
        assert (first["has_more"], rest["has_more"], rest["next_cursor"]) == (True, False, None)
        other = call("GET", "/customers", query={"cursor": first["next_cursor"]})
        assert (other.status, other.code) == (422, "invalid_cursor")

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("operational", "sleeping"),
            ("funding", "rich"),
            ("archived", "maybe"),
            ("balance_from", "much"),
            ("sort", "colour"),
            ("limit", "0"),
        ],
    )
    def test_wrong_filters_are_named(self, name: str, value: str) -> None:
        refused = call("GET", "/customers", query={name: value})

        assert (refused.status, refused.code) == (422, "validation_failed")
        assert set(refused.body["errors"]) == {name}

    def test_a_changed_customer_does_not_match_the_old_tag(self) -> None:
        path, stale = f"/customers/{OWNER.id}", {"If-Match": '"1"'}
        assert call("PATCH", path, {"name": "New"}, headers=stale).headers["ETag"] == '"2"'

        for method, suffix, body in (
            ("PATCH", "", {"name": "Newer"}),
            ("DELETE", "", None),
            ("POST", "/restore", None),
        ):
            refused = call(method, path + suffix, body, headers=stale)
            assert (refused.status, refused.code) == (412, "precondition_failed")
        assert call("GET", path).body["name"] == "New"


class TestWallets:
    def test_the_sample_deposit_is_booked_once(self) -> None:
        first, again = (happened("manage_wallets", "deposit") for _ in range(2))

        assert (first.status, again.headers["Idempotent-Replayed"]) == (201, "true")
        assert again.body == first.body
        assert {**first.body, "id": "", "created_at": ""} == {
            "object": "transaction",
            "id": "",
            "customer_id": OWNER.id,
            "event": "FUNDS_ADDED_BY_TENANT",
            "amount_cents": 50_000,
            "balance_after_cents": 150_000,
            "description": "Wire of March",
            "receipt_url": "https://example.com/receipts/7",
            "state": "completed",
            "related": {},
            "created_at": "",
        }

    def test_a_crash_before_the_answer_does_not_book_twice(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        body = {"amount_cents": 500, "description": "Wire"}
        headers = {"Idempotency-Key": "wire-1"}
        path = f"/customers/{OWNER.id}/deposits"
        move = DynamoWallets.move

        def dying(*arguments: object) -> None:
            Mock(wraps=move)(*arguments)
            raise RuntimeError

        with monkeypatch.context() as patched:
            patched.setattr(DynamoWallets, "move", dying)
            assert call("POST", path, body, headers=headers).status == 500
        answer = call("POST", path, body, headers=headers)

        assert (answer.status, answer.body["balance_after_cents"]) == (201, 100_500)
        assert [entry.id for entry in entries_of(OWNER.id)] == [answer.body["id"]]

    def test_the_sample_withdrawal_and_readings(self) -> None:
        taken = happened("manage_wallets", "withdrawal")
        wallet = happened("manage_wallets", "wallet_of_a_customer")
        page = happened("manage_wallets", "transactions")

        assert (taken.status, taken.body["amount_cents"]) == (201, -2_500)
        assert wallet.body == {
            "object": "wallet",
            "customer_id": OWNER.id,
            "balance_cents": 97_500,
            "held_cents": 0,
            "spendable_cents": 97_500,
            "currency": "USD",
        }
        assert page.body["data"] == [taken.body]

    @pytest.mark.parametrize(
        ("kind", "body", "status", "code"),
        [
            ("withdrawals", {"amount_cents": 100_001}, 422, "insufficient_funds"),
            ("withdrawals", {"amount_cents": 0}, 422, "validation_failed"),
            ("deposits", {"amount_cents": 99}, 422, "validation_failed"),
            ("deposits", {"amount_cents": True}, 422, "validation_failed"),
            ("deposits", {"amount_cents": 2**53 + 2}, 422, "validation_failed"),
            ("deposits", {"amount_cents": 500, "description": "\u0000"}, 422, "validation_failed"),
            ("deposits", {"amount_cents": 500, "description": "\ud800"}, 422, "validation_failed"),
        ],
    )
    def test_a_bad_movement_books_nothing(
        self, kind: str, body: Json, status: int, code: str
    ) -> None:
        refused = call("POST", f"/customers/{OWNER.id}/{kind}", {"description": "Wire", **body})

        assert (refused.status, refused.code) == (status, code)
        assert entries_of(OWNER.id) == []

    def test_what_is_no_json_object_is_malformed(self) -> None:
        for text in ("", "{", "[]", "5", '{"amount_cents": NaN}'):
            refused = call("POST", f"/customers/{OWNER.id}/deposits", text)
            assert (refused.status, refused.code) == (400, "malformed_json")


class TestBids:
    def test_a_bid_is_created_and_read(self) -> None:
        made = happened("manage_bids", "create")

        assert (made.status, made.headers["ETag"]) == (201, '"1"')
        assert call("GET", f"/bids/{made.body['id']}").body == made.body
        assert {**made.body, "id": "", "created_at": "", "updated_at": ""} == {
            "object": "bid",
            "id": "",
            "customer_id": OWNER.id,
            "lead_type_id": TYPE_ID,
            "scope": "state",
            "location": {"country": "US", "state": "TX"},
            "amount_cents": 4_000,
            "paused": False,
            "lead_caps": {"daily": 5, "weekly": None, "monthly": None},
            "budgets_cents": {"daily": None, "weekly": None, "monthly": None},
            "status": "active",
            "statuses": {
                "operational": "active",
                "funding": "available",
                "cap": "available",
                "budget": "unlimited",
            },
            "position": "top",
            "rank": 1,
            "effective_cents": 4_000,
            "last_won_at": None,
            "version": 1,
            "created_at": "",
            "updated_at": "",
        }

    def test_the_sample_requests_are_answered(self) -> None:
        assert happened("manage_bids", "read").body["amount_cents"] == 10_000
        changed = happened("manage_bids", "change")
        assert (changed.status, changed.body["amount_cents"]) == (200, 20_000)
        assert happened("manage_bids", "own_bids").body["data"] == [changed.body]
        archived = happened("manage_bids", "archive")
        assert (archived.status, archived.text) == (204, "")
        assert happened("manage_bids", "own_bids").body["data"] == []
        assert happened("manage_bids", "read").body["status"] == "archived"

    @pytest.mark.parametrize(
        ("members", "status", "code"),
        [
            ({"amount_cents": 10_001}, 422, "off_grid"),
            ({"amount_cents": 2**53 + 2}, 422, "validation_failed"),
            ({"amount_cents": "10000"}, 422, "validation_failed"),
            ({"surprise": 1}, 422, "validation_failed"),
            ({"customer_id": UNKNOWN}, 422, "validation_failed"),
            ({"location": {**TRAVIS, "state": "ON"}}, 422, "validation_failed"),
            ({"location": {**TRAVIS, "county": "TRAVIS COUNTY"}}, 409, "bid_exists"),
        ],
    )
    def test_a_bad_bid_is_not_stored(self, members: Json, status: int, code: str) -> None:
        body = {
            "customer_id": OWNER.id,
            "lead_type_id": TYPE_ID,
            "scope": "county",
            "location": {**TRAVIS, "county": "Hays"},
            "amount_cents": 10_000,
        }

        refused = call("POST", "/bids", {**body, **members})

        assert (refused.status, refused.code) == (status, code)
        assert [one["id"] for one in call("GET", "/bids").body["data"]] == [STORED.id]

    def test_the_sample_hints_are_paged(self) -> None:
        page = happened("manage_bids", "hints").body

        assert page["data"] == [
            {"object": "hint", "amount_cents": cents, "hint": "top"}
            for cents in (1_000, 2_000, 3_000)
        ]
        assert page["has_more"]
        refused = call("GET", "/bids/hints", query={"scope": "planet"})
        assert set(refused.body["errors"]) == {"scope", "country", "lead_type_id"}

    def test_a_stale_tag_changes_nothing(self) -> None:
        path, stale = f"/bids/{STORED.id}", {"If-Match": '"7"'}

        for method, body in (("PATCH", {"paused": True}), ("DELETE", None)):
            assert call(method, path, body, headers=stale).status == 412
        assert call("GET", path).body["version"] == 1

    def test_wrong_filters_are_named(self) -> None:
        refused = call("GET", "/bids", query={"status": "good", "scope": "x", "lead_type_id": "y"})

        assert set(refused.body["errors"]) == {"status", "scope", "lead_type_id"}


REQUESTS = (
    ("GET", f"/customers/{OWNER.id}", None),
    ("PATCH", f"/customers/{OWNER.id}", {"lead_caps": {"daily": 1}}),
    ("GET", f"/customers/{OWNER.id}/wallet", None),
    ("GET", f"/customers/{OWNER.id}/transactions", None),
    ("GET", f"/bids/{STORED.id}", None),
    ("PATCH", f"/bids/{STORED.id}", {"paused": True}),
    ("DELETE", f"/bids/{STORED.id}", None),
)


class TestWalls:
    def test_another_customers_things_are_not_there(self) -> None:
        rival = principal(Role.CUSTOMER_ADMIN, CustomerId("cus_" + "2" * 26))

        answers = [call(method, path, body, by=rival) for method, path, body in REQUESTS]

        assert {(one.status, one.code) for one in answers} == {(404, "not_found")}

    def test_another_tenants_things_are_not_there(self, monkeypatch: pytest.MonkeyPatch) -> None:
        configured = FixedConfiguration(configuration())
        monkeypatch.setattr(container, "configuration", lambda: configured)
        stranger = principal(Role.ADMIN, tenant_id=TenantId("tenant_" + "1" * 26))

        answers = [call(method, path, body, by=stranger) for method, path, body in REQUESTS]

        assert {(one.status, one.code) for one in answers} == {(404, "not_found")}

    def test_a_role_that_may_only_look_is_told_what_it_lacks(self) -> None:
        lacking = {
            ("POST", "/customers"): "customers.create",
            ("DELETE", f"/customers/{OWNER.id}"): "customers.delete",
            ("POST", f"/customers/{OWNER.id}/restore"): "customers.delete",
            ("PATCH", f"/customers/{OWNER.id}"): "customers.update",
            ("POST", f"/customers/{OWNER.id}/deposits"): "customers.add-funds",
            ("POST", f"/customers/{OWNER.id}/withdrawals"): "customers.remove-funds",
            ("POST", "/bids"): "bids.create",
            ("PATCH", f"/bids/{STORED.id}"): "bids.update",
            ("DELETE", f"/bids/{STORED.id}"): "bids.delete",
        }
        for (method, path), permission in lacking.items():
            refused = call(method, path, {}, by=principal(Role.SALES))
            assert (refused.status, refused.code) == (403, "forbidden")
            assert permission in refused.body["detail"]

    def test_a_customer_cannot_pay_itself(self) -> None:
        own = principal(Role.CUSTOMER_ADMIN, OWNER.id)
        body = {"amount_cents": 500, "description": "Gift"}

        for kind in ("deposits", "withdrawals"):
            assert call("POST", f"/customers/{OWNER.id}/{kind}", body, by=own).status == 403
        assert entries_of(OWNER.id) == []

    def test_bidding_takes_access(self) -> None:
        body = {
            "lead_type_id": TYPE_ID,
            "scope": "nationwide",
            "location": {"country": "US"},
            "amount_cents": 10_000,
        }

        refused = call("POST", "/bids", body, by=principal(Role.CUSTOMER_USER, OWNER.id))

        assert (refused.status, refused.code) == (403, "bidding_access_required")
