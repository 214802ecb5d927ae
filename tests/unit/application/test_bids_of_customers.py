"""What customers' own users may do with bids."""

import pytest

from leadflow.domain.errors import Conflict, NotFound, Refusal, ValidationFailed
from tests.trade import NO_DAILY_LIMITS, Trade, admin, any_version, buyer
from tests.unit.application.bid_world import OWNER, edit, make
from tests.unit.domain.bidding_examples import customer


@pytest.fixture
def trade() -> Trade:
    return Trade.of(OWNER)


class TestCustomersUsers:
    def test_they_bid_for_their_own_customer(self, trade: Trade) -> None:
        assert make(trade, buyer(OWNER), customer_id=None).bid.customer_id == OWNER.id

    def test_another_customer_is_not_found(self, trade: Trade) -> None:
        trade.has(customer(2, can_access_bidding=True))
        foreign = make(trade, customer_id=customer(2).id).bid
        bids, scope = trade.manage_bids, buyer(OWNER)

        with pytest.raises(NotFound):
            make(trade, scope, customer_id=customer(2).id)
        with pytest.raises(NotFound):
            bids.read(scope, foreign.id)
        with pytest.raises(NotFound):
            edit(trade, foreign.id, scope, paused=True)
        with pytest.raises(NotFound):
            bids.archive(scope, foreign.id, any_version)
        assert trade.manage_bids.read(admin(), foreign.id).bid == foreign

    def test_they_neither_create_nor_edit_while_bidding_is_disabled(self, trade: Trade) -> None:
        made = make(trade).bid
        trade.bidding(disabled=True)

        with pytest.raises(Conflict) as creating:
            make(trade, buyer(OWNER))
        with pytest.raises(Conflict) as editing:
            edit(trade, made.id, buyer(OWNER), paused=True)

        assert (creating.value.code, editing.value.code) == ("bidding_disabled",) * 2
        assert edit(trade, made.id, paused=True).bid.paused
        trade.manage_bids.archive(buyer(OWNER), made.id, any_version)

    def test_they_need_access(self, trade: Trade) -> None:
        trade.has(customer(2))

        with pytest.raises(Refusal) as refused:
            make(trade, buyer(customer(2)), customer_id=customer(2).id)

        assert (refused.value.status, refused.value.code) == (403, "bidding_access_required")
        assert make(trade, customer_id=customer(2).id)

    def test_enough_deposits_open_bidding_and_a_higher_minimum_does_not_close_it(
        self, trade: Trade
    ) -> None:
        rich = customer(2, lifetime_deposits_cents=1_000)
        trade.has(rich)
        trade.bidding(minimum_lifetime_deposits_cents=1_000)
        made = make(trade, buyer(rich), customer_id=rich.id).bid

        trade.bidding(minimum_lifetime_deposits_cents=1_001)

        assert trade.customer(rich.id).can_access_bidding
        assert edit(trade, made.id, buyer(rich), paused=True).bid.paused

    def test_limits_that_are_switched_off_stay(self, trade: Trade) -> None:
        trade.bidding(switches=NO_DAILY_LIMITS)
        limits = {"lead_caps": {"daily": 1}, "budgets_cents": {"daily": 1, "weekly": 1}}

        with pytest.raises(ValidationFailed) as refused:
            make(trade, buyer(OWNER), **limits)
        assert set(refused.value.errors) == {"lead_caps.daily", "budgets_cents.daily"}

        made = make(trade, **limits).bid
        assert made.lead_caps.daily == 1
        with pytest.raises(ValidationFailed):
            edit(trade, made.id, buyer(OWNER), lead_caps=None)
        assert edit(trade, made.id, buyer(OWNER), budgets_cents={"weekly": 9}).bid.version == 2
