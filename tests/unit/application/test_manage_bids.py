"""Creating, changing and archiving bids."""

import pytest
from pydantic import ValidationError

from leadflow.application.manage_bids import BidChange, NewBid
from leadflow.domain.errors import (
    Conflict,
    NotFound,
    PreconditionFailed,
    Unprocessable,
    ValidationFailed,
)
from leadflow.domain.identifiers import TenantId
from leadflow.domain.limits import Budgets, LeadCaps
from leadflow.domain.scopes import Scope
from tests.builders import lead_type
from tests.trade import UNKNOWN, Trade, admin, any_version, buyer
from tests.unit.application.bid_world import OWNER, TRAVIS, body, edit, make
from tests.unit.domain.bidding_examples import bid, customer, grid


@pytest.fixture
def trade() -> Trade:
    return Trade.of(OWNER)


class TestCreating:
    def test_a_first_bid_is_active_and_on_top(self, trade: Trade) -> None:
        view = make(trade)

        assert view.statuses.display == "active"
        assert (view.placing.position, view.placing.rank) == ("top", 1)
        assert (view.effective_cents, view.bid.customer_number) == (10_000, OWNER.number)
        assert ("user_1", view.bid.id) in trade.bids.audit

    @pytest.mark.parametrize(
        ("scope", "location", "stored"),
        [
            ("county", {**TRAVIS, "county": " Travis   County "}, ("US", "TX", "Travis County")),
            ("state", {"country": "US", "state": "tx"}, ("US", "TX", None)),
            ("nationwide", {"country": "US"}, ("US", None, None)),
        ],
    )
    def test_locations_are_kept_in_normal_form(
        self, trade: Trade, scope: str, location: object, stored: tuple[str, str, str]
    ) -> None:
        made = make(trade, scope=scope, location=location).bid

        assert (made.country, made.state, made.county) == stored

    def test_limits_and_pause_are_kept(self, trade: Trade) -> None:
        made = make(trade, paused=True, lead_caps={"daily": 2}, budgets_cents={"monthly": 900}).bid

        assert (made.paused, made.lead_caps, made.budgets_cents) == (
            True,
            LeadCaps(daily=2),
            Budgets(monthly=900),
        )

    def test_a_second_live_bid_in_one_place_is_refused(self, trade: Trade) -> None:
        make(trade)

        with pytest.raises(Conflict) as refused:
            make(trade, amount_cents=20_000, location={**TRAVIS, "county": "TRAVIS"})

        assert refused.value.code == "bid_exists"
        assert make(trade, scope="state", location={"country": "US", "state": "TX"})

    @pytest.mark.parametrize("cents", [10_001, 100_001, 101_000])
    def test_an_amount_off_the_grid_is_refused(self, trade: Trade, cents: int) -> None:
        with pytest.raises(Unprocessable) as refused:
            make(trade, amount_cents=cents)

        assert refused.value.code == "off_grid"
        assert trade.bids.stored == {}

    def test_tenant_users_may_bid_below_the_minimum_customers_may_not(self, trade: Trade) -> None:
        view = make(trade, amount_cents=7)
        assert (view.effective_cents, view.bid.below_minimum_allowed) == (7, True)

        with pytest.raises(Unprocessable) as refused:
            make(
                trade,
                buyer(OWNER),
                amount_cents=7,
                scope="state",
                location={"country": "US", "state": "TX"},
            )
        assert refused.value.code == "off_grid"

    def test_disabled_and_missing_scopes_take_no_bids(self, trade: Trade) -> None:
        off = grid(scope=Scope.STATE).model_copy(update={"enabled": False})
        trade.sells(lead_type(bidding_scopes=(off,)))

        for scope, location in (("county", TRAVIS), ("state", {"country": "US", "state": "TX"})):
            with pytest.raises(Unprocessable) as refused:
                make(trade, scope=scope, location=location)
            assert refused.value.code == "scope_disabled"

    @pytest.mark.parametrize(
        ("members", "wrong"),
        [
            ({"customer_id": UNKNOWN}, "customer_id"),
            ({"customer_id": "cus_1"}, "customer_id"),
            ({"customer_id": None}, "customer_id"),
            ({"lead_type_id": "type_" + "9" * 26}, "lead_type_id"),
            ({"location": {"country": "CA", "state": "ON", "county": "X"}}, "location.country"),
            ({"location": {**TRAVIS, "state": "ZZ"}}, "location.state"),
            ({"location": {"country": "US", "county": "Travis"}}, "location.state"),
            ({"location": {"country": "US", "state": "TX"}}, "location.county"),
            ({"scope": "state"}, "location.county"),
            (
                {"scope": "nationwide", "location": {"country": "US", "state": "TX"}},
                "location.state",
            ),
        ],
    )
    def test_what_is_not_there_cannot_be_bid_on(
        self, trade: Trade, members: dict[str, object], wrong: str
    ) -> None:
        with pytest.raises(ValidationFailed) as refused:
            make(trade, **members)

        assert wrong in refused.value.errors
        assert trade.bids.stored == {}

    def test_archived_customers_and_types_take_no_new_bids(self, trade: Trade) -> None:
        trade.has(customer(2, archived=True))
        with pytest.raises(Conflict) as refused:
            make(trade, customer_id=customer(2).id)
        assert refused.value.code == "customer_archived"

        trade.sells(lead_type(archived=True))
        with pytest.raises(ValidationFailed):
            make(trade)

    def test_another_tenants_customer_is_unknown(self, trade: Trade) -> None:
        with pytest.raises(ValidationFailed) as refused:
            make(trade, admin(TenantId("tenant_2")))

        assert set(refused.value.errors) == {"customer_id"}


class TestChanging:
    def test_a_new_amount_moves_the_bid_up(self, trade: Trade) -> None:
        trade.has(customer(2), bid(200, 2))
        made = make(trade)
        assert (made.placing.position, made.placing.rank) == ("under", 2)

        moved = edit(trade, made.bid.id, amount_cents=30_000)

        assert (moved.placing.position, moved.placing.rank) == ("top", 1)
        assert moved.bid.version == 2

    def test_pausing_takes_a_bid_out_and_resuming_brings_it_back(self, trade: Trade) -> None:
        made = make(trade).bid

        paused = edit(trade, made.id, paused=True)
        assert (paused.placing.position, paused.placing.rank) == ("out", None)
        assert paused.statuses.display == "paused"

        assert edit(trade, made.id, paused=False).placing.position == "top"

    def test_a_new_amount_has_to_be_on_the_grid_an_old_one_may_stay(self, trade: Trade) -> None:
        made = make(trade, amount_cents=7).bid

        kept = edit(trade, made.id, buyer(OWNER), amount_cents=7, lead_caps={"daily": 1}).bid
        assert (kept.amount_cents, kept.below_minimum_allowed) == (7, True)
        with pytest.raises(Unprocessable) as refused:
            edit(trade, made.id, buyer(OWNER), amount_cents=8)
        assert refused.value.code == "off_grid"
        assert not edit(trade, made.id, amount_cents=1_000).bid.below_minimum_allowed

    def test_a_disabled_scope_takes_no_new_amounts(self, trade: Trade) -> None:
        made = make(trade).bid
        trade.sells(lead_type(bidding_scopes=()))

        with pytest.raises(Unprocessable) as refused:
            edit(trade, made.id, amount_cents=20_000)
        assert refused.value.code == "scope_disabled"
        assert edit(trade, made.id, paused=True).effective_cents == 0

    def test_a_stale_version_is_refused(self, trade: Trade) -> None:
        made = make(trade).bid

        def stale(_version: int) -> None:
            raise PreconditionFailed

        with pytest.raises(PreconditionFailed):
            trade.manage_bids.edit(admin(), made.id, BidChange(paused=True), stale)
        with pytest.raises(PreconditionFailed):
            trade.manage_bids.archive(admin(), made.id, stale)
        assert trade.manage_bids.read(admin(), made.id).bid == made

    @pytest.mark.parametrize("bid_id", ["bid_" + "9" * 26, "bid_1", OWNER.id])
    def test_an_unknown_bid_is_not_found(self, trade: Trade, bid_id: str) -> None:
        with pytest.raises(NotFound):
            trade.manage_bids.read(admin(), bid_id)
        with pytest.raises(NotFound):
            edit(trade, bid_id, paused=True)
        with pytest.raises(NotFound):
            trade.manage_bids.archive(admin(), bid_id, any_version)


class TestArchiving:
    def test_an_archived_bid_stays_readable_and_as_it_is(self, trade: Trade) -> None:
        made = make(trade).bid

        for _ in range(2):
            trade.manage_bids.archive(admin(), made.id, any_version)

        view = trade.manage_bids.read(admin(), made.id)
        assert (view.bid.version, view.statuses.display) == (2, "archived")
        with pytest.raises(Conflict) as refused:
            edit(trade, made.id, paused=True)
        assert refused.value.code == "conflict"

    def test_its_place_is_free_again(self, trade: Trade) -> None:
        trade.manage_bids.archive(admin(), make(trade).bid.id, any_version)

        assert make(trade).placing.rank == 1


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("amount_cents", 0),
        ("amount_cents", True),
        ("amount_cents", "10000"),
        ("amount_cents", 10_000.0),
        ("amount_cents", None),
        ("amount_cents", 2**53 + 2),
        ("paused", 1),
        ("lead_caps", {"daily": 1.5}),
        ("budgets_cents", {"daily": "1"}),
        ("position", "top"),
    ],
)
def test_a_bad_member_is_refused(member: str, value: object) -> None:
    for model, base in ((BidChange, {}), (NewBid, body())):
        with pytest.raises(ValidationError) as refused:
            model.model_validate({**base, member: value})

        assert {error["loc"][0] for error in refused.value.errors()} == {member}


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("scope", "planet"),
        ("scope", None),
        ("lead_type_id", 5),
        ("location", {"country": "FR"}),
        ("location", {}),
        ("location", {**TRAVIS, "zip": "78701"}),
        ("location", {**TRAVIS, "county": " "}),
        ("location", "US"),
    ],
)
def test_a_bad_place_is_refused(member: str, value: object) -> None:
    with pytest.raises(ValidationError) as refused:
        NewBid.model_validate(body(**{member: value}))

    assert {error["loc"][0] for error in refused.value.errors()} == {member}


@pytest.mark.parametrize("member", ["scope", "location", "lead_type_id", "customer_id"])
def test_a_bid_does_not_move_elsewhere(member: str) -> None:
    with pytest.raises(ValidationError):
        BidChange.model_validate({member: body()[member]})
