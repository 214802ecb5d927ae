import pytest

from leadflow.application.lead_views import DeliveredLead
from leadflow.application.view_lead import ViewLead
from leadflow.domain.errors import Forbidden, NotFound
from leadflow.domain.leads import Lead
from leadflow.domain.principals import TENANT_ROLES, Principal, Role
from tests.fakes.lead_lists import FakeLeadLists
from tests.fakes.readings import FixedConfiguration
from tests.reading import (
    BUYER,
    RIVAL,
    STRANGER,
    TENANT,
    buyer,
    lead,
    sender,
    sold_lead,
    user,
)


def view(principal: Principal, *leads: Lead, lead_id: str | None = None) -> object:
    store = FakeLeadLists()
    store.put(TENANT, *leads)
    action = ViewLead(configuration=FixedConfiguration(hidden=("phone",)), leads=store)
    return action(principal, lead_id or leads[0].id)


@pytest.mark.parametrize("role", sorted(TENANT_ROLES))
def test_users_of_the_tenant_see_everything_whoever_bought_the_lead(role: Role) -> None:
    sold = sold_lead(1)
    assert view(user(role), sold) == sold


def test_a_customer_sees_deliverable_fields_of_its_lead_and_nothing_else() -> None:
    seen = view(buyer(), sold_lead(1))
    assert isinstance(seen, DeliveredLead)
    assert set(seen.contact) == {"first_name", "last_name", "email", "zip"}
    assert seen.details == {"roof": "flat"}
    assert (seen.lead_type, seen.assignment.charged_cents) == ("Solar owner", 4500)


def test_a_field_that_no_longer_exists_is_not_delivered() -> None:
    seen = view(buyer(), sold_lead(1, values={"zip": "85001", "forgotten": "x"}))
    assert isinstance(seen, DeliveredLead)
    assert (seen.contact, seen.details) == ({"zip": "85001"}, {})


@pytest.mark.parametrize(
    "principal",
    [
        user(tenant_id=STRANGER),
        buyer(RIVAL),
        user(Role.CUSTOMER_ADMIN),
        user(Role.PARTNER_ADMIN),
        user(Role.CUSTOMER_USER, tenant_id=STRANGER, customer_id=BUYER),
    ],
)
def test_somebody_elses_lead_does_not_exist(principal: Principal) -> None:
    with pytest.raises(NotFound):
        view(principal, sold_lead(1))


def test_an_unsold_lead_does_not_exist_for_customers() -> None:
    with pytest.raises(NotFound):
        view(buyer(), lead(1))


@pytest.mark.parametrize("lead_id", [lead(2).id, "lead_1", "STAMP", "lead#LEAD"])
def test_an_id_of_nothing_or_of_no_shape_is_not_found(lead_id: str) -> None:
    with pytest.raises(NotFound):
        view(user(), lead(1), lead_id=lead_id)


def test_sources_may_not_read_leads() -> None:
    with pytest.raises(Forbidden) as refused:
        view(sender(), lead(1))
    assert refused.value.permission == "leads.view"
