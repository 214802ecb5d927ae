"""Sales in memory."""

from collections.abc import Callable
from dataclasses import dataclass, field

from leadflow.application.ports import Refused, Sale
from leadflow.domain.identifiers import TenantId
from leadflow.domain.plan_usage import sold_for
from tests.fakes.leads import MemoryLeads


@dataclass
class ScriptedSales:
    """Implements `Sales`: refuses as long as there are refusals left, then as the store would.

    `meanwhile` is what others do between an auction and the refusal of its sale.
    """

    leads: MemoryLeads
    refusals: list[frozenset[Refused]] = field(default_factory=list)
    booked: list[Sale] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None

    def sell(self, tenant_id: TenantId, sale: Sale) -> frozenset[Refused]:
        if self.refusals:
            self.meanwhile()
            return self.refusals.pop(0)
        refused = self.leads.advance(tenant_id, sale.lead, sale.step, sale.rotation)
        if not refused:
            self.booked.append(sale)
            self._count(sale)
        return refused

    def _count(self, sale: Sale) -> None:
        cents = sale.lead.assignment.charged_cents if sale.lead.assignment else 0
        if cents and not sale.lead.is_test:
            self.leads.usage.draws(sold_for(cents), sale.lead.id, sale.ending.ended_at)
