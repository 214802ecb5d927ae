from dataclasses import dataclass, field, replace

import pytest

from leadflow.adapters.formats import LibraryFormats
from leadflow.application.configuration_ports import UserRefusal
from leadflow.application.manage_configuration.users import ManageUsers
from leadflow.application.ports import Window
from leadflow.domain.credentials import digest
from leadflow.domain.errors import (
    Conflict,
    Forbidden,
    NotFound,
    PreconditionFailed,
    ValidationFailed,
)
from leadflow.domain.identifiers import CustomerId, OwnerId, PartnerId, UserId
from leadflow.domain.principals import Role, UserPrincipal
from leadflow.domain.users import User
from tests.builders import TENANT_ID, configuration, partner
from tests.fakes.clock import FixedClock
from tests.fakes.configuration import FixedConfiguration
from tests.fakes.customers import MemoryCustomers
from tests.fakes.ids import CountingIds
from tests.fakes.users import MemoryUsers
from tests.fakes.workbench import ADMIN, Body, any_version, stale
from tests.unit.domain.bidding_examples import customer
from tests.unit.domain.supplied_examples import supplier

CUSTOMER, OTHER = customer(1).id, customer(2).id
SUE: Body = {"email": "sue@acme.com", "role": "sales"}
PARTNER, OTHER_PARTNER = partner(1).id, partner(2).id
PAT: Body = {"email": "pat@partner.com", "role": "partner_user"}
BUYER: Body = {"email": "bob@buyer.com", "role": "customer_user"}
ALL = Window(50)


@dataclass
class Desk:
    users: MemoryUsers = field(default_factory=MemoryUsers)
    ids: CountingIds = field(default_factory=CountingIds)

    @property
    def action(self) -> ManageUsers:
        return ManageUsers(
            configuration=FixedConfiguration(configuration(partners=(partner(1), partner(2)))),
            users=self.users,
            customers=MemoryCustomers.of(customer(1), customer(2)),
            formats=LibraryFormats(),
            clock=FixedClock(),
            ids=self.ids,
        )

    def new(self, body: Body, owner_id: OwnerId | None = None) -> User:
        return self.action.create(ADMIN, owner_id, body)[0]


def caller(role: Role, customer_id: CustomerId | None = None) -> UserPrincipal:
    return UserPrincipal(
        tenant_id=TENANT_ID, user_id=UserId("user_caller"), role=role, customer_id=customer_id
    )


def test_the_token_is_told_once_and_kept_as_a_digest() -> None:
    desk = Desk()
    user, token = desk.action.create(ADMIN, None, SUE)
    assert user.token_hash == digest(token)
    assert desk.action.show(ADMIN, user.id) == user
    assert token not in str(desk.users)


@pytest.mark.parametrize(
    ("body", "customer_id", "path"),
    [
        ({**SUE, "email": "sue"}, None, "email"),
        ({**SUE, "role": "customer_user"}, None, "role"),
        ({**SUE, "role": "king"}, None, "role"),
        ({**SUE, "name": ""}, None, "name"),
        ({**SUE, "colour": "red"}, None, "colour"),
        ({"role": "sales"}, None, "email"),
        ({"email": "sue@acme.com"}, None, "role"),
        ({**BUYER, "role": "admin"}, CUSTOMER, "role"),
        ({**BUYER, "role": "partner_user"}, CUSTOMER, "role"),
    ],
)
def test_a_user_that_breaks_a_rule_is_refused(
    body: Body, customer_id: CustomerId | None, path: str
) -> None:
    with pytest.raises(ValidationFailed) as refused:
        Desk().new(body, customer_id)
    assert set(refused.value.errors) == {path}


def test_users_of_the_tenant_and_of_customers_are_listed_apart() -> None:
    desk = Desk()
    sue, buyer = desk.new(SUE), desk.new(BUYER, CUSTOMER)
    assert list(desk.action.page(ADMIN, None, ALL).items) == [sue]
    assert list(desk.action.page(ADMIN, CUSTOMER, ALL).items) == [buyer]
    assert list(desk.action.page(ADMIN, OTHER, ALL).items) == []
    assert buyer.principal(TENANT_ID).customer_id == CUSTOMER


def test_an_unknown_customer_has_no_users() -> None:
    unknown = CustomerId("cus_x")
    with pytest.raises(NotFound):
        Desk().new(BUYER, unknown)
    with pytest.raises(NotFound):
        Desk().action.page(ADMIN, unknown, ALL)


@pytest.mark.parametrize(
    ("role", "customer_id", "permission"),
    [
        (Role.SALES, None, "users.create"),
        (Role.SALES, CUSTOMER, "customers.update"),
        (Role.CUSTOMER_USER, CUSTOMER, "customers.update"),
        (Role.CUSTOMER_ADMIN, None, "users.create"),
    ],
)
def test_who_may_not_add_users_is_told_the_permission(
    role: Role, customer_id: CustomerId | None, permission: str
) -> None:
    with pytest.raises(Forbidden) as refused:
        Desk().action.create(caller(role, CUSTOMER), customer_id, BUYER)
    assert refused.value.permission == permission


def test_support_and_the_customers_own_admin_add_its_users() -> None:
    desk = Desk()
    for who in (caller(Role.CUSTOMER_SUPPORT), caller(Role.CUSTOMER_ADMIN, CUSTOMER)):
        user, _ = desk.action.create(who, CUSTOMER, BUYER)
        desk.action.remove(who, user.id, any_version)
    assert not desk.users.stored


def test_sales_sees_a_customers_users() -> None:
    assert not Desk().action.page(caller(Role.SALES), CUSTOMER, ALL).items


def test_for_a_customers_admin_there_are_no_other_users() -> None:
    desk = Desk()
    own_admin = caller(Role.CUSTOMER_ADMIN, CUSTOMER)
    with pytest.raises(NotFound):
        desk.action.page(own_admin, OTHER, ALL)
    for user in (desk.new(SUE), desk.new(BUYER, OTHER)):
        with pytest.raises(NotFound):
            desk.action.show(own_admin, user.id)
        with pytest.raises(NotFound):
            desk.action.remove(own_admin, user.id, any_version)


def test_a_user_is_changed_as_a_whole() -> None:
    desk = Desk()
    sue = desk.new({**SUE, "name": "Sue"})
    after = desk.action.change(ADMIN, sue.id, {"role": "admin", "name": None}, any_version)
    assert (after.role, after.name, after.email) == (Role.ADMIN, None, sue.email)
    assert (after.version, after.token_hash) == (2, sue.token_hash)


def test_a_customers_user_gets_no_tenant_role() -> None:
    desk = Desk()
    buyer = desk.new(BUYER, CUSTOMER)
    with pytest.raises(ValidationFailed):
        desk.action.change(ADMIN, buyer.id, {"role": "admin"}, any_version)


def test_a_stale_version_changes_nothing() -> None:
    desk = Desk()
    sue = desk.new(SUE)
    with pytest.raises(PreconditionFailed):
        desk.action.change(ADMIN, sue.id, {"name": "Sue"}, stale)
    with pytest.raises(PreconditionFailed):
        desk.action.remove(ADMIN, sue.id, stale)
    assert desk.users.stored == {sue.id: sue}


def test_the_last_admin_can_neither_go_nor_step_down() -> None:
    desk = Desk()
    first = desk.new({**SUE, "role": "admin"})
    with pytest.raises(Conflict):
        desk.action.remove(ADMIN, first.id, any_version)
    with pytest.raises(Conflict):
        desk.action.change(ADMIN, first.id, {"role": "sales"}, any_version)
    desk.new({**SUE, "role": "admin"})
    desk.action.remove(ADMIN, first.id, any_version)
    assert first.id not in desk.users.stored


def test_every_change_of_a_user_is_logged() -> None:
    desk = Desk()
    sue = desk.new(SUE)
    desk.action.change(ADMIN, sue.id, {"name": "Sue"}, any_version)
    after = desk.action.show(ADMIN, sue.id)
    desk.action.remove(ADMIN, after.id, any_version)
    made, changed, removed = desk.users.log
    assert (made.before, removed.after) == (None, None)
    assert changed.after == {"name": "Sue"}
    assert (made.after or {})["token_hash"] == "***"


def test_a_user_that_others_change_meanwhile_is_left_alone() -> None:
    class Overtaken(MemoryUsers):
        def remove(self, *_: object) -> UserRefusal:
            return UserRefusal.CHANGED

    desk = Desk(Overtaken())
    sue = desk.new(SUE)
    with pytest.raises(PreconditionFailed):
        desk.action.remove(ADMIN, sue.id, any_version)


def test_the_stores_are_not_asked_for_what_is_no_identifier() -> None:
    desk, odd = Desk(), "x" * 3000
    desk.users.stored[UserId(odd)] = desk.new(SUE)
    with pytest.raises(NotFound):
        desk.action.show(ADMIN, UserId(odd))
    odd_customer = customer(1).model_copy(update={"id": odd})
    action = replace(desk.action, customers=MemoryCustomers.of(odd_customer))
    with pytest.raises(NotFound):
        action.page(ADMIN, odd_customer.id, ALL)


def test_a_customer_that_does_not_exist_has_no_users() -> None:
    with pytest.raises(NotFound):
        Desk().action.page(ADMIN, customer(3).id, ALL)


class TestUsersOfPartners:
    """They are kept as those of customers are, with `partners.update` or by their own admin."""

    def test_they_are_listed_apart_and_act_for_their_partner(self) -> None:
        desk = Desk()
        pat, sue = desk.new(PAT, PARTNER), desk.new(SUE)
        assert list(desk.action.page(ADMIN, PARTNER, ALL).items) == [pat]
        assert list(desk.action.page(ADMIN, OTHER_PARTNER, ALL).items) == []
        assert list(desk.action.page(ADMIN, None, ALL).items) == [sue]
        acts = pat.principal(TENANT_ID)
        assert (acts.partner_id, acts.customer_id, acts.owner_id) == (PARTNER, None, PARTNER)

    @pytest.mark.parametrize("role", ["admin", "customer_user"])
    def test_they_have_no_other_role(self, role: str) -> None:
        with pytest.raises(ValidationFailed) as refused:
            Desk().new({**PAT, "role": role}, PARTNER)
        assert set(refused.value.errors) == {"role"}

    @pytest.mark.parametrize("partner_id", [partner(3).id, PartnerId("partner_x")])
    def test_an_unknown_partner_has_none(self, partner_id: PartnerId) -> None:
        with pytest.raises(NotFound):
            Desk().new(PAT, partner_id)

    def test_their_own_admin_keeps_them(self) -> None:
        desk, own = Desk(), supplier(PARTNER, Role.PARTNER_ADMIN)
        own = own.model_copy(update={"tenant_id": TENANT_ID})
        pat, _ = desk.action.create(own, PARTNER, PAT)
        renamed = desk.action.change(own, pat.id, {"name": "Pat"}, any_version)
        assert (renamed.name, renamed.partner_id) == ("Pat", PARTNER)
        desk.action.remove(own, pat.id, any_version)
        assert not desk.users.stored

    def test_there_are_no_others_for_them(self) -> None:
        desk = Desk()
        own = supplier(PARTNER, Role.PARTNER_ADMIN).model_copy(update={"tenant_id": TENANT_ID})
        with pytest.raises(NotFound):
            desk.action.page(own, OTHER_PARTNER, ALL)
        for other in (desk.new(PAT, OTHER_PARTNER), desk.new(BUYER, CUSTOMER), desk.new(SUE)):
            with pytest.raises(NotFound):
                desk.action.show(own, other.id)
        with pytest.raises(Forbidden):
            desk.action.page(own, CUSTOMER, ALL)

    @pytest.mark.parametrize("role", [Role.SALES, Role.CUSTOMER_SUPPORT, Role.PARTNER_USER])
    def test_it_takes_the_permission(self, role: Role) -> None:
        with pytest.raises(Forbidden) as refused:
            Desk().action.create(caller(role), PARTNER, PAT)
        assert refused.value.permission == "partners.update"


@pytest.mark.parametrize("role", [Role.SALES, Role.DATA_VALIDATION, Role.CUSTOMER_USER])
def test_whose_user_it_is_does_not_show_to_those_who_may_not_touch_it(role: Role) -> None:
    desk, who = Desk(), caller(role, CUSTOMER if role is Role.CUSTOMER_USER else None)
    there = [desk.new(PAT, PARTNER), desk.new(BUYER, CUSTOMER), desk.new(SUE)]
    told = set()
    for user_id in (*(one.id for one in there), UserId("user_" + "9" * 26)):
        with pytest.raises(Forbidden) as refused:
            desk.action.remove(who, user_id, any_version)
        told.add(refused.value.permission)
    assert len(told) == 1
