"""Partners: outside companies that supply leads, receive them, or both (`product.md`, 16.1)."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import Field as Bound

from leadflow.domain.conditions import Conditions
from leadflow.domain.exchanges import Exchange, PostExchange
from leadflow.domain.identifiers import PartnerId
from leadflow.domain.model import Frozen
from leadflow.domain.money import Percentage

PARTNERS_MAX = 500
"""Live partners of a tenant: a stage looks at all of them."""

WINDOW_MINUTES_MAX = 60


class AutoPause(Frozen):
    """When an exchange pauses itself: a share of at least so many calls in a window timed out."""

    enabled: bool = True
    share_percentage: Annotated[int, Bound(ge=1, le=100)] = 50
    minimum_calls: Annotated[int, Bound(ge=1, le=100_000)] = 20
    window_minutes: Annotated[int, Bound(ge=1, le=WINDOW_MINUTES_MAX)] = 10


class Partner(Frozen):
    """A partner. Without a `post` exchange it receives no leads, without a `ping` no pings."""

    id: PartnerId
    name: str
    offer_penalty_percentage: Percentage | None = None
    eligibility: Conditions = ()
    show_returned_status: bool = True
    exclude_returned_from_payout: bool = False
    ping: Exchange | None = None
    post: PostExchange | None = None
    auto_pause: AutoPause = Bound(default_factory=AutoPause)
    archived: bool = False
    version: int = 1
    created_at: datetime
    updated_at: datetime

    @property
    def penalty(self) -> Decimal:
        """Percent taken off the score of an offer that is made now (12.4)."""
        return self.offer_penalty_percentage or Decimal(0)
