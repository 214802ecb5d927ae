"""Bids, and who reaches what, from an API Gateway event to the answer, over DynamoDB."""

import pytest

from leadflow.adapters.dynamodb.bid_store import DynamoBidStore
from leadflow.adapters.system import Ulids
from leadflow.application.customer_ports import Author
from leadflow.domain.identifiers import CustomerId, TenantId
from leadflow.domain.principals import Role
from leadflow.runtime import container
from tests.builders import TENANT_ID, TYPE_ID, configuration
from tests.fakes.configuration import FixedConfiguration
from tests.integration.events import tried
from tests.integration.seeds import entries_of, store_configuration, store_customer
from tests.integration.trade_calls import OWNER, STORED, Json, call
from tests.trade import UNKNOWN, principal
from tests.unit.domain.bidding_examples import NOW

TRAVIS = {"country": "US", "state": "TX", "county": "Travis"}


@pytest.fixture(autouse=True)
def trade(tables: dict[str, str]) -> None:
    """A tenant with one customer that has money and one bid."""
    store_configuration(configuration())
    store_customer(OWNER)
    DynamoBidStore(Ulids()).add(TENANT_ID, STORED, Author("setup", NOW))


class TestBids:
    def test_a_bid_is_created_and_read(self) -> None:
        made = tried("manage_bids", "create")

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
        assert tried("manage_bids", "read").body["amount_cents"] == 10_000
        changed = tried("manage_bids", "change")
        assert (changed.status, changed.body["amount_cents"]) == (200, 20_000)
        assert tried("manage_bids", "own_bids").body["data"] == [changed.body]
        archived = tried("manage_bids", "archive")
        assert (archived.status, archived.text) == (204, "")
        assert tried("manage_bids", "own_bids").body["data"] == []
        assert tried("manage_bids", "read").body["status"] == "archived"

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
        page = tried("manage_bids", "hints").body

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
