"""Plan usage in memory."""

from dataclasses import dataclass, field
from datetime import datetime

from leadflow.application.admissions import Admission
from leadflow.application.customer_ports import Author
from leadflow.domain.identifiers import LeadId, TenantId
from leadflow.domain.plan_usage import (
    CHECKED,
    COUNTED,
    Books,
    Change,
    Draw,
    Share,
    Total,
    drawn,
    relimited,
    share_number,
    upgraded_total,
)
from leadflow.domain.subscriptions import (
    Amounts,
    Cycle,
    Limits,
    Measure,
    Standing,
    Terms,
    amounts,
    cycle_label,
)
from tests.fakes.clock import FixedClock

_DRAWS = {Admission.COUNT: COUNTED, Admission.CHECK: CHECKED}


@dataclass
class MemoryPlanUsage:
    """Implements `PlanUsage`: one tenant's books."""

    clock: FixedClock = field(default_factory=FixedClock)
    total: Total = field(default_factory=Total)
    authors: list[Author] = field(default_factory=list)
    shares: dict[tuple[str, int], Share] = field(default_factory=dict)

    @classmethod
    def limited(cls, leads: int | None = None, sales_cents: int | None = None) -> "MemoryPlanUsage":
        return cls(total=Total(terms=Terms(limits=Limits(leads=leads, sales_cents=sales_cents))))

    def standing(self, _tenant_id: TenantId) -> Standing:
        return self._books(self.clock.now()).standing

    def is_reached(self, tenant_id: TenantId) -> bool:
        return self.standing(tenant_id).is_reached

    def watched(self, tenant_id: TenantId) -> Standing | None:
        total = self._books(self.clock.now()).total
        return None if total.is_quiet else self.standing(tenant_id)

    def change_limits(
        self, tenant_id: TenantId, wanted: Limits, author: Author | None = None
    ) -> Standing:
        self.authors += [author] if author else []
        books = self._books(self.clock.now())
        self._apply(relimited(books, books.total.terms.changed(wanted, books.total.cycle)))
        return self.standing(tenant_id)

    def upgrade(self, _tenant_id: TenantId) -> bool:
        books = self._books(self.clock.now())
        if not books.standing.is_reached:
            return True
        total = upgraded_total(books)
        self.total = total or self.total
        return total is not None

    def announced(self, _tenant_id: TenantId, cycle: Cycle, measure: Measure, level: int) -> bool:
        total = self._books(self.clock.now()).total
        if total.cycle != cycle.label or total.announced.of(measure) >= level:
            return False
        self.total = total.next(announced=total.announced.model_copy(update={measure.value: level}))
        return True

    def admits(self, admission: Admission, lead_id: LeadId, at: datetime) -> bool:
        """Count or check a lead, if there is room."""
        return admission is Admission.NONE or self.draws(_DRAWS[admission], lead_id, at)

    def draws(self, draw: Draw, lead_id: LeadId, at: datetime) -> bool:
        """Draw on the books, if there is room."""
        change = drawn(self._books(at), share_number(lead_id), draw)
        if change is not None:
            self.total = self.total.at(cycle_label(at))
            self._apply(change)
        return change is not None

    def _books(self, at: datetime) -> Books:
        total = self.total.at(cycle_label(at))
        shares = {n: share for (cycle, n), share in self.shares.items() if cycle == total.cycle}
        return Books(total, shares)

    def _apply(self, change: Change) -> None:
        self.total = change.total or self.total
        for move in change.moves:
            key = (self.total.cycle, move.number)
            share = self.shares.get(key, Share())
            assert all(share.left.of(one) >= move.least.of(one) for one in Measure)
            self.shares[key] = Share(
                used=_sum(share.used, move.used), left=_sum(share.left, move.left)
            )


def _sum(first: Amounts, second: Amounts) -> Amounts:
    return amounts(lambda one: first.of(one) + second.of(one))
