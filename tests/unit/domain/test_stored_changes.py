"""What each change tells: every event of `product.md`, 21.1, once and under the same id."""

from datetime import timedelta

import pytest

from leadflow.domain.assignments import AssignedVia, Assignment
from leadflow.domain.identifiers import PartnerId
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.ledger import LedgerEvent, TransactionState
from leadflow.domain.principals import Role
from leadflow.domain.scopes import Scope
from leadflow.domain.stored_changes import (
    Change,
    CustomerChange,
    EntryChange,
    LeadChange,
    UserChange,
)
from leadflow.domain.told_facts import (
    KINDS,
    CustomerFact,
    FactName,
    LeadFact,
    TransactionFact,
    UserFact,
)
from leadflow.domain.transitions import TABLE, Transition
from tests.builders import TENANT_ID, lead
from tests.unit.domain.bidding_examples import NOW, customer
from tests.unit.domain.fact_examples import CUSTOMER, charge, user

LATER = NOW + timedelta(hours=1)
TOLD = {
    LeadStatus.ASSIGNED: FactName.LEAD_ASSIGNED,
    LeadStatus.POSTED: FactName.LEAD_POSTED,
    LeadStatus.UNASSIGNED: FactName.LEAD_NOT_ASSIGNED,
    LeadStatus.DUPLICATE: FactName.LEAD_DUPLICATED,
}


def names(change: Change) -> list[str]:
    """What a change tells, by name."""
    return [one.name for one in change.told()]


def stored(before: Lead | None, after: Lead) -> LeadChange:
    return LeadChange(TENANT_ID, before, after)


def _name(row: Transition) -> str:
    return f"{row.before}-{row.trigger}"


@pytest.mark.parametrize("status", LeadStatus)
def test_a_new_lead_tells_that_it_exists_unless_it_is_duplicate(status: LeadStatus) -> None:
    told = names(stored(None, lead(status=status)))
    assert (FactName.LEAD_CREATED in told) is (status is not LeadStatus.DUPLICATE)


def test_a_lead_that_is_sold_as_it_comes_tells_first_that_it_exists() -> None:
    new = lead(status=LeadStatus.ASSIGNED)
    assert names(stored(None, new)) == [FactName.LEAD_CREATED, FactName.LEAD_ASSIGNED]


@pytest.mark.parametrize(
    "row", [row for row in TABLE if row.before and row.after and not row.of_tests], ids=_name
)
def test_every_transition_tells_what_the_lead_has_become(row: Transition) -> None:
    after = lead(status=row.after, version=2)
    told = TOLD.get(after.status)
    assert names(stored(lead(status=row.before), after)) == ([told] if told else [])


@pytest.mark.parametrize("status", LeadStatus)
def test_a_change_that_leaves_the_status_tells_nothing(status: LeadStatus) -> None:
    assert not names(stored(lead(status=status), lead(status=status, version=2)))


@pytest.mark.parametrize("row", [row for row in TABLE if row.after], ids=_name)
def test_a_test_lead_tells_nothing(row: Transition) -> None:
    before = lead(status=row.before, is_test=True) if row.before else None
    assert not names(stored(before, lead(status=row.after, is_test=True)))


@pytest.mark.parametrize("via", AssignedVia)
def test_a_sale_tells_who_got_the_lead_and_for_how_much(via: AssignedVia) -> None:
    buyer = None if via is AssignedVia.PARTNER else CUSTOMER
    partner = None if buyer else PartnerId("partner_" + "1" * 26)
    assignment = Assignment(
        customer_id=buyer,
        partner_id=partner,
        assigned_via=via,
        scope=Scope.STATE if via is AssignedVia.BIDDING else None,
        charged_cents=0,
        assigned_at=LATER,
    )
    status = LeadStatus.ASSIGNED if buyer else LeadStatus.POSTED
    after = lead(status=status, version=2, updated_at=LATER, assignment=assignment)
    [(name, fact)] = stored(lead(), after).told()
    assert isinstance(fact, LeadFact)
    assert (name, fact.status, fact.version, fact.at) == (TOLD[status], status, 2, LATER)
    assert (fact.customer_id, fact.partner_id, fact.assigned_via) == (buyer, partner, via)
    assert (fact.charged_cents, fact.scope) == (0, assignment.scope)
    assert (fact.tenant_id, fact.lead_id) == (TENANT_ID, after.id)


def test_a_lead_without_a_buyer_tells_none() -> None:
    [(_, fact)] = stored(None, lead()).told()
    assert isinstance(fact, LeadFact)
    assert fact.model_dump(exclude_none=True).keys() == {
        *("id", "tenant_id", "at", "lead_id", "version", "status")
    }


def test_no_fact_of_a_lead_holds_contact_data() -> None:
    for one in stored(None, lead(status=LeadStatus.ASSIGNED)).told():
        text = one.fact.model_dump_json()
        assert not [value for value in lead().values.values() if str(value) in text]


def test_a_lead_that_is_not_assigned_again_tells_it_under_another_id() -> None:
    runs = [
        stored(lead(), lead(status=LeadStatus.UNASSIGNED, version=version)) for version in (2, 4, 2)
    ]
    first, second, again = (run.told()[0].fact.id for run in runs)
    assert first == again != second


def test_facts_of_one_change_have_ids_of_their_own() -> None:
    created, assigned = stored(None, lead(status=LeadStatus.ASSIGNED)).told()
    assert created.fact.id != assigned.fact.id
    elsewhere = LeadChange(TENANT_ID[:-1] + "9", None, lead()).told()  # type: ignore[arg-type] # another tenant
    assert elsewhere[0].fact.id != created.fact.id


def test_a_customer_tells_once_that_it_exists() -> None:
    [(name, fact)] = CustomerChange(TENANT_ID, None, customer()).told()
    assert isinstance(fact, CustomerFact)
    assert (name, fact.customer_id, fact.at) == (FactName.CUSTOMER_CREATED, customer().id, NOW)
    assert not names(CustomerChange(TENANT_ID, customer(), customer(paused=True)))


def test_a_row_of_the_ledger_tells_its_amount_as_the_wallet_sees_it() -> None:
    [(name, fact)] = EntryChange(TENANT_ID, None, charge()).told()
    assert isinstance(fact, TransactionFact)
    assert (name, fact.event) == (FactName.TRANSACTION_UPDATED, LedgerEvent.LEAD_ASSIGNED)
    assert (fact.amount_cents, fact.state) == (-4500, TransactionState.COMPLETED)
    assert (fact.transaction_id, fact.lead_id) == (charge().id, lead().id)
    [(_, deposit)] = EntryChange(TENANT_ID, None, charge(related={})).told()
    assert isinstance(deposit, TransactionFact)
    assert deposit.lead_id is None


def test_a_row_tells_again_when_its_state_changes() -> None:
    pending = charge(state=TransactionState.PENDING)
    assert not names(EntryChange(TENANT_ID, charge(), charge()))
    [completed] = EntryChange(TENANT_ID, pending, charge()).told()
    [created] = EntryChange(TENANT_ID, None, pending).told()
    assert completed.fact.id != created.fact.id


def test_a_user_who_joins_a_customer_tells_it_once() -> None:
    [(name, fact)] = UserChange(TENANT_ID, None, user()).told()
    assert isinstance(fact, UserFact)
    assert (name, fact.customer_id) == (FactName.CUSTOMER_USER_ATTACHED, CUSTOMER)
    assert (fact.user_id, fact.at) == (user().id, NOW)
    assert "ada" not in fact.model_dump_json()
    assert not names(UserChange(TENANT_ID, user(), user(name="Ada")))
    assert names(UserChange(TENANT_ID, user(customer_id=None), user())) == [name]


def test_a_user_of_the_tenant_joins_no_customer() -> None:
    assert not names(UserChange(TENANT_ID, None, user(customer_id=None, role=Role.ADMIN)))


def test_every_fact_is_of_the_kind_that_its_name_promises() -> None:
    changes: list[Change] = [
        *(stored(None, lead(status=status)) for status in LeadStatus),
        CustomerChange(TENANT_ID, None, customer()),
        EntryChange(TENANT_ID, None, charge()),
        UserChange(TENANT_ID, None, user()),
    ]
    told = [one for change in changes for one in change.told()]
    assert all(type(one.fact) is KINDS[FactName(one.name)] for one in told)
    assert {one.name for one in told} == set(FactName) - {FactName.STATE_LEAD_TYPE_STATS_UPDATED}
