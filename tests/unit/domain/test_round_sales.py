"""What a Round Robin sale changes."""

from datetime import timedelta
from decimal import Decimal

from leadflow.domain.assignments import AssignedVia
from leadflow.domain.leads import LeadStatus
from leadflow.domain.ledger import LedgerEvent
from leadflow.domain.return_tiers import NO_TIERS
from leadflow.domain.round_sales import handed_out
from leadflow.domain.sales import sale_transaction_id
from leadflow.domain.sources import PriceRow, PricingType
from tests.builders import TYPE_ID, lead, source
from tests.unit.domain.bidding_examples import NOW, customer

LATER = NOW + timedelta(seconds=2)
BUYER = customer(1, balance_cents=1_000)


def test_the_customer_has_the_lead_at_the_flat_price() -> None:
    sold = handed_out(
        lead(), source(payout_percentage=Decimal(40)), BUYER, 500, LATER, ladder=NO_TIERS
    ).lead
    assert (sold.status, sold.version, sold.payout_cents) == (LeadStatus.ASSIGNED, 2, 200)
    assert sold.assignment
    assert (sold.assignment.customer_id, sold.assignment.bid_id) == (BUYER.id, None)
    assert (sold.assignment.assigned_via, sold.assignment.scope) == (AssignedVia.ROUND_ROBIN, None)
    assert (sold.assignment.charged_cents, sold.assignment.assigned_at) == (500, LATER)


def test_the_wallet_pays_and_no_limit_counts_it() -> None:
    after = handed_out(lead(), source(), BUYER, 500, LATER, ladder=NO_TIERS)
    assert after.entry
    assert after.entry.event is LedgerEvent.LEAD_ASSIGNED
    assert after.entry.id == sale_transaction_id(lead().flow_ids[-1], lead().id)
    assert (after.entry.signed_cents, after.customer.balance_cents) == (-500, 500)
    assert after.customer.usage == BUYER.usage
    assert after.customer.version == BUYER.version + 1


def test_a_free_lead_moves_no_money_but_still_meets_the_customer_as_it_is() -> None:
    after = handed_out(lead(), source(), BUYER, 0, LATER, ladder=NO_TIERS)
    assert after.entry is None
    assert (after.customer.balance_cents, after.customer.version) == (1_000, BUYER.version + 1)


def test_a_fixed_price_of_the_source_is_owed_whatever_was_charged() -> None:
    row = PriceRow(lead_type_id=TYPE_ID, pricing_type=PricingType.FIXED, price_cents=700)
    assert (
        handed_out(
            lead(), source(pricing=(row,)), BUYER, 0, LATER, ladder=NO_TIERS
        ).lead.payout_cents
        == 700
    )
