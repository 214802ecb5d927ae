"""Leads that draw on the shares of their tenant's plan usage: once when stored, once when sold."""

from collections.abc import Generator
from dataclasses import dataclass, field
from random import Random

from simpy import Environment, Event

from tools.scale.assumed import SECONDS_BETWEEN_DRAWS, Latencies
from tools.scale.buckets import Bucket
from tools.scale.limits import PARTITION_WRITES
from tools.scale.store import Answer, Item, Store
from tools.scale.wallet import SEED

SECONDS = 10.0
SHARES = 8
"""As many as the code has; a test holds that."""


@dataclass(frozen=True)
class Drawn:
    """What leads of one tenant met at its shares."""

    leads_per_second: int
    conflicts_per_draw: float
    waited_99: float
    contended_share: float


@dataclass
class _Tenant:
    store: Store
    shares: list[Item]
    units: int
    waited: list[float] = field(default_factory=list)
    contended: int = 0

    def lead(self) -> Generator[Event, None, None]:
        """Two draws of one lead, on the share that its id hashes to."""
        share = self.store.chance.choice(self.shares)
        for _ in range(2):
            began = self.store.env.now
            answer = yield from self.store.write(share, self.units, None)
            latencies = self.store.latencies
            undisturbed = latencies.held + latencies.reply
            self.waited.append(max(0.0, self.store.env.now - began - undisturbed))
            self.contended += answer is Answer.CONTENDED
            yield self.store.env.timeout(SECONDS_BETWEEN_DRAWS)

    def arrivals(self, per_second: int) -> Generator[Event, None, None]:
        """Leads that come by chance, so many a second on average."""
        while True:
            yield self.store.env.timeout(self.store.chance.expovariate(per_second))
            self.store.env.process(self.lead())


def drawn_by(
    leads_per_second: int,
    units: int,
    shares: int = SHARES,
    latencies: Latencies | None = None,
    seed: int = SEED,
) -> Drawn:
    """Let leads come for `SECONDS`; `units` are those of one draw."""
    env, chance = Environment(), Random(seed)  # noqa: S311 # a simulation, no secret
    limit = PARTITION_WRITES.value
    items = [Item(Bucket(limit, limit)) for _ in range(shares)]
    tenant = _Tenant(Store(env, chance, latencies or Latencies()), items, units)
    env.process(tenant.arrivals(leads_per_second))
    env.run(until=SECONDS)
    draws = max(1, len(tenant.waited))
    return Drawn(
        leads_per_second=leads_per_second,
        conflicts_per_draw=tenant.store.trouble.conflicts / draws,
        waited_99=sorted(tenant.waited)[int(draws * 0.99)],
        contended_share=tenant.contended / draws,
    )
