"""Pause the exchanges of partners whose calls keep timing out (`product.md`, 16.2)."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from leadflow.application.audit_trail import audit_entry
from leadflow.application.configuration_ports import (
    AuditEntry,
    Change,
    ConfigurationStore,
    ResourceKind,
)
from leadflow.application.exchange_ports import CallCounts
from leadflow.application.ports import Clock, IdFactory
from leadflow.domain.configuration import Configuration
from leadflow.domain.errors import TransientFault
from leadflow.domain.exchanges import ExchangeKind
from leadflow.domain.identifiers import PartnerId, TenantId
from leadflow.domain.partner_pauses import CallTally, is_due, paused, watched
from leadflow.domain.partners import WINDOW_MINUTES_MAX, Partner

ACTOR = "system"
"""Who the audit log names where nobody has asked for a change."""

ATTEMPTS_MAX = 32
"""Tries of a change whose configuration is being changed by others."""

PAUSED_AT_ONCE_MAX = 20
"""Partners that one call pauses; the next call goes on."""

Tallies = Mapping[tuple[PartnerId, ExchangeKind], Sequence[CallTally]]


@dataclass(frozen=True)
class Paused:
    """An exchange that has paused itself."""

    partner_id: PartnerId
    kind: ExchangeKind


@dataclass(frozen=True, kw_only=True)
class WatchPartners:
    """The action with its ports."""

    store: ConfigurationStore
    calls: CallCounts
    ids: IdFactory
    clock: Clock

    def __call__(self, tenant_id: TenantId) -> Sequence[Paused]:
        """Pause what has to be paused now; a repeat finds nothing more to pause.

        Raises `TransientFault` when others were always faster.
        """
        for _ in range(ATTEMPTS_MAX):
            configuration, now = self.store.current(tenant_id), self.clock.now()
            due = dict(islice(self._due(tenant_id, configuration, now), PAUSED_AT_ONCE_MAX))
            if not due or self._stored(tenant_id, configuration, due, now):
                return [Paused(one, kind) for one, kinds in due.items() for kind in kinds]
        raise TransientFault("The configuration was always being changed by others.")

    def _due(
        self, tenant_id: TenantId, configuration: Configuration, now: datetime
    ) -> Iterator[tuple[PartnerId, Collection[ExchangeKind]]]:
        """Partners with those of their exchanges that have to be paused."""
        partners = [one for one in configuration.partners.values() if any(watched(one))]
        tallies = self._tallies(tenant_id, now) if partners else {}
        for partner in partners:
            if kinds := _too_late(partner, tallies, now):
                yield partner.id, kinds

    def _tallies(self, tenant_id: TenantId, now: datetime) -> Tallies:
        since = now - timedelta(minutes=WINDOW_MINUTES_MAX)
        found = defaultdict[tuple[PartnerId, ExchangeKind], list[CallTally]](list)
        for one in self.calls.since(tenant_id, since, now):
            found[one.partner_id, one.kind].append(CallTally(one.minute, one.calls, one.timeouts))
        return found

    def _stored(
        self,
        tenant_id: TenantId,
        configuration: Configuration,
        due: Mapping[PartnerId, Collection[ExchangeKind]],
        now: datetime,
    ) -> bool:
        pairs = [(configuration.partners[one], kinds) for one, kinds in due.items()]
        changes = [
            Change(ResourceKind.PARTNER, partner.id, partner, paused(partner, kinds, now))
            for partner, kinds in pairs
        ]
        entries = [self._entry(change, now) for change in changes]
        return self.store.apply(tenant_id, configuration.stamp, changes, entries=entries)

    def _entry(self, change: Change, now: datetime) -> AuditEntry:
        return audit_entry(
            self.ids,
            now,
            ACTOR,
            resource=change.kind,
            resource_id=change.id,
            before=change.before,
            after=change.after,
        )


def _too_late(partner: Partner, tallies: Tallies, now: datetime) -> Collection[ExchangeKind]:
    return [
        kind
        for kind, exchange in watched(partner)
        if is_due(partner.auto_pause, exchange, tallies.get((partner.id, kind), ()), now)
    ]
