import json
from decimal import Decimal

import pytest

from leadflow.application.lead_views import delivered
from leadflow.application.view_flows import FlowRecord, FlowSummary
from leadflow.application.view_submissions import SubmissionView
from leadflow.domain.decisions import AttemptStatus, Candidate, Decision, Kind, Reason, Verdict
from leadflow.domain.enrichment import EnrichedData, OwnerData, PropertyData, PropertySale
from leadflow.domain.flows import (
    Attempt,
    EventName,
    FlowStep,
    Recipient,
    TimelineEvent,
)
from leadflow.domain.identifiers import StageId
from leadflow.domain.plans import Method
from leadflow.runtime.http import jsonable
from leadflow.runtime.representations.flows import flow_body, flow_summary_body
from leadflow.runtime.representations.leads import lead_body, lead_detail_body, version_of
from leadflow.runtime.representations.submissions import submission_body
from tests.reading import BUYER, NOON, configuration, flow, identify, lead, sold_lead, submission

LEAD_MEMBERS = {
    "object",
    "id",
    "lead_uuid",
    "status",
    "sold",
    "is_test",
    "version",
    "source_id",
    "lead_category_id",
    "lead_type_id",
    "received_at",
    "updated_at",
    "contact",
    "details",
    "assignment",
    "payout_cents",
    "ping_id",
    "submission_id",
    "flow_ids",
}
FLOW_MEMBERS = {
    "object",
    "id",
    "kind",
    "lead_id",
    "source_id",
    "plan_version",
    "ping_id",
    "submission_ids",
    "offers_count",
    "is_test",
    "started_at",
    "updated_at",
    "ended_at",
    "outcome",
    "ping_status",
    "honored",
    "sold_for_cents",
    "recipient",
    "channel",
    "attempts",
}
STAGE = StageId(identify("stage", 1))
RECORD = FlowStep(
    number=0,
    attempts=(
        Attempt(
            stage_id=STAGE,
            name="Best price",
            method=Method.HIGHEST_PRICE,
            status=AttemptStatus.PROCESSING,
            started_at=NOON,
        ),
    ),
    timeline=(TimelineEvent(at=NOON, event=EventName.LEAD, description="It came."),),
    decisions=(
        Decision(
            stage_id=STAGE,
            phase="post",
            candidate=Candidate(kind=Kind.BID, id=identify("bid", 1), customer_id=BUYER),
            verdict=Verdict.OUTSCORED,
            reason=Reason.OUTSCORED,
            amount_cents=4500,
            penalty_percentage=Decimal("7.5"),
            score="4162.5",
        ),
    ),
)


def body_of(made: object) -> dict[str, object]:
    body = jsonable(made)
    assert isinstance(body, dict)
    return body


def raw_of(raw: str) -> object:
    return body_of(submission_body(SubmissionView(submission(1, raw=raw), None)))["raw"]


def test_a_lead_has_exactly_the_members_of_the_contract() -> None:
    body = body_of(lead_body(sold_lead(1)))
    assert set(body) == LEAD_MEMBERS
    assert body["received_at"] == "2026-03-03T08:13:21Z"
    assert body["assignment"] == {
        "customer_id": BUYER,
        "partner_id": None,
        "assigned_via": "bidding",
        "scope": "county",
        "bid_id": None,
        "charged_cents": 4500,
        "assigned_at": "2026-03-04T12:00:00Z",
        "returned_at": None,
    }


def test_members_of_a_lead_without_a_value_are_absent() -> None:
    body = body_of(lead_body(lead(1, values={"zip": "85001"}, lead_type_id=None)))
    assert set(body) == LEAD_MEMBERS - {"assignment", "details"}
    assert (body["contact"], body["lead_type_id"]) == ({"zip": "85001"}, None)


def test_a_lead_shows_what_is_known_of_its_property_and_owner_where_it_is_asked_for() -> None:
    data = EnrichedData(
        property=PropertyData(value_cents=35_000_000, bedrooms=3),
        owner=OwnerData(owner_occupied=False),
    )
    known = lead(1, enriched=data)
    assert body_of(lead_detail_body(known))["enriched_data"] == {
        "property": {"value_cents": 35_000_000, "bedrooms": 3},
        "owner": {"owner_occupied": False},
    }
    assert "enriched_data" not in body_of(lead_body(known))
    assert "enriched_data" not in body_of(lead_detail_body(lead(1)))


def test_a_sale_without_a_known_price_shows_its_day() -> None:
    sales = (PropertySale(sold_at=NOON.date(), price_cents=5), PropertySale(sold_at=NOON.date()))
    known = lead(1, enriched=EnrichedData(property=PropertyData(sale_history=sales)))
    day = NOON.date().isoformat()
    assert body_of(lead_detail_body(known))["enriched_data"] == {
        "property": {"sale_history": [{"sold_at": day, "price_cents": 5}, {"sold_at": day}]}
    }


def test_a_customer_never_sees_enriched_data() -> None:
    bought = sold_lead(1).model_copy(
        update={"enriched": EnrichedData(owner=OwnerData(name="Ada Example"))}
    )
    view = delivered(bought, BUYER, configuration())
    assert view
    assert body_of(lead_detail_body(view)) == body_of(lead_body(view))
    assert "Example" not in json.dumps(body_of(lead_detail_body(view)))


def test_a_delivered_lead_has_exactly_the_members_of_the_contract() -> None:
    view = delivered(sold_lead(1, version=4), BUYER, configuration())
    assert view is not None
    body = body_of(lead_body(view))
    assert body == {
        "object": "lead",
        "id": lead(1).id,
        "status": "assigned",
        "lead_type": "Solar owner",
        "contact": {
            "first_name": "Jane",
            "last_name": "Roe",
            "email": "jane@example.com",
            "phone": "602-555-0100",
            "zip": "85001",
        },
        "details": {"roof": "flat"},
        "charged_cents": 4500,
        "scope": "county",
        "assigned_at": "2026-03-04T12:00:00Z",
        "returned_at": None,
    }
    assert version_of(view) == 4


def test_a_flow_in_a_list_has_attempts_but_neither_timeline_nor_decisions() -> None:
    body = body_of(flow_summary_body(FlowSummary(flow(1), RECORD.attempts)))
    assert set(body) == FLOW_MEMBERS
    assert body["attempts"] == [
        {
            "stage_id": STAGE,
            "name": "Best price",
            "method": "highest_price",
            "phase": "post",
            "status": "processing",
            "reason": None,
            "started_at": "2026-03-04T12:00:00Z",
            "ended_at": None,
        }
    ]


def test_a_flow_by_itself_has_its_timeline_and_sparse_decisions() -> None:
    body = body_of(flow_body(FlowRecord(flow(1), RECORD)))
    assert set(body) == FLOW_MEMBERS | {"timeline", "decisions"}
    assert body["timeline"] == [
        {"at": "2026-03-04T12:00:00Z", "event": "lead", "description": "It came."}
    ]
    assert body["decisions"] == [
        {
            "stage_id": STAGE,
            "phase": "post",
            "candidate": {"kind": "bid", "id": identify("bid", 1), "customer_id": BUYER},
            "verdict": "outscored",
            "reason": "outscored",
            "amount_cents": 4500,
            "penalty_percentage": 7.5,
            "score": "4162.5",
        }
    ]


def test_a_recipient_is_a_customer_or_a_partner_and_a_deletion_shows_once_it_is() -> None:
    deleted = flow(1, recipient=Recipient(customer_id=BUYER), lead_deleted_at=NOON)
    body = body_of(flow_summary_body(FlowSummary(deleted, ())))
    assert set(body) == FLOW_MEMBERS | {"lead_deleted_at"}
    assert body["recipient"] == {"customer_id": BUYER}


def test_a_submission_tells_what_was_sent_and_what_is_paid() -> None:
    body = body_of(submission_body(SubmissionView(submission(1), sold_lead(1))))
    assert body == {
        "object": "submission",
        "id": submission(1).id,
        "kind": "post",
        "status": "accepted",
        "http_status": 201,
        "source_id": submission(1).source_id,
        "is_test": False,
        "received_at": "2026-03-03T08:13:21Z",
        "raw": {"zip": "85001", "extra": 1.5},
        "errors": None,
        "ping_id": None,
        "lead_id": lead(1).id,
        "outcome": {"status": "assigned", "price": 22.5},
    }


def test_a_submission_without_a_lead_has_no_outcome() -> None:
    errors = {"zip": ["The zip field is required."]}
    body = body_of(submission_body(SubmissionView(submission(1, errors=errors), None)))
    assert (body["outcome"], body["errors"]) == (None, errors)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "no json",
        "[1]",
        '"text"',
        '{"a": NaN}',
        '{"a": 1e999}',
        '{"a": 0.1234567890123456789}',
        '{"a": 1, "a": 2}',
        '{"a": "\\ud800"}',
        '{"a":' * 40 + "1" + "}" * 40,
        '{"a": 1' + "0" * 5_000 + "}",
    ],
)
def test_a_body_that_no_object_shows_exactly_is_shown_as_it_came(raw: str) -> None:
    assert raw_of(raw) == raw


@pytest.mark.parametrize(
    "raw", ['{"a": {"b": [1, 0.1, true, null]}}', '{"n": 12345678901234567890}']
)
def test_an_object_is_shown_as_one(raw: str) -> None:
    assert json.dumps(raw_of(raw)) == raw
