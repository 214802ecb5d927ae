"""Creating, changing and archiving customers."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from leadflow.application.caller_scope import CallerScope
from leadflow.application.manage_bids import BidChange
from leadflow.application.manage_customers import CustomerChange, NewCustomer
from leadflow.domain.customers import Customer
from leadflow.domain.errors import (
    Conflict,
    Forbidden,
    NotFound,
    PreconditionFailed,
    ValidationFailed,
)
from leadflow.domain.identifiers import LeadTypeId, TenantId
from leadflow.domain.limits import LEADS_MAX, Budgets, LeadCaps
from leadflow.domain.principals import Role
from leadflow.domain.scopes import Scope
from tests.trade import NO_DAILY_LIMITS, UNKNOWN, Trade, admin, any_version, buyer
from tests.unit.domain.bidding_examples import bid, customer, grid

OWNER = customer(
    1,
    spendable=500,
    phone="+15125550142",
    lead_caps=LeadCaps(daily=5, weekly=9),
    budgets_cents=Budgets(monthly=900),
)


@pytest.fixture
def trade() -> Trade:
    return Trade.of(OWNER)


def new(**members: object) -> NewCustomer:
    return NewCustomer.model_validate({"name": "Buyer", "email": "B@Example.com", **members})


def edit(trade: Trade, scope: CallerScope | None = None, /, **members: object) -> Customer:
    """Change members of the customer, through JSON values."""
    change = CustomerChange.model_validate(members)
    edited = trade.manage_customers.edit(scope or admin(), OWNER.id, change, any_version)
    return edited.customer


class TestCreating:
    def test_a_new_customer_is_active_without_money_and_shown_as_inactive(
        self, trade: Trade
    ) -> None:
        view = trade.manage_customers.create(admin(), new())

        assert (view.customer.email, view.customer.balance_cents) == ("b@example.com", 0)
        assert view.statuses.model_dump(mode="json") == {
            "operational": "active",
            "funding": "exhausted",
            "cap": "unlimited",
            "budget": "unlimited",
        }
        assert view.statuses.display == "inactive"
        assert ("user_1", view.customer.id) in trade.customers.audit

    def test_every_member_is_kept(self, trade: Trade) -> None:
        members = {
            "phone": "5125550142",
            "address": "1 Main St",
            "country": "CA",
            "paused": True,
            "lead_caps": {"daily": 3},
            "budgets_cents": {"weekly": 100},
            "can_access_bidding": True,
            "ignore_return_tiers": True,
        }

        made = trade.manage_customers.create(admin(), new(**members)).customer

        shown = made.model_dump(mode="json", exclude_none=True)
        assert {name: shown[name] for name in members} == {**members, "phone": "+15125550142"}

    def test_customers_are_numbered(self, trade: Trade) -> None:
        numbers = [trade.manage_customers.create(admin(), new()).customer.number for _ in range(3)]

        assert numbers == [1, 2, 3]

    def test_bad_contact_data_are_told_together(self, trade: Trade) -> None:
        with pytest.raises(ValidationFailed) as refused:
            trade.manage_customers.create(admin(), new(email="nobody", phone="12"))

        assert set(refused.value.errors) == {"email", "phone"}
        assert len(trade.customers.stored) == 1


class TestReading:
    def test_funding_depends_on_the_active_bids(self, trade: Trade) -> None:
        trade.has(bid(600, 1))

        view = trade.manage_customers.read(buyer(OWNER), OWNER.id)

        assert (view.statuses.funding, view.statuses.budget) == ("limited", "exhausted")

    def test_paused_bids_do_not_count_and_bids_without_their_scope_do(self, trade: Trade) -> None:
        gone = bid(400, 1, Scope.STATE, lead_type_id=LeadTypeId("type_" + "9" * 26))
        trade.has(bid(600, 1, paused=True), gone)

        view = trade.manage_customers.read(admin(), OWNER.id)
        assert view.statuses.funding == "available"

        trade.manage_bids.edit(admin(), bid(1).id, BidChange(paused=False), any_version)
        view = trade.manage_customers.read(admin(), OWNER.id)
        assert view.statuses.funding == "limited"

    @pytest.mark.parametrize("customer_id", [UNKNOWN, "nobody"])
    def test_an_unknown_customer_is_not_found(self, trade: Trade, customer_id: str) -> None:
        with pytest.raises(NotFound):
            trade.manage_customers.read(admin(), customer_id)

    def test_another_tenants_or_customers_data_are_not_found(self, trade: Trade) -> None:
        for scope in (admin(TenantId("tenant_2")), buyer(customer(2))):
            with pytest.raises(NotFound):
                trade.manage_customers.read(scope, OWNER.id)


class TestChanging:
    def test_members_that_are_not_named_stay(self, trade: Trade) -> None:
        edited = edit(trade, name="New", paused=True)

        assert (edited.name, edited.paused, edited.version) == ("New", True, 2)
        assert (edited.phone, edited.balance_cents) == (OWNER.phone, OWNER.balance_cents)
        assert ("user_1", OWNER.id) in trade.customers.audit

    def test_null_blanks_a_member(self, trade: Trade) -> None:
        assert edit(trade, phone=None).phone is None

    def test_limits_are_changed_by_period(self, trade: Trade) -> None:
        edited = edit(trade, lead_caps={"daily": 7, "monthly": 30}, budgets_cents=None)

        assert edited.lead_caps == LeadCaps(daily=7, weekly=9, monthly=30)
        assert edited.budgets_cents == Budgets()

    def test_a_limit_is_lifted_by_null(self, trade: Trade) -> None:
        assert edit(trade, lead_caps={"daily": None}).lead_caps == LeadCaps(weekly=9)

    def test_nothing_new_makes_no_version(self, trade: Trade) -> None:
        assert edit(trade, name=OWNER.name, lead_caps={}) == OWNER

    def test_a_stale_version_is_refused(self, trade: Trade) -> None:
        def stale(_version: int) -> None:
            raise PreconditionFailed

        with pytest.raises(PreconditionFailed):
            trade.manage_customers.edit(admin(), OWNER.id, CustomerChange(name="New"), stale)

        assert trade.customer(OWNER.id) == OWNER

    def test_an_unknown_customer_cannot_be_changed(self, trade: Trade) -> None:
        with pytest.raises(NotFound):
            trade.manage_customers.edit(admin(), UNKNOWN, CustomerChange(name="New"), any_version)


class TestOwnChanges:
    def test_a_customers_user_changes_limits(self, trade: Trade) -> None:
        edited = edit(trade, buyer(OWNER), lead_caps={"daily": 1}, budgets_cents={"daily": 10})

        assert (edited.lead_caps.daily, edited.budgets_cents.daily) == (1, 10)

    def test_a_customers_admin_changes_the_profile_too(self, trade: Trade) -> None:
        assert edit(trade, buyer(OWNER, Role.CUSTOMER_ADMIN), name="New").name == "New"

    @pytest.mark.parametrize(
        ("role", "members"),
        [
            (Role.CUSTOMER_USER, {"name": "New"}),
            (Role.CUSTOMER_USER, {"can_access_bidding": True}),
            (Role.CUSTOMER_ADMIN, {"can_access_bidding": True}),
            (Role.CUSTOMER_ADMIN, {"paused": True, "name": "New"}),
            (Role.CUSTOMER_ADMIN, {"ignore_return_tiers": True}),
        ],
    )
    def test_what_the_tenant_decides_is_out_of_their_hands(
        self, trade: Trade, role: Role, members: dict[str, object]
    ) -> None:
        with pytest.raises(Forbidden):
            edit(trade, buyer(OWNER, role), **members)

        assert trade.customer(OWNER.id) == OWNER

    def test_limits_that_are_switched_off_stay(self, trade: Trade) -> None:
        trade.bidding(switches=NO_DAILY_LIMITS)
        limits = {"lead_caps": {"daily": 1, "weekly": 1}, "budgets_cents": {"daily": 1}}

        with pytest.raises(ValidationFailed) as refused:
            edit(trade, buyer(OWNER), **limits)

        assert set(refused.value.errors) == {"lead_caps.daily", "budgets_cents.daily"}
        assert edit(trade, admin(), **limits).lead_caps.daily == 1

    def test_another_customer_is_not_found(self, trade: Trade) -> None:
        with pytest.raises(NotFound):
            edit(trade, buyer(customer(2), Role.CUSTOMER_ADMIN), name="New")


class TestArchiving:
    def test_an_archived_customers_bids_are_out_until_it_is_restored(self, trade: Trade) -> None:
        trade.has(bid(100, 1))
        customers, bids = trade.manage_customers, trade.manage_bids

        customers.archive(admin(), OWNER.id, any_version)
        assert customers.read(admin(), OWNER.id).statuses.display == "archived"
        assert bids.read(admin(), bid(100, 1).id).placing.position == "out"

        restored = customers.restore(admin(), OWNER.id, any_version)
        assert restored.statuses.display == "active"
        assert bids.read(admin(), bid(100, 1).id).placing.position == "top"

    def test_archiving_twice_is_archiving_once(self, trade: Trade) -> None:
        for _ in range(2):
            archived = trade.manage_customers.archive(admin(), OWNER.id, any_version)

        assert archived.version == 2

    def test_when_it_was_last_archived_outlives_the_restoring(self, trade: Trade) -> None:
        customers, first = trade.manage_customers, trade.clock.at
        moments = []
        for _ in range(2):
            customers.archive(admin(), OWNER.id, any_version)
            trade.clock.at += timedelta(hours=1)
            customers.archive(admin(), OWNER.id, any_version)
            view = customers.restore(admin(), OWNER.id, any_version)
            moments.append(view.customer.last_archived_at)

        assert moments == [first, first + timedelta(hours=1)]

    def test_an_archived_customer_stays_as_it_is(self, trade: Trade) -> None:
        trade.manage_customers.archive(admin(), OWNER.id, any_version)

        with pytest.raises(Conflict) as refused:
            edit(trade, name="New")

        assert refused.value.code == "customer_archived"
        assert trade.manage_customers.read(admin(), OWNER.id).customer.archived


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("name", ""),
        ("name", "  "),
        ("name", None),
        ("name", 5),
        ("name", "x" * 201),
        ("name", "\ud800"),
        ("email", None),
        ("phone", ""),
        ("country", "FR"),
        ("country", 1),
        ("paused", "true"),
        ("paused", 1),
        ("paused", None),
        ("lead_caps", {"daily": -1}),
        ("lead_caps", {"daily": True}),
        ("lead_caps", {"daily": "5"}),
        ("lead_caps", {"daily": LEADS_MAX + 1}),
        ("lead_caps", {"yearly": 1}),
        ("lead_caps", []),
        ("budgets_cents", {"daily": 2**53 + 2}),
        ("can_access_bidding", "yes"),
        ("balance_cents", 5),
        ("id", "cus_1"),
    ],
)
def test_a_bad_member_is_refused(member: str, value: object) -> None:
    for model, base in ((CustomerChange, {}), (NewCustomer, {"name": "B", "email": "b@b.co"})):
        with pytest.raises(ValidationError) as refused:
            model.model_validate({**base, member: value})

        assert {error["loc"][0] for error in refused.value.errors()} == {member}


def test_the_grid_as_it_is_now_decides_what_a_bid_needs() -> None:
    trade = Trade()
    trade.has(customer(1, spendable=60), bid(100, 1))
    dear = grid(minimum=80)
    kinds = trade.settled.newest.lead_types
    trade.sells(*(one.model_copy(update={"bidding_scopes": (dear,)}) for one in kinds.values()))

    view = trade.manage_customers.read(admin(), customer(1).id)

    assert view.statuses.funding == "exhausted"
