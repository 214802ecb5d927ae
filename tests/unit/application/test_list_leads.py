from collections.abc import Mapping, Sequence

import pytest

from leadflow.application.list_leads import LeadFilters, ListLeads
from leadflow.application.ports import Window
from leadflow.domain.errors import Forbidden, ValidationFailed
from leadflow.domain.leads import Lead, LeadStatus, SearchKeys
from leadflow.domain.principals import Principal, Role
from tests.fakes.lead_lists import FakeLeadLists
from tests.fakes.readings import FixedConfiguration, StillClock, TenDigits
from tests.reading import (
    BUYER,
    CATEGORY,
    OTHER_SOURCE,
    RIVAL,
    SEARCH,
    SOLAR,
    SOURCE,
    STRANGER,
    TENANT,
    VALUES,
    buyer,
    identify,
    lead,
    sender,
    sold_lead,
    user,
)

BOB = SearchKeys(email="bob@example.com", phone="+16025550199", name="bob janeson")


def listed(
    leads: Sequence[Lead],
    principal: Principal | None = None,
    *,
    hidden: tuple[str, ...] = (),
    limit: int = 50,
    wanted: Mapping[str, str] | None = None,
    **filters: str,
) -> list[str]:
    """Ids of the whole list, walked by pages."""
    store = FakeLeadLists()
    store.put(TENANT, *leads)
    action = ListLeads(
        configuration=FixedConfiguration(hidden),
        lists=store,
        formats=TenDigits(),
        clock=StillClock(),
    )
    found: list[str] = []
    position: str | None = None
    while True:
        page = action(
            principal or user(),
            LeadFilters.model_validate({**(wanted or {}), **filters}),
            Window(limit, position),
        )
        found += [one.id if isinstance(one, Lead) else one.lead.id for one in page.items]
        position = page.position
        if position is None:
            return found


def in_order(leads: Sequence[Lead], **filters: str) -> list[str]:
    """Ids of the list of the tenant, oldest first."""
    store = FakeLeadLists()
    store.put(TENANT, *leads)
    action = ListLeads(
        configuration=FixedConfiguration(),
        lists=store,
        formats=TenDigits(),
        clock=StillClock(),
    )
    wanted = LeadFilters.model_validate(filters)
    page = action.of_tenant(TENANT, wanted, Window(50, None), oldest_first=True)
    return [one.id for one in page.items]


def ids(*numbers: int) -> list[str]:
    return [identify("lead", number) for number in numbers]


def test_leads_are_listed_newest_first_without_test_leads() -> None:
    leads = [lead(2), lead(3), lead(1), lead(4, is_test=True)]
    assert listed(leads) == ids(3, 2, 1)
    assert listed(leads, limit=1) == ids(3, 2, 1)
    assert listed(leads, test_mode="true") == ids(4)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"status": "assigned"}, (5, 4)),
        ({"source_id": OTHER_SOURCE}, (5, 2)),
        ({"customer_id": BUYER}, (4,)),
        ({"customer_id": RIVAL, "source_id": OTHER_SOURCE}, (5,)),
        ({"status": "audit", "source_id": OTHER_SOURCE}, (2,)),
        ({"status": "audit", "customer_id": BUYER}, ()),
        ({"lead_type_id": SOLAR}, (5, 4, 2, 1)),
        ({"lead_type_id": SOLAR, "status": "unassigned"}, (1,)),
        ({"lead_category_id": CATEGORY}, (5, 4, 3, 2, 1)),
        ({"lead_category_id": identify("category", 9)}, ()),
        ({"source_id": identify("source", 9)}, ()),
    ],
)
def test_filters_narrow_the_list_together(
    filters: Mapping[str, str], expected: tuple[int, ...]
) -> None:
    leads = [
        lead(1),
        lead(2, status=LeadStatus.AUDIT, source_id=OTHER_SOURCE),
        lead(3, lead_type_id=None, status=LeadStatus.UNCATEGORIZED),
        sold_lead(4),
        sold_lead(5, RIVAL, source_id=OTHER_SOURCE),
    ]
    assert listed(leads, wanted=filters) == ids(*expected)
    assert listed(leads, limit=1, wanted=filters) == ids(*expected)


def test_a_period_takes_in_both_of_its_ends() -> None:
    leads = [lead(number) for number in (1, 2, 3, 4)]
    first, last = (lead(number).received_at.isoformat() for number in (2, 3))
    assert listed(leads, received_from=first, received_to=last) == ids(3, 2)
    assert listed(leads, received_from=first, received_to=last, q="jane") == ids(2, 3)
    assert listed(leads, received_from=last, q=lead(2).id) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (lead(1).id, (1,)),
        (lead(9).id, ()),
        ("JANE@example.com", (3, 1)),
        ("(602) 555-0100", (3, 1)),
        ("+1 602 555 0199", (2,)),
        ("jane", (1, 3)),
        ("Bob  J", (2,)),
        ("roe", ()),
    ],
)
def test_leads_are_found_by_id_mail_phone_and_start_of_name(
    text: str, expected: tuple[int, ...]
) -> None:
    leads = [lead(1), lead(2, search=BOB), lead(3), lead(4, is_test=True)]
    assert listed(leads, q=text) == ids(*expected)
    assert listed(leads, q=text, limit=1) == ids(*expected)


def test_the_end_of_a_long_name_counts_too() -> None:
    name = "x" * 120
    leads = [lead(n, search=SearchKeys(name=name + end)) for n, end in ((1, "a"), (2, "b"))]
    assert listed(leads, q=name + "b") == ids(2)


def test_a_search_and_a_filter_apply_together() -> None:
    leads = [lead(1), lead(2, status=LeadStatus.AUDIT), lead(3)]
    assert listed(leads, q="jane@example.com", status="audit") == ids(2)
    assert listed(leads, q=lead(1).id, status="audit") == []


def test_a_lead_of_another_tenant_is_in_no_list() -> None:
    everything: dict[str, str] = {}
    for filters in (everything, {"q": lead(1).id}, {"q": "jane"}, {"source_id": SOURCE}):
        assert listed([lead(1)], user(tenant_id=STRANGER), wanted=filters) == []


def test_a_customer_lists_its_own_leads_returned_ones_included() -> None:
    leads = [sold_lead(1), sold_lead(2, RIVAL), lead(3), sold_lead(4, status=LeadStatus.RETURNED)]
    assert listed(leads, buyer()) == ids(4, 1)
    assert listed(leads, buyer(), status="returned") == ids(4)
    assert listed(leads, buyer(), lead_type_id=SOLAR, limit=1) == ids(4, 1)
    assert listed(leads, buyer(), test_mode="true") == []


@pytest.mark.parametrize("text", [lead(1).id, "jane@example.com", "602-555-0100", "jane r"])
def test_a_customer_finds_only_its_own_leads(text: str) -> None:
    assert listed([sold_lead(1), sold_lead(2, RIVAL)], buyer(), q=text) == ids(1)
    assert listed([sold_lead(1)], buyer(RIVAL), q=text) == []


@pytest.mark.parametrize(
    ("hidden", "text"),
    [
        ("email", "jane@example.com"),
        ("phone", "602-555-0100"),
        ("first_name", "jane"),
        ("last_name", "jane roe"),
    ],
)
def test_a_customer_finds_nothing_by_a_field_that_is_not_delivered(hidden: str, text: str) -> None:
    assert listed([sold_lead(1)], buyer(), q=text) == ids(1)
    assert listed([sold_lead(1)], buyer(), hidden=(hidden,), q=text) == []
    assert listed([sold_lead(1)], user(), hidden=(hidden,), q=text) == ids(1)


def test_a_customer_finds_a_lead_by_the_part_of_the_name_that_it_sees() -> None:
    assert listed([sold_lead(1)], buyer(), hidden=("first_name",), q="roe") == ids(1)


@pytest.mark.parametrize(
    ("name", "value"),
    [("source_id", SOURCE), ("customer_id", BUYER), ("lead_category_id", CATEGORY)],
)
def test_a_customer_cannot_ask_where_its_leads_come_from(name: str, value: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        listed([sold_lead(1)], buyer(), wanted={name: value})
    assert list(refused.value.errors) == [name]


@pytest.mark.parametrize("role", [Role.PARTNER_ADMIN, Role.PARTNER_USER, Role.CUSTOMER_USER])
def test_users_to_whom_no_lead_belongs_have_an_empty_list(role: Role) -> None:
    assert listed([lead(1), sold_lead(2)], user(role)) == []


def test_sources_may_not_list_leads() -> None:
    with pytest.raises(Forbidden):
        listed([lead(1)], sender())


def test_a_lead_whose_index_is_behind_is_judged_by_what_it_is_now() -> None:
    changed = lead(1, search=SEARCH.model_copy(update={"name": "janet"}), values=VALUES)
    assert listed([changed], q="janet") == ids(1)
    assert listed([changed], q="jane roe") == []


def test_an_unfiltered_page_takes_one_walk_and_one_batch() -> None:
    store = FakeLeadLists()
    store.put(TENANT, *(lead(number) for number in range(120)))
    action = ListLeads(
        configuration=FixedConfiguration(),
        lists=store,
        formats=TenDigits(),
        clock=StillClock(),
    )
    action(user(), LeadFilters(), Window(50))
    assert store.calls == ["spots", "many"]


def test_whoever_works_a_list_off_gets_it_in_the_order_received_names_included() -> None:
    leads = [lead(1), lead(2, search=BOB), lead(3)]
    assert in_order(leads) == ids(1, 2, 3)
    assert in_order(leads, q="jane") == ids(1, 3)
