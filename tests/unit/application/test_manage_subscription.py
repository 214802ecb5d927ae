"""Showing usage, and wanting other limits."""

from dataclasses import dataclass, field

import pytest

from leadflow.application.customer_ports import Author
from leadflow.application.manage_subscription import ManageSubscription, SubscriptionRequest
from leadflow.domain.leads import LeadStatus
from leadflow.domain.subscriptions import Amounts, Limits
from tests.builders import TENANT_ID, configuration, lead
from tests.fakes.clock import FixedClock
from tests.fakes.configuration import FixedConfiguration
from tests.fakes.lead_lists import FakeLeadLists
from tests.fakes.plan_usage import MemoryPlanUsage
from tests.unit.application.lead_world import ADMIN
from tests.unit.domain.bidding_examples import NOW


@dataclass
class World:
    """The action with what it touches."""

    usage: MemoryPlanUsage = field(default_factory=MemoryPlanUsage)
    lists: FakeLeadLists = field(default_factory=FakeLeadLists)

    @property
    def action(self) -> ManageSubscription:
        return ManageSubscription(
            configuration=FixedConfiguration(configuration()),
            usage=self.usage,
            counts=self.lists,
            clock=FixedClock(),
        )


def test_usage_is_shown_with_the_number_of_live_leads_that_wait() -> None:
    world = World(MemoryPlanUsage.limited(5, 100))
    withheld = [lead(n, status=LeadStatus.WITHHELD) for n in range(3)]
    test_lead = lead(8, status=LeadStatus.WITHHELD, is_test=True)
    world.lists.put(TENANT_ID, *withheld, test_lead, lead(9))
    shown = world.action.show(ADMIN)
    assert (shown.withheld, shown.standing.limits) == (3, Limits(leads=5, sales_cents=100))
    assert shown.standing.used == Amounts()


@pytest.mark.parametrize(
    ("body", "limits"),
    [
        ({"lead_limit": 5, "sales_limit_cents": 100}, Limits(leads=5, sales_cents=100)),
        ({"lead_limit": 0}, Limits(leads=0)),
        ({"lead_limit": None}, Limits()),
        ({}, Limits()),
    ],
)
def test_a_limit_that_is_not_named_is_none(body: dict[str, object], limits: Limits) -> None:
    world = World()
    request = SubscriptionRequest.model_validate(body)
    assert world.action.change(ADMIN, request).standing.limits == limits
    assert world.usage.authors == [Author(ADMIN.actor, NOW)]


def test_a_cut_is_shown_as_what_comes_next() -> None:
    world = World(MemoryPlanUsage.limited(5))
    standing = world.action.change(ADMIN, SubscriptionRequest(lead_limit=3)).standing
    assert (standing.limits, standing.next_limits) == (Limits(leads=5), Limits(leads=3))
