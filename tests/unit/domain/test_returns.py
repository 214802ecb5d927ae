"""What a return gives back, and when it may be asked for."""

from datetime import datetime, timedelta

import pytest

from leadflow.domain.assignments import AssignedVia
from leadflow.domain.customers import Customer
from leadflow.domain.errors import Conflict, CorruptState, Unprocessable, ValidationFailed
from leadflow.domain.identifiers import ReturnRequestId, UserId
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.ledger import Account, LedgerEvent, wallet_account
from leadflow.domain.limits import Usage
from leadflow.domain.return_tiers import NO_TIERS
from leadflow.domain.returns import (
    ReturnDecision,
    Returned,
    ReturnStatus,
    check_reason,
    check_requestable,
    returned,
    with_request,
)
from leadflow.domain.settings import TenantSettings
from tests.builders import lead
from tests.unit.domain.bidding_examples import NOW, bid, customer
from tests.unit.domain.return_examples import (
    CHARGED,
    RECORD,
    SOLD_AT,
    assignment,
    return_request,
    sold,
)

WON = Usage().with_win(SOLD_AT, CHARGED)
OWNER = customer(1, lifetime_charged_cents=100_000, usage=WON)
OFFER = bid(usage=WON)
SETTINGS = TenantSettings(default_consent_name="Acme", return_reasons=("other", "too_far"))
WEEK = timedelta(days=7)


def given_back(of: Lead | None = None, owner: Customer = OWNER, at: datetime = NOW) -> Returned:
    return returned(of or sold(), owner, OFFER, RECORD, at, ladder=NO_TIERS)


def counts(usage: Usage) -> tuple[int, ...]:
    return (usage.daily.count, usage.weekly.count, usage.monthly.count)


def test_the_customer_gets_exactly_the_charge_back() -> None:
    after = given_back()
    assert after.customer
    assert after.entry
    assert after.customer.balance_cents == OWNER.balance_cents + CHARGED
    assert after.customer.lifetime_refunded_cents == CHARGED
    assert (after.entry.event, after.entry.signed_cents) == (LedgerEvent.LEAD_RETURNED, CHARGED)
    accounts = (after.entry.debit_account, after.entry.credit_account)
    assert accounts == (Account.REVENUE, wallet_account(OWNER.id))
    assert after.entry.related == {"lead_id": lead().id}


def test_the_lead_stays_sold_with_its_customer_and_its_payout() -> None:
    after = given_back().lead
    assert after.status is LeadStatus.RETURNED
    assert after.sold
    assert after.assignment == assignment(returned_at=NOW)
    assert (after.payout_cents, after.version, after.return_record) == (2_000, 2, RECORD)


def test_the_refund_has_the_same_id_whoever_books_it() -> None:
    first, other = given_back().entry, given_back(at=NOW + WEEK).entry
    another = given_back(sold(1)).entry
    assert first
    assert other
    assert another
    assert first.id == other.id != another.id


def test_the_entry_tells_the_reason() -> None:
    record = RECORD.model_copy(update={"reason": "wrong_number", "note": "He called."})
    entry = returned(sold(), OWNER, None, record, NOW, ladder=NO_TIERS).entry
    assert entry
    assert entry.description == "Lead returned: wrong_number."


def test_room_comes_back_in_the_periods_that_still_go_on() -> None:
    tuesday = NOW - timedelta(days=1)
    busy = Usage().with_win(tuesday, CHARGED).with_win(NOW, 1_000)
    owner, offer = customer(1, usage=busy), bid(usage=busy)
    after = returned(sold(at=tuesday), owner, offer, RECORD, NOW, ladder=NO_TIERS)
    assert after.customer
    assert after.bid
    assert counts(busy) == (1, 2, 2)
    assert counts(after.customer.usage) == counts(after.bid.usage) == (1, 1, 1)
    assert after.customer.usage.monthly.spent_cents == 1_000


def test_a_period_that_began_after_the_assignment_keeps_its_count() -> None:
    monday = NOW + timedelta(days=5)
    busy = WON.with_win(monday, 1_000)
    after = given_back(owner=OWNER.model_copy(update={"usage": busy}), at=monday).customer
    assert after
    assert counts(after.usage) == (1, 1, 1)
    assert counts(busy) == (1, 1, 2)


def test_an_archived_bid_counts_the_lead_no_longer_either() -> None:
    after = returned(
        sold(), OWNER, OFFER.model_copy(update={"archived": True}), RECORD, NOW, ladder=NO_TIERS
    )
    assert after.bid
    assert (after.bid.archived, after.bid.version, counts(after.bid.usage)) == (True, 2, (0, 0, 0))


def test_a_lead_that_was_not_won_by_bidding_leaves_the_limits_alone() -> None:
    turn = assignment(assigned_via=AssignedVia.ROUND_ROBIN, bid_id=None, scope=None)
    after = returned(sold(assignment=turn), OWNER, None, RECORD, NOW, ladder=NO_TIERS)
    assert after.customer
    assert after.customer.usage == WON
    assert after.bid is None
    assert after.entry


def test_a_free_lead_leaves_no_entry_but_makes_room() -> None:
    free = sold(assignment=assignment(charged_cents=0))
    after = given_back(free)
    assert after.entry is None
    assert after.customer
    assert (after.customer.balance_cents, after.customer.version) == (OWNER.balance_cents, 2)
    assert counts(after.customer.usage) == (0, 0, 0)


def test_a_free_turn_changes_nothing_but_the_lead() -> None:
    turn = assignment(assigned_via=AssignedVia.ROUND_ROBIN, bid_id=None, charged_cents=0)
    after = returned(sold(assignment=turn), OWNER, None, RECORD, NOW, ladder=NO_TIERS)
    assert after[1:] == (None, None, None, None)


@pytest.mark.parametrize("status", sorted(set(LeadStatus) - {LeadStatus.ASSIGNED}))
def test_only_assigned_leads_are_returned(status: LeadStatus) -> None:
    with pytest.raises(Conflict) as refused:
        given_back(sold(status=status))
    assert refused.value.code == "invalid_status"
    assert status in refused.value.detail


def test_test_leads_are_not_returned() -> None:
    with pytest.raises(Conflict) as refused:
        given_back(sold(is_test=True))
    assert refused.value.code == "test_lead"


@pytest.mark.parametrize("nobody", [None, assignment(customer_id=None)])
def test_an_assigned_lead_that_nobody_has_is_a_fault(nobody: object) -> None:
    with pytest.raises(CorruptState):
        given_back(sold(assignment=nobody))


def test_the_window_takes_in_its_last_moment() -> None:
    check_requestable(sold(), 7, SOLD_AT + WEEK)
    with pytest.raises(Unprocessable) as refused:
        check_requestable(sold(), 7, SOLD_AT + WEEK + timedelta(microseconds=1))
    assert refused.value.code == "return_window_closed"


def test_a_window_of_no_days_is_closed_at_once() -> None:
    with pytest.raises(Unprocessable) as refused:
        check_requestable(sold(), 0, SOLD_AT)
    assert refused.value.code == "return_window_closed"


@pytest.mark.parametrize("status", [LeadStatus.ASSIGNED, LeadStatus.RETURNED])
def test_a_return_is_requested_once(status: LeadStatus) -> None:
    asked = with_request(sold(status=status), return_request())
    with pytest.raises(Conflict) as refused:
        check_requestable(asked, 7, SOLD_AT)
    assert refused.value.code == "return_already_requested"


def test_the_return_of_a_posted_lead_cannot_be_requested() -> None:
    with pytest.raises(Conflict) as refused:
        check_requestable(sold(status=LeadStatus.POSTED), 7, SOLD_AT)
    assert refused.value.code == "invalid_status"


def test_a_requested_lead_names_its_request_and_keeps_its_status() -> None:
    asked = with_request(sold(), return_request())
    assert (asked.return_request_id, asked.version) == (return_request().id, 2)
    assert asked.status is LeadStatus.ASSIGNED


@pytest.mark.parametrize(
    ("reason", "note", "wrong"),
    [
        ("too_far", None, set()),
        (None, None, set()),
        (None, "By phone.", set()),
        ("other", "By phone.", set()),
        ("other", None, {"note"}),
        ("wrong_number", "No.", {"reason"}),
        ("", None, {"reason"}),
    ],
)
def test_reasons_are_those_of_the_tenant_and_other_needs_a_note(
    reason: str | None, note: str | None, wrong: set[str]
) -> None:
    if not wrong:
        check_reason(reason, note, SETTINGS)
        return
    with pytest.raises(ValidationFailed) as refused:
        check_reason(reason, note, SETTINGS)
    assert set(refused.value.errors) == wrong


@pytest.mark.parametrize("first", [ReturnStatus.APPROVED, ReturnStatus.DENIED])
def test_a_request_is_decided_once(first: ReturnStatus) -> None:
    decision = ReturnDecision(decided_by=UserId("user_1"), decided_at=NOW)
    decided = return_request().decided(first, decision)
    assert (decided.status, decided.decision, decided.version) == (first, decision, 2)
    with pytest.raises(Conflict) as refused:
        decided.decided(ReturnStatus.APPROVED, decision)
    assert (refused.value.code, first in refused.value.detail) == ("conflict", True)


def test_a_lead_has_one_id_for_its_request() -> None:
    assert return_request().id == return_request().id != return_request(1).id
    assert return_request().id != ReturnRequestId(lead().id)
