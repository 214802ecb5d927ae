"""Leads that wait for room, and the tokens that let them out."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Self

from leadflow.application.oldest_withheld import ReleaseOldest, Tried
from leadflow.application.release_withheld_leads import ReleaseWithheldLeads
from leadflow.application.threshold import Threshold
from leadflow.application.withheld_ports import Message
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.subscriptions import Limits
from tests.builders import TENANT_ID, lead
from tests.fakes.plan_usage import MemoryPlanUsage
from tests.fakes.withheld import MemoryWaiting
from tests.unit.application.lead_world import RacingLeads, World
from tests.unit.domain.bidding_examples import NOW

IN_TIME = NOW + timedelta(seconds=50)
"""An end of the invocation that nobody has to mind."""


def waiting(number: int, **changes: object) -> Lead:
    """A withheld lead; higher numbers were received later."""
    received = {"received_at": NOW + timedelta(seconds=number)}
    return lead(number, status=LeadStatus.WITHHELD, **received, **changes)


TOKEN = Message("message-1", TENANT_ID, f'{{"tenant_id": "{TENANT_ID}"}}', NOW, receives=1)
"""A token that was sent just now."""

CHAIN = replace(TOKEN, body=f'{{"tenant_id": "{TENANT_ID}", "chain": true}}')


@dataclass
class Waiting(World):
    """Several withheld leads, and room for some of them."""

    room: int = 9
    others: tuple[Lead, ...] = ()
    order: MemoryWaiting = field(init=False)

    @classmethod
    def of(cls, *leads: Lead, room: int = 9) -> Self:
        return cls(leads[0], room=room, others=leads[1:])

    def __post_init__(self) -> None:
        super().__post_init__()
        self.leads = RacingLeads({one.id: one for one in (self.lead, *self.others)})
        self.leads.races = self.races
        self.leads.usage = MemoryPlanUsage.limited(leads=self.room)
        self.order = MemoryWaiting(self.leads)

    @property
    def release_oldest(self) -> ReleaseOldest:
        return ReleaseOldest(
            desk=self.desk,
            waiting=self.order,
            ids=self.ids,
            distribution=self.distribution,
            threshold=Threshold(self.leads.usage),
        )

    @property
    def redeem(self) -> ReleaseWithheldLeads:
        return ReleaseWithheldLeads(release=self.release_oldest, queue=self.queue, clock=self.clock)

    def next(self, until: datetime = IN_TIME) -> Tried:
        """Release whoever is next."""
        return self.release_oldest(TENANT_ID, until)

    def raise_to(self, leads: int) -> None:
        """Let in so many leads."""
        self.leads.usage.change_limits(TENANT_ID, Limits(leads=leads))
