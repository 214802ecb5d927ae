"""Returns from an API Gateway event to the answer, over DynamoDB."""

import json
from pathlib import Path
from typing import Any

import pytest

from leadflow.adapters.dynamodb.leads import lead_item
from leadflow.domain.leads import LeadStatus
from leadflow.domain.principals import Principal, Role
from leadflow.domain.returns import return_request_id
from leadflow.runtime import container
from tests.builders import TENANT_ID, configuration, lead
from tests.fakes.clock import FixedClock
from tests.integration.http import Answer, Client, answered
from tests.integration.seeds import (
    entries_of,
    store_bid,
    store_configuration,
    store_customer,
    store_lead,
)
from tests.reading import STRANGER, sender
from tests.trade import principal
from tests.unit.application.returns_world import WON
from tests.unit.domain.bidding_examples import bid, customer
from tests.unit.domain.return_examples import CHARGED, assignment, sold

EVENTS = Path(__file__).parents[2] / "events/return_lead"
ADMIN, SUPPORT = principal(Role.ADMIN), principal(Role.CUSTOMER_SUPPORT)
OWNER, RIVAL = customer(1, usage=WON), customer(2)
BUYER = principal(Role.CUSTOMER_USER, OWNER.id)
LEAD = f"/leads/{sold().id}"
RETURN, REQUESTS = f"{LEAD}/return", f"{LEAD}/return-requests"
ID = return_request_id(sold().id)
APPROVE, DENY = f"/return-requests/{ID}/approve", f"/return-requests/{ID}/deny"
WRONG_NUMBER = {"reason": "wrong_number"}
Json = dict[str, Any]


@pytest.fixture(autouse=True)
def trade(tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenant whose customer won a lead an hour ago."""
    monkeypatch.setattr(container, "clock", FixedClock)
    store_configuration(configuration())
    for owner in (OWNER, RIVAL):
        store_customer(owner)
    store_bid(bid(usage=WON))
    store_lead(sold())


def happened(case: str) -> Answer:
    """The answer to one of the sample events."""
    return answered("return_lead", json.loads((EVENTS / f"{case}.json").read_text()))


def call(
    method: str,
    path: str,
    body: object = None,
    *,
    by: Principal = ADMIN,
    key: str | None = None,
    query: Json | None = None,
) -> Answer:
    """One request to the function of returns."""
    headers = {"Idempotency-Key": key} if key else {}
    return Client("return_lead", by).call(method, path, body, headers=headers, query=query)


def shown(by: Principal = ADMIN) -> Json:
    """The lead as its function shows it."""
    return Client("view_lead", by).call("GET", LEAD).body


def asked() -> Json:
    """A request of the customer."""
    made = call("POST", REQUESTS, WRONG_NUMBER, by=BUYER)
    assert made.status == 201
    return made.body


def requests_of(by: Principal, **query: str) -> list[Json]:
    data: list[Json] = call("GET", "/return-requests", by=by, query=query).body["data"]
    return data


class TestReturn:
    def test_the_sample_return_is_answered_with_the_lead_once_and_again(self) -> None:
        first, again = happened("return"), happened("return")
        assert (first.status, first.headers["ETag"]) == (200, '"2"')
        assert (first.body["status"], first.body["sold"]) == ("returned", True)
        assert first.body["assignment"]["returned_at"] == "2026-03-11T12:00:00Z"
        assert first.body["payout_cents"] == 2_000
        assert first.body == shown()
        assert again.body == first.body
        assert again.headers["Idempotent-Replayed"] == "true"
        assert [entry.signed_cents for entry in entries_of(OWNER.id)] == [CHARGED]

    def test_a_repeat_whose_answer_was_lost_gets_the_lead(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as without:
            without.setattr(
                "leadflow.runtime.http.once", lambda event, context, go: go(event, context)
            )
            first = call("POST", RETURN, key="k")
        again = call("POST", RETURN, key="k")
        assert (again.status, again.body) == (200, first.body)
        assert len(entries_of(OWNER.id)) == 1

    def test_no_body_is_needed(self) -> None:
        assert call("POST", RETURN).status == 200

    def test_a_second_return_is_refused(self) -> None:
        call("POST", RETURN, {})
        refused = call("POST", RETURN, {})
        assert (refused.status, refused.code) == (409, "invalid_status")
        assert "returned" in refused.body["detail"]

    @pytest.mark.parametrize(
        ("body", "wrong"),
        [
            ({"reason": "boring"}, "reason"),
            ({"reason": "other"}, "note"),
            ({"note": "x" * 1_025}, "note"),
            ({"note": " "}, "note"),
            ({"refund_cents": 1}, "refund_cents"),
        ],
    )
    def test_wrong_members_are_named(self, body: Json, wrong: str) -> None:
        refused = call("POST", RETURN, body)
        assert (refused.status, refused.code) == (422, "validation_failed")
        assert set(refused.body["errors"]) == {wrong}

    def test_a_posted_lead_stays_posted(self) -> None:
        lead_item(TENANT_ID, sold(status=LeadStatus.POSTED)).save()
        refused = call("POST", RETURN)
        assert (refused.status, refused.code) == (409, "invalid_status")

    def test_the_customer_keeps_its_access(self) -> None:
        call("POST", RETURN)
        seen = shown(BUYER)
        assert (seen["status"], seen["returned_at"]) == ("returned", "2026-03-11T12:00:00Z")
        assert seen["contact"]["email"] == "ada@example.com"
        assert "return_request_id" not in seen
        listed = Client("list_leads", BUYER).call("GET", "/leads", query={"status": "returned"})
        assert listed.body["data"] == [seen]


class TestRequests:
    def test_the_sample_request_waits_and_is_told_again(self) -> None:
        assert "return_request_id" not in shown()
        first, again = happened("request"), happened("request")
        assert (first.status, again.body) == (201, first.body)
        assert first.body == {
            "object": "return_request",
            "id": ID,
            "lead_id": sold().id,
            "customer_id": OWNER.id,
            "status": "pending",
            "reason": "invalid_phone",
            "note": None,
            "created_at": "2026-03-11T12:00:00Z",
            "decided_at": None,
            "decision_note": None,
        }
        assert (shown()["return_request_id"], shown()["status"]) == (ID, "assigned")
        second = call("POST", REQUESTS, WRONG_NUMBER, by=BUYER)
        assert (second.status, second.code) == (409, "return_already_requested")

    def test_the_sample_without_a_note_is_refused(self) -> None:
        refused = happened("request_without_note")
        assert (refused.status, set(refused.body["errors"])) == (422, {"note"})

    def test_a_request_has_a_reason(self) -> None:
        assert call("POST", REQUESTS, {}, by=BUYER).body["errors"].keys() == {"reason"}

    def test_a_closed_window_is_a_refusal_of_its_own(self) -> None:
        old = assignment(assigned_at=assignment().assigned_at.replace(day=1))
        lead_item(TENANT_ID, sold(assignment=old)).save()
        refused = call("POST", REQUESTS, WRONG_NUMBER, by=BUYER)
        assert (refused.status, refused.code) == (422, "return_window_closed")

    def test_the_sample_approval_returns_the_lead(self) -> None:
        asked()
        decided = happened("approve")
        assert (decided.status, decided.body["status"]) == (200, "approved")
        assert decided.body["decided_at"] == "2026-03-11T12:00:00Z"
        assert shown()["status"] == "returned"
        late = call("POST", DENY)
        assert (late.status, late.code) == (409, "conflict")

    def test_the_sample_denial_leaves_the_lead(self) -> None:
        asked()
        decided = happened("deny")
        assert (decided.body["status"], decided.body["decision_note"]) == (
            "denied",
            "The number works.",
        )
        assert shown()["status"] == "assigned"
        assert entries_of(OWNER.id) == []

    def test_the_sample_lists_are_answered(self) -> None:
        request = asked()
        assert happened("list").body["data"] == [request]
        assert happened("own_requests").body["data"] == [request]

    def test_lists_are_filtered_and_walked_by_cursor(self) -> None:
        for number in (1, 2):
            store_lead(sold(number), number)
            call("POST", f"/leads/{lead(number).id}/return-requests", WRONG_NUMBER, by=BUYER)
        asked()
        call("POST", DENY)
        assert [one["id"] for one in requests_of(ADMIN, status="denied")] == [ID]
        assert len(requests_of(ADMIN, customer_id=OWNER.id, status="pending")) == 2
        assert requests_of(ADMIN, customer_id=RIVAL.id) == []
        first = call("GET", "/return-requests", query={"limit": "2"}).body
        query = {"limit": "2", "cursor": first["next_cursor"]}
        rest = call("GET", "/return-requests", query=query).body
        ids = [one["id"] for one in first["data"] + rest["data"]]
        assert (len(ids), len(set(ids)), rest["has_more"]) == (3, 3, False)
        foreign = call("GET", "/return-requests", by=BUYER, query=query)
        assert (foreign.status, foreign.code) == (422, "invalid_cursor")
        for name, value in (("status", "lost"), ("customer_id", "x"), ("limit", "0")):
            assert set(call("GET", "/return-requests", query={name: value}).body["errors"]) == {
                name
            }


class TestWalls:
    @pytest.mark.parametrize(
        ("path", "by"),
        [
            (RETURN, principal(Role.ADMIN, tenant_id=STRANGER)),
            (APPROVE, principal(Role.ADMIN, tenant_id=STRANGER)),
            (DENY, principal(Role.ADMIN, tenant_id=STRANGER)),
            (REQUESTS, principal(Role.CUSTOMER_USER, RIVAL.id)),
            (REQUESTS, principal(Role.CUSTOMER_USER, OWNER.id, STRANGER)),
            ("/leads/x/return", ADMIN),
            ("/return-requests/x/approve", ADMIN),
            (f"/return-requests/{sold().id}/deny", ADMIN),
        ],
    )
    def test_what_belongs_to_others_looks_like_nothing(self, path: str, by: Principal) -> None:
        if path in {APPROVE, DENY}:
            asked()
        body = WRONG_NUMBER if path == REQUESTS else {}
        refused = call("POST", path, body, by=by)
        assert (refused.status, refused.code) == (404, "not_found")
        assert shown()["status"] == "assigned"

    def test_requests_are_listed_to_their_own_customer_alone(self) -> None:
        asked()
        assert requests_of(principal(Role.CUSTOMER_ADMIN, RIVAL.id)) == []
        query = {"customer_id": OWNER.id}
        by = principal(Role.CUSTOMER_ADMIN, RIVAL.id)
        assert call("GET", "/return-requests", by=by, query=query).status == 404

    @pytest.mark.parametrize(
        ("method", "path", "by", "permission"),
        [
            ("POST", RETURN, principal(Role.SALES), "leads.return"),
            ("POST", RETURN, BUYER, "leads.return"),
            ("POST", RETURN, sender(), "leads.return"),
            ("POST", REQUESTS, ADMIN, "customer"),
            ("POST", REQUESTS, principal(Role.PARTNER_ADMIN), "customer"),
            ("POST", APPROVE, principal(Role.DATA_VALIDATION), "leads.approve-dispute"),
            ("POST", APPROVE, BUYER, "leads.approve-dispute"),
            ("POST", DENY, BUYER, "leads.approve-dispute"),
            ("GET", "/return-requests", principal(Role.SALES), "leads.approve-dispute"),
            ("GET", "/return-requests", principal(Role.PARTNER_USER), "leads.approve-dispute"),
        ],
    )
    def test_who_may_not_is_told_which_permission_is_missing(
        self, method: str, path: str, by: Principal, permission: str
    ) -> None:
        refused = call(method, path, WRONG_NUMBER if method == "POST" else None, by=by)
        assert (refused.status, refused.code) == (403, "forbidden")
        assert permission in refused.body["detail"]

    @pytest.mark.parametrize("role", [Role.CUSTOMER_ADMIN, Role.CUSTOMER_USER])
    def test_both_roles_of_a_customer_ask_and_support_decides(self, role: Role) -> None:
        made = call("POST", REQUESTS, WRONG_NUMBER, by=principal(role, OWNER.id))
        assert made.status == 201
        assert call("POST", APPROVE, by=SUPPORT).body["status"] == "approved"
