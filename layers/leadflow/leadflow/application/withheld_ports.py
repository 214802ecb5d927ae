"""What withheld leads wait in: their order, and the queue whose tokens let them out (19.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from leadflow.domain.identifiers import LeadId, TenantId


@dataclass(frozen=True)
class Token:
    """Lets one withheld lead of a tenant out, whichever has waited longest.

    Tokens of a tenant are interchangeable, so a lost or repeated one changes nothing. A chain token
    is followed by another as long as leads wait. Of tokens with one key that are sent within five
    minutes the queue keeps the first.
    """

    tenant_id: TenantId
    key: str
    is_chain: bool = False


@dataclass(frozen=True)
class Message:
    """What the queue delivers; `group` is the tenant whose tokens it keeps in their order.

    `receives` counts this delivery, too.
    """

    id: str
    group: str
    body: str
    sent_at: datetime
    receives: int


class WithheldQueue(Protocol):
    """The queue of tokens."""

    def put(self, token: Token) -> None:
        """Send a token. Raises `TransientFault` when it may not have been sent."""
        ...

    def set_aside(self, message: Message) -> None:
        """Move what is no token to where a person looks. Raises `TransientFault`."""
        ...


class WithheldLeads(Protocol):
    """The order in which withheld leads were received."""

    def oldest(self, tenant_id: TenantId, *, limit: int) -> Sequence[LeadId]:
        """Leads that were withheld a moment ago, in the order received: one query.

        Some may have been released since, and the latest may be missing still.
        """
        ...
