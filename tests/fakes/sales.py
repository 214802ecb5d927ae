"""Sales in memory."""

from collections.abc import Callable
from dataclasses import dataclass, field

from leadflow.application.ports import Refused, Sale
from leadflow.domain.identifiers import TenantId
from tests.fakes.leads import MemoryLeads


@dataclass
class ScriptedSales:
    """Implements `Sales`: refuses as long as there are refusals left, then books.

    `meanwhile` is what others do between an auction and the refusal of its sale.
    """

    leads: MemoryLeads
    refusals: list[frozenset[Refused]] = field(default_factory=list)
    booked: list[Sale] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None

    def sell(self, _tenant_id: TenantId, sale: Sale) -> frozenset[Refused]:
        if self.refusals:
            self.meanwhile()
            return self.refusals.pop(0)
        if not self.leads.takes(sale.rotation):
            return frozenset({Refused.ROTATION})
        self.leads.stored[sale.lead.id] = sale.lead
        self.leads.turn(sale.rotation)
        self.booked.append(sale)
        return frozenset()
