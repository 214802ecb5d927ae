"""The list of leads as partners' users see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from leadflow.application import list_supplied_leads
from leadflow.application.list_leads import LeadFilters, ListLeads
from leadflow.application.ports import Window
from leadflow.application.view_lead import ViewLead
from leadflow.domain.configuration import Configuration
from leadflow.domain.errors import NotFound, ValidationFailed
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.principals import Principal
from leadflow.domain.supplied_leads import SuppliedLead
from tests.fakes.lead_lists import FakeLeadLists
from tests.fakes.readings import StillClock, TenDigits
from tests.reading import BUYER, OTHER_SOURCE, SOURCE, TENANT, identify, lead, sold_lead
from tests.unit.application.export_world import Configured
from tests.unit.domain.supplied_examples import FREE_SOURCE, RECEIVER, supplier, supplying

NONE: Mapping[str, str] = {}
LEADS = [
    sold_lead(1),
    sold_lead(2, source_id=OTHER_SOURCE),
    sold_lead(3, source_id=FREE_SOURCE),
    lead(4),
    sold_lead(5, status=LeadStatus.RETURNED),
    sold_lead(6, is_test=True),
    sold_lead(7, source_id=OTHER_SOURCE),
]


@dataclass
class World:
    configured: Configuration = field(default_factory=supplying)
    leads: Sequence[Lead] = tuple(LEADS)

    def __post_init__(self) -> None:
        self.lists = FakeLeadLists()
        self.lists.put(TENANT, *self.leads)

    def seen(
        self,
        filters: Mapping[str, str] = NONE,
        principal: Principal | None = None,
        limit: int = 50,
    ) -> list[SuppliedLead]:
        """The whole list, walked by pages."""
        action = ListLeads(
            configuration=Configured(self.configured),
            lists=self.lists,
            formats=TenDigits(),
            clock=StillClock(),
        )
        found: list[SuppliedLead] = []
        position: str | None = None
        for _ in range(len(self.leads) + 1):
            wanted = LeadFilters.model_validate(filters)
            page = action(principal or supplier(), wanted, Window(limit, position))
            found += [one for one in page.items if isinstance(one, SuppliedLead)]
            assert len(found) >= len(page.items)
            position = page.position
            if position is None:
                return found
        raise AssertionError("the list never ends")

    def ids(
        self,
        filters: Mapping[str, str] = NONE,
        principal: Principal | None = None,
        limit: int = 50,
    ) -> list[int]:
        """The numbers of the leads."""
        return [int(one.lead.id[-26:]) for one in self.seen(filters, principal, limit)]


@pytest.mark.parametrize("limit", [1, 2, 50])
def test_leads_of_all_sources_of_the_partner_come_newest_first(limit: int) -> None:
    assert World().ids(limit=limit) == [7, 5, 2, 1]


@pytest.mark.parametrize("limit", [1, 50])
def test_with_many_sources_the_list_is_the_same(
    limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_supplied_leads, "MERGED_SOURCES_MAX", 1)
    assert World().ids(limit=limit) == [7, 5, 2, 1]


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        ({"source_id": SOURCE}, [5, 1]),
        ({"source_id": FREE_SOURCE}, []),
        ({"status": "assigned"}, [7, 2, 1]),
        ({"status": "returned"}, [5]),
        ({"status": "unassigned"}, []),
        ({"received_from": "2026-03-03T08:13:25Z"}, [7, 5]),
        ({"received_to": "2026-03-03T08:13:22Z"}, [2, 1]),
        ({"q": LEADS[1].id}, [2]),
        ({"q": LEADS[2].id}, []),
        ({"q": "jane@example.com"}, [7, 5, 2, 1]),
        ({"q": "(602) 555-0100"}, []),
        ({"q": "jane r"}, [7, 5, 2, 1]),
        ({"q": "bob"}, []),
    ],
)
def test_the_list_is_filtered_and_searched_by_what_is_seen(
    filters: dict[str, str], numbers: list[int]
) -> None:
    assert World().ids(filters) == numbers


def test_returned_leads_that_are_shown_as_assigned_are_found_as_such() -> None:
    world = World(supplying(show_returned_status=False))
    assert world.ids({"status": "assigned"}) == [7, 5, 2, 1]
    assert world.ids({"status": "returned"}) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("customer_id", BUYER),
        ("lead_type_id", identify("type", 1)),
        ("lead_category_id", identify("category", 1)),
        ("test_mode", "true"),
    ],
)
def test_what_partners_do_not_see_is_no_filter(name: str, value: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        World().seen({name: value})
    assert set(refused.value.errors) == {name}


def test_others_have_no_leads_there() -> None:
    assert World().ids(principal=supplier(RECEIVER)) == []
    assert World().ids(principal=supplier(None)) == []
    assert World(supplying(archived=True)).ids() == []


def viewed(number: int, principal: Principal | None = None) -> object:
    world = World()
    action = ViewLead(configuration=Configured(world.configured), leads=world.lists)
    return action(principal or supplier(), identify("lead", number))


def test_one_lead_is_seen_as_in_the_list() -> None:
    [listed] = [one for one in World().seen() if one.lead.id == LEADS[0].id]
    assert viewed(1) == listed


@pytest.mark.parametrize("number", [3, 4, 6, 9])
def test_a_lead_that_is_not_the_partners_does_not_exist(number: int) -> None:
    with pytest.raises(NotFound):
        viewed(number)
    with pytest.raises(NotFound):
        viewed(1, supplier(RECEIVER))
