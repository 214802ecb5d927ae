"""Who reaches which customers."""

import pytest

from leadflow.application.caller_scope import caller_scope, tenant_scope
from leadflow.domain.errors import Forbidden, NotFound
from leadflow.domain.identifiers import SourceId
from leadflow.domain.principals import Principal, Role, SourcePrincipal
from tests.builders import TENANT_ID
from tests.trade import UNKNOWN, principal
from tests.unit.domain.bidding_examples import customer

OWN = customer(1).id


def test_a_tenant_user_reaches_every_customer() -> None:
    scope = caller_scope(principal(Role.SALES), "customers.view")

    assert scope.customer(OWN) == OWN
    assert scope.customer(UNKNOWN) == UNKNOWN


@pytest.mark.parametrize("role", [Role.CUSTOMER_ADMIN, Role.CUSTOMER_USER])
def test_a_customers_user_reaches_its_own_alone(role: Role) -> None:
    scope = caller_scope(principal(role, OWN), "customers.view")

    assert scope.customer(OWN) == OWN
    with pytest.raises(NotFound):
        scope.customer(UNKNOWN)


@pytest.mark.parametrize("text", ["", "cus_1", "bid_" + "0" * 26, f"{UNKNOWN}#x"])
def test_what_is_no_customers_id_is_not_found(text: str) -> None:
    with pytest.raises(NotFound):
        caller_scope(principal(Role.ADMIN), "customers.view").customer(text)


@pytest.mark.parametrize(
    "caller",
    [
        principal(Role.DATA_VALIDATION),
        principal(Role.PARTNER_ADMIN),
        principal(Role.CUSTOMER_USER),
        SourcePrincipal(tenant_id=TENANT_ID, source_id=SourceId("source_1")),
    ],
)
def test_others_are_told_what_they_lack(caller: Principal) -> None:
    with pytest.raises(Forbidden) as refused:
        caller_scope(caller, "bids.view")

    assert refused.value.permission == "bids.view"


@pytest.mark.parametrize("caller", [principal(Role.CUSTOMER_ADMIN, OWN), principal(Role.SALES)])
def test_money_is_moved_by_tenant_users_with_the_permission(caller: Principal) -> None:
    with pytest.raises(Forbidden):
        tenant_scope(caller, "customers.add-funds")

    support = principal(Role.CUSTOMER_SUPPORT)
    assert tenant_scope(support, "customers.add-funds").own is None
