"""Customers and wallets from an API Gateway event to the answer, over DynamoDB."""

from unittest.mock import Mock

import pytest

from leadflow.adapters.dynamodb.bid_store import DynamoBidStore
from leadflow.adapters.dynamodb.ledger import DynamoWallets
from leadflow.adapters.system import Ulids
from leadflow.application.customer_ports import Author
from tests.builders import TENANT_ID, configuration
from tests.integration.events import tried
from tests.integration.seeds import entries_of, store_configuration, store_customer
from tests.integration.trade_calls import OWNER, STORED, Json, call
from tests.unit.domain.bidding_examples import NOW, customer


@pytest.fixture(autouse=True)
def trade(tables: dict[str, str]) -> None:
    """A tenant with one customer that has money and one bid."""
    store_configuration(configuration())
    store_customer(OWNER)
    DynamoBidStore(Ulids()).add(TENANT_ID, STORED, Author("setup", NOW))


class TestCustomers:
    def test_a_customer_is_created_and_read(self) -> None:
        made = tried("manage_customers", "create")

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
            assert tried("manage_customers", case).status == status
        assert call("GET", f"/customers/{OWNER.id}").body["budgets_cents"]["weekly"] == 100_000
        assert tried("manage_customers", "search").body["data"] == []
        archived = tried("manage_customers", "archive")
        assert (archived.status, archived.text) == (204, "")
        restored = tried("manage_customers", "restore")
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
        first, again = (tried("manage_wallets", "deposit") for _ in range(2))

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
        taken = tried("manage_wallets", "withdrawal")
        wallet = tried("manage_wallets", "wallet_of_a_customer")
        page = tried("manage_wallets", "transactions")

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
