"""The Highest Price stage: who gets the lead, at which price, and what happens in a race."""

import pytest

from leadflow.application import contention
from leadflow.application.ports import Refused
from leadflow.application.run_ports import Run, RunResult
from leadflow.application.sell_at_highest_price import AUCTIONS_MAX
from leadflow.domain.assignments import AssignedVia
from leadflow.domain.decisions import AttemptReason, AttemptStatus, Reason, Verdict
from leadflow.domain.errors import CorruptState, TransientFault
from leadflow.domain.flows import Channel, FlowStep
from leadflow.domain.leads import LeadStatus
from leadflow.domain.plans import BidSettings, HighestPriceSettings
from leadflow.domain.scopes import Scope
from tests.builders import lead, run, stage
from tests.unit.application.highest_price_world import World
from tests.unit.domain.bidding_examples import NOW, bid, customer, dollars, minutes

CONTENDED = frozenset({Refused.CUSTOMER, Refused.BID})


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contention, "_WAIT_SECONDS", 0)


def test_the_highest_bidder_pays_the_next_step_above_the_second() -> None:
    world = World([bid(100, owner=1), bid(60, owner=2)])
    assert world.sell() == RunResult(LeadStatus.ASSIGNED, dollars(70))
    assignment = world.sale.lead.assignment
    assert assignment
    assert assignment.customer_id == customer(1).id
    assert (assignment.charged_cents, assignment.assigned_via) == (dollars(70), AssignedVia.BIDDING)


def test_wallet_limits_ledger_and_flow_change_with_the_lead() -> None:
    world = World([bid(100, owner=1), bid(60, owner=2)])
    world.sell()
    sale = world.sale
    assert sale.entry
    assert sale.entry.signed_cents == -dollars(70)
    assert sale.customer
    assert sale.bid
    assert sale.customer.balance_cents == customer(1).balance_cents - dollars(70)
    assert (sale.bid.last_won_at, sale.bid.version, sale.customer.version) == (NOW, 2, 2)
    assert (sale.ending.sold_for_cents, sale.ending.offers_count) == (dollars(70), 2)
    assert sale.ending.channel is Channel.BID
    assert sale.ending.recipient
    assert sale.ending.recipient.customer_id == customer(1).id


def test_everybody_who_was_looked_at_is_on_record() -> None:
    buyers = [customer(1), customer(2), customer(3, paused=True)]
    world = World([bid(90 - 10 * one, owner=one) for one in (1, 2, 3)], buyers=buyers)
    world.sell()
    step = world.sale.step
    assert step.number == run().step
    assert [attempt.status for attempt in step.attempts] == [AttemptStatus.SUCCESS]
    assert {one.candidate.customer_id: (one.verdict, one.reason) for one in step.decisions} == {
        buyers[0].id: (Verdict.WON, None),
        buyers[1].id: (Verdict.OUTSCORED, Reason.OUTSCORED),
        buyers[2].id: (Verdict.BLOCKED, Reason.CUSTOMER_PAUSED),
    }


def test_the_leaders_narrower_bid_counts_even_if_it_is_not_yet_read() -> None:
    wide = [bid(500, owner=number, scope=Scope.STATE) for number in range(1, 9)]
    narrow = [bid(500, owner=number, last_won_at=minutes(60)) for number in range(100, 130)]
    leaders = bid(500, owner=1, last_won_at=minutes(5))
    world = World([*wide, *narrow, leaders])
    world.sell()
    assert world.sale.bid
    assert world.sale.bid.id == wide[1].id
    assert world.book.seen < len(world.bids)


def test_without_bids_the_lead_goes_on_to_the_next_stage() -> None:
    world = World()
    assert world.sell() == run(step=2, stage_id=stage(1).id)
    [attempt] = world.step.attempts
    assert (attempt.status, attempt.reason) == (AttemptStatus.FAILED, AttemptReason.NO_CANDIDATES)


def test_a_lead_that_nobody_may_buy_goes_on_with_the_reasons_on_record() -> None:
    world = World([bid(100)], buyers=[customer(1, spendable=5)])
    assert world.sell() == run(step=2, stage_id=stage(1).id)
    assert world.step.attempts[0].reason is AttemptReason.NO_ELIGIBLE_CANDIDATE
    assert [one.reason for one in world.step.decisions] == [Reason.WALLET_BELOW_MINIMUM]


def test_behind_the_last_stage_the_plan_is_passed() -> None:
    world = World()
    assert world.sell(run(stage_id=stage(1).id)) == run(step=2, stage_id=None, method="none")


@pytest.mark.parametrize(
    "settings", [BidSettings(enabled=False), BidSettings(scopes=(Scope.NATIONWIDE,))]
)
def test_a_stage_takes_bids_of_its_scopes_only(settings: BidSettings) -> None:
    narrowed = stage(0, settings=HighestPriceSettings(bids=settings))
    world = World([bid(100)], first=narrowed)
    world.sell()
    assert [one.reason for one in world.step.decisions] == [Reason.SCOPE_NOT_IN_STAGE]


def test_a_repeated_call_finds_the_lead_sold() -> None:
    world = World([bid(100)])
    first = world.sell()
    assert world.sell() == first
    assert len(world.sales.booked) == 1


def test_an_auction_is_held_again_when_the_winner_has_changed_meanwhile() -> None:
    world = World([bid(100)], refusals=[CONTENDED, CONTENDED])
    assert world.sell() == RunResult(LeadStatus.ASSIGNED, dollars(10))
    assert len(world.sales.booked) == 1


def test_a_winner_who_lost_the_money_meanwhile_is_told_apart() -> None:
    world = World([bid(100, owner=1), bid(60, owner=2)], refusals=[CONTENDED])
    poor = customer(1, spendable=5)
    world.sales.meanwhile = lambda: world.customers.stored.update({poor.id: poor})
    world.sell()
    blocked = next(one for one in world.sale.step.decisions if one.verdict is Verdict.BLOCKED)
    assert blocked.reason is Reason.CHARGE_FAILED
    assert blocked.detail
    assert blocked.detail["cause"] == Reason.WALLET_BELOW_MINIMUM
    assert world.sale.customer
    assert world.sale.customer.id == customer(2).id


def test_a_winner_who_was_paused_meanwhile_is_blocked_for_that() -> None:
    world = World([bid(100, owner=1), bid(60, owner=2)], refusals=[CONTENDED])
    paused = customer(1, paused=True)
    world.sales.meanwhile = lambda: world.customers.stored.update({paused.id: paused})
    world.sell()
    reasons = {one.reason for one in world.sale.step.decisions}
    assert Reason.CUSTOMER_PAUSED in reasons


def test_a_bid_that_vanished_meanwhile_counts_as_archived() -> None:
    world = World([bid(100)], refusals=[CONTENDED])
    ranked = list(world.bids)
    world.sales.meanwhile = lambda: setattr(world.book, "get", lambda *_: None)
    assert isinstance(world.sell(), Run)
    assert ranked == world.bids
    assert [one.reason for one in world.step.decisions] == [Reason.BID_ARCHIVED]


def test_a_wallet_that_stays_contended_is_a_fault_that_may_pass() -> None:
    world = World([bid(100)], refusals=[CONTENDED] * AUCTIONS_MAX)
    with pytest.raises(TransientFault):
        world.sell()
    assert not world.sales.refusals
    assert not world.sales.booked


@pytest.mark.parametrize("refused", [Refused.LEAD, Refused.ENTRY])
def test_a_lead_that_another_execution_sold_first_is_told_as_sold(refused: Refused) -> None:
    world = World([bid(100)], refusals=[frozenset({refused})])
    sold = lead(status=LeadStatus.ASSIGNED, payout_cents=900)
    world.sales.meanwhile = lambda: world.leads.stored.update({sold.id: sold})
    assert world.sell() == RunResult(LeadStatus.ASSIGNED, 900)
    assert not world.sales.booked


def test_a_stage_that_an_earlier_execution_passed_is_passed_again() -> None:
    world = World([bid(100)], refusals=[frozenset({Refused.STEP})])
    earlier = FlowStep(number=run().step)
    world.flows.written[run().flow_id, run().step] = earlier
    assert world.sell() == run(step=2, stage_id=stage(1).id)
    assert world.step == earlier


@pytest.mark.parametrize("of_run", [run(plan_version=9)])
def test_a_run_of_an_unknown_plan_is_a_corrupt_state(of_run: Run) -> None:
    with pytest.raises(CorruptState):
        World().sell(of_run)


def test_a_lead_without_a_type_is_a_corrupt_state() -> None:
    with pytest.raises(CorruptState):
        World(lead_before=lead(lead_type_id=None)).sell()
