"""Lists of return requests: the tenant's, and a customer's own."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from leadflow.application.caller_scope import CallerScope, caller_scope, customer_scope
from leadflow.application.list_return_requests import ReturnRequestFilters
from leadflow.application.ports import Window
from leadflow.application.requests import validated
from leadflow.domain.errors import Forbidden, NotFound, ValidationFailed
from leadflow.domain.principals import Principal, Role
from leadflow.domain.returns import ReturnRequest, ReturnStatus
from tests.builders import TENANT_ID
from tests.reading import CREATED, STRANGER, sender
from tests.trade import principal
from tests.unit.application.returns_world import ADMIN, ReturnsWorld, owner_scope
from tests.unit.domain.bidding_examples import customer, minutes
from tests.unit.domain.return_examples import return_request

OWN, RIVAL = customer(1).id, customer(2).id


def request(number: int, **changes: object) -> ReturnRequest:
    """The higher the number, the newer the request."""
    return return_request(number, requested_at=minutes(60 - number), **changes)


REQUESTS = (
    request(1),
    request(2, status=ReturnStatus.DENIED),
    request(3, customer_id=RIVAL),
    request(4, status=ReturnStatus.DENIED, customer_id=RIVAL),
    request(5),
)


def listed(
    by: CallerScope = ADMIN, wanted: Mapping[str, str] | None = None, limit: int = 50
) -> list[int]:
    """The whole list, walked by pages, as the numbers of the leads."""
    world = ReturnsWorld()
    tenant = world.settled.newest.tenant.model_copy(update={"created_at": CREATED})
    world.settled.newest = replace(world.settled.newest, tenant=tenant)
    world.returns.requests = {(TENANT_ID, one.id): one for one in REQUESTS}
    filters = validated(ReturnRequestFilters, wanted or {})
    found: list[int] = []
    position: str | None = None
    while True:
        page = world.list_requests(by, filters, Window(limit, position))
        found += [int(one.lead_id[-9:]) for one in page.items]
        position = page.position
        if position is None:
            return found


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, [5, 4, 3, 2, 1]),
        ({"status": "pending"}, [5, 3, 1]),
        ({"status": "approved"}, []),
        ({"customer_id": RIVAL}, [4, 3]),
        ({"customer_id": RIVAL, "status": "denied"}, [4]),
    ],
)
def test_the_tenant_lists_all_and_filters(wanted: Mapping[str, str], expected: list[int]) -> None:
    assert listed(wanted=wanted) == expected
    assert listed(wanted=wanted, limit=1) == expected


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [({}, [5, 2, 1]), ({"status": "denied"}, [2]), ({"customer_id": OWN}, [5, 2, 1])],
)
def test_a_customer_lists_its_own(wanted: Mapping[str, str], expected: list[int]) -> None:
    assert listed(owner_scope(), wanted) == expected


def test_another_customer_does_not_exist_for_a_customer() -> None:
    with pytest.raises(NotFound):
        listed(owner_scope(), {"customer_id": RIVAL})


def test_another_tenant_has_none() -> None:
    stranger = caller_scope(principal(Role.ADMIN, tenant_id=STRANGER), "leads.approve-dispute")
    assert listed(stranger) == []


@pytest.mark.parametrize(("name", "value"), [("status", "lost"), ("customer_id", "cus_1")])
def test_wrong_filters_are_named(name: str, value: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        listed(wanted={name: value})
    assert set(refused.value.errors) == {name}


@pytest.mark.parametrize("caller", [sender(), principal(Role.ADMIN), principal(Role.PARTNER_ADMIN)])
def test_only_customers_ask_for_returns(caller: Principal) -> None:
    with pytest.raises(Forbidden):
        customer_scope(caller)
