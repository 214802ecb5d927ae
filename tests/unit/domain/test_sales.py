"""What a sale changes."""

from datetime import timedelta
from decimal import Decimal

import pytest

from leadflow.domain.assignments import AssignedVia, Assignment
from leadflow.domain.errors import Conflict
from leadflow.domain.identifiers import FlowId, LeadId, is_identifier
from leadflow.domain.leads import LeadStatus
from leadflow.domain.ledger import LedgerEvent
from leadflow.domain.limits import Period
from leadflow.domain.reservations import PartnerOffer, Reservation
from leadflow.domain.return_tiers import NO_TIERS
from leadflow.domain.sales import booked, posted, sale_transaction_id
from leadflow.domain.scopes import Scope
from tests.builders import lead, partner, source, stage
from tests.unit.domain.bidding_examples import NOW, bid, contender, customer, dollars

LATER = NOW + timedelta(seconds=2)
WINNER = contender(bid(100, owner=1, scope=Scope.STATE), customer(1, spendable=500))


def test_the_lead_belongs_to_the_winner_at_the_price() -> None:
    sold = booked(
        lead(), source(payout_percentage=Decimal(40)), WINNER, dollars(70), LATER, ladder=NO_TIERS
    ).lead
    assert (sold.status, sold.version, sold.payout_cents) == (LeadStatus.ASSIGNED, 2, dollars(28))
    assignment = sold.assignment
    assert assignment
    assert (assignment.customer_id, assignment.bid_id) == (WINNER.customer.id, WINNER.bid.id)
    assert (assignment.scope, assignment.assigned_via) == (Scope.STATE, AssignedVia.BIDDING)
    assert (assignment.charged_cents, assignment.assigned_at) == (dollars(70), LATER)


def test_bid_and_customer_count_the_win_once() -> None:
    after = booked(lead(), source(), WINNER, dollars(70), LATER, ladder=NO_TIERS)
    for usage in (after.bid.usage, after.customer.usage):
        tallies = [usage.daily, usage.weekly, usage.monthly]
        assert [(tally.count, tally.spent_cents) for tally in tallies] == [(1, dollars(70))] * 3
        assert usage.daily.label == Period.DAILY.label(LATER)
    assert (after.bid.last_won_at, after.bid.version) == (LATER, WINNER.bid.version + 1)
    assert after.customer.version == WINNER.customer.version + 1


def test_the_charge_is_one_entry_of_the_winners_wallet() -> None:
    after = booked(lead(), source(), WINNER, dollars(70), LATER, ladder=NO_TIERS)
    assert after.entry
    assert after.entry.event is LedgerEvent.LEAD_ASSIGNED
    assert after.entry.signed_cents == -dollars(70)
    assert after.entry.balance_after_cents == after.customer.balance_cents == dollars(430)
    assert after.entry.related == {"lead_id": lead().id}


def test_a_free_lead_moves_no_money_but_counts() -> None:
    after = booked(lead(), source(), WINNER, 0, LATER, ladder=NO_TIERS)
    assert after.entry is None
    assert after.customer.balance_cents == WINNER.customer.balance_cents
    assert (after.customer.usage.daily.count, after.customer.version) == (1, 2)


def test_a_lead_that_is_sold_cannot_be_sold_again() -> None:
    sold = booked(lead(), source(), WINNER, dollars(70), LATER, ladder=NO_TIERS).lead
    with pytest.raises(Conflict) as refused:
        booked(sold, source(), WINNER, dollars(70), LATER, ladder=NO_TIERS)
    assert refused.value.code == "invalid_status"


def test_a_lead_that_a_partner_took_is_owed_for_at_its_offer() -> None:
    offer = PartnerOffer(
        partner_id=partner(1).id,
        amount_cents=dollars(40),
        penalty_percentage=Decimal(20),
        offered_at=NOW,
    )
    reserved = Reservation(stage_id=stage().id, step=1, via=AssignedVia.PARTNER, open_until=NOW)
    before, half = lead(reservation=reserved), source(payout_percentage=Decimal(50))
    after = posted(before, half, offer, AssignedVia.ROUND_ROBIN, LATER)
    assert (after.status, after.version, after.payout_cents) == (LeadStatus.POSTED, 2, dollars(20))
    assert after.reservation is None
    assert after.assignment == Assignment(
        partner_id=partner(1).id,
        assigned_via=AssignedVia.ROUND_ROBIN,
        charged_cents=dollars(40),
        assigned_at=LATER,
    )


def test_a_sale_has_one_possible_id() -> None:
    first = sale_transaction_id(FlowId("flow_1"), LeadId("lead_1"))
    assert first == sale_transaction_id(FlowId("flow_1"), LeadId("lead_1"))
    assert is_identifier("txn", first)
    others = {
        sale_transaction_id(FlowId(flow), LeadId(one))
        for flow, one in (("flow_1", "lead_2"), ("flow_2", "lead_1"), ("flow_1#", "lead_1"))
    }
    assert len(others | {first}) == 4
