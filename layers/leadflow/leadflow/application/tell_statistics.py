"""Statistics by state and lead type are told, tenant by tenant, as often as each wants them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from leadflow.application.auction_ports import Customers
from leadflow.application.customer_ports import BidStore
from leadflow.application.fact_ports import Bus
from leadflow.application.ports import Clock, ConfigurationReader
from leadflow.application.stats_ports import StatsLines, StatsPeriod, StatsPeriods
from leadflow.domain.bids import Bid
from leadflow.domain.identifiers import TenantId, derived_identifier
from leadflow.domain.lead_stats import stats
from leadflow.domain.told_facts import (
    STATS_ROWS_MAX,
    FactName,
    StateLeadTypeStats,
    StatsFact,
    Told,
)

SETTLED_AFTER = timedelta(minutes=2)
"""How long after it happened something is surely counted: streams lag behind the tables."""

EARLY_MAX = timedelta(minutes=1)
"""How much too early a period may end, for a schedule does not come to the second."""

PERIOD_MAX = timedelta(hours=48)
"""The longest period: what lies further back, after an outage, is left out."""

BIDS_AT_ONCE = 100
"""Bids that are read together."""

BID_ROUNDS_MAX = 2_000
"""Rounds of reading bids: of more than 200,000, archived ones included, the oldest do not count."""


@dataclass(frozen=True, kw_only=True)
class TellStatistics:
    """The action with its ports."""

    configuration: ConfigurationReader
    lines: StatsLines
    periods: StatsPeriods
    bids: BidStore
    customers: Customers
    bus: Bus
    clock: Clock

    def __call__(self, tenant_id: TenantId, *, at_once: bool = False) -> Sequence[Told]:
        """Tell a tenant's period if it is due, or at once; answer the facts.

        The period is noted before it is told and once more behind: one that broke off is told again
        with the same ids. Raises `TransientFault`.
        """
        period = self._period(tenant_id, at_once=at_once)
        if period is None:
            return ()
        lines = self.lines.between(tenant_id, period.since, period.until)
        facts = _facts(tenant_id, period, stats(lines, self._active_bids(tenant_id)))
        for fact in facts:
            self.bus.tell([fact])  # one at a time: ten of them are more than a call takes
        is_told = period.model_copy(update={"is_told": True, "version": period.version + 1})
        self.periods.put(tenant_id, is_told)
        return facts

    def _period(self, tenant_id: TenantId, *, at_once: bool) -> StatsPeriod | None:
        """The period to tell; None when none is due, or somebody else has begun to tell it."""
        last = self.periods.last(tenant_id)
        if last is not None and not last.is_told:
            return last
        configured, now = self.configuration.current(tenant_id), self.clock.now()
        until = now if at_once else now - SETTLED_AFTER
        since = last.until if last else configured.tenant.created_at
        interval = timedelta(minutes=configured.settings.stats_interval_minutes)
        if not at_once and until < since + interval - EARLY_MAX:
            return None
        version = last.version + 1 if last else 1
        period = StatsPeriod(since=max(since, until - PERIOD_MAX), until=until, version=version)
        return period if self.periods.put(tenant_id, period) else None

    def _active_bids(self, tenant_id: TenantId) -> Iterator[Bid]:
        """Bids that are neither paused nor archived, of customers that are not either."""
        position: str | None = None
        for _ in range(BID_ROUNDS_MAX):
            spots = self.bids.spots(tenant_id, None, limit=BIDS_AT_ONCE, position=position)
            if not spots:
                return
            position = spots[-1].position
            found = self.bids.many(tenant_id, [spot.id for spot in spots]).values()
            yield from self._of_active_customers(
                tenant_id, [bid for bid in found if not (bid.paused or bid.archived)]
            )

    def _of_active_customers(self, tenant_id: TenantId, bids: Sequence[Bid]) -> Iterator[Bid]:
        owners = self.customers.many(tenant_id, list({bid.customer_id for bid in bids}))
        active = {one.id for one in owners.values() if not (one.paused or one.archived)}
        return (bid for bid in bids if bid.customer_id in active)


def _facts(
    tenant_id: TenantId, period: StatsPeriod, rows: Sequence[StateLeadTypeStats]
) -> Sequence[Told]:
    """A fact for every `STATS_ROWS_MAX` rows; one even without any."""
    name = FactName.STATE_LEAD_TYPE_STATS_UPDATED
    return [
        Told(
            name,
            StatsFact(
                id=_fact_id(tenant_id, name, period.since, start),
                tenant_id=tenant_id,
                at=period.until,
                since=period.since,
                rows=tuple(rows[start : start + STATS_ROWS_MAX]),
            ),
        )
        for start in range(0, max(1, len(rows)), STATS_ROWS_MAX)
    ]


def _fact_id(tenant_id: TenantId, name: str, since: datetime, start: int) -> str:
    return derived_identifier("fact", "#".join((tenant_id, name, since.isoformat(), str(start))))
