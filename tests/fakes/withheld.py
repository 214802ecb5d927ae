"""The queue of tokens, the order of the withheld leads, and the bus, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from leadflow.application.withheld_ports import Message, Token
from leadflow.domain.identifiers import LeadId, TenantId
from leadflow.domain.leads import LeadStatus
from leadflow.domain.told_facts import Told
from tests.fakes.leads import MemoryLeads


@dataclass
class MemoryQueue:
    """Implements `WithheldQueue`; `fault` is raised in place of taking anything."""

    tokens: list[Token] = field(default_factory=list)
    aside: list[Message] = field(default_factory=list)
    fault: Exception | None = None

    def put(self, token: Token) -> None:
        self._raise()
        if token.key not in {one.key for one in self.tokens}:
            self.tokens.append(token)

    def set_aside(self, message: Message) -> None:
        self._raise()
        self.aside.append(message)

    def _raise(self) -> None:
        if self.fault:
            raise self.fault


@dataclass
class MemoryWaiting:
    """Implements `WithheldLeads` over leads in memory; `stale` still stand in the index."""

    leads: MemoryLeads
    stale: Sequence[LeadId] = ()
    asked: int = 0

    def oldest(self, _tenant_id: TenantId, *, limit: int) -> Sequence[LeadId]:
        self.asked += 1
        waiting = [one for one in self.leads.stored.values() if one.status is LeadStatus.WITHHELD]
        in_order = sorted(waiting, key=lambda one: (one.received_at, one.id))
        return [*self.stale, *(one.id for one in in_order)][:limit]


@dataclass
class MemoryBus:
    """Implements `Bus`; `fault` is raised in place of telling anything."""

    told: list[Told] = field(default_factory=list)
    fault: Exception | None = None

    def tell(self, facts: Sequence[Told]) -> None:
        if self.fault:
            raise self.fault
        self.told += facts
