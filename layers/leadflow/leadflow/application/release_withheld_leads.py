"""Redeem tokens of withheld leads: each lets out the lead that has waited longest (19.3)."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import ValidationError

from leadflow.application.oldest_withheld import ReleaseOldest, Tried, Try
from leadflow.application.ports import Clock
from leadflow.application.withheld_ports import Message, Token, WithheldQueue
from leadflow.domain.errors import TransientFault
from leadflow.domain.identifiers import TenantId
from leadflow.domain.model import Request

AGE_MAX = timedelta(days=12)
"""Older tokens are replaced while they wait: after 14 days SQS loses them."""

RECEIVES_MAX = 900
"""Tokens that were received so often are replaced: after 1,000 times SQS sets them aside."""


class Redemption(StrEnum):
    """What became of a token. Kept ones close the queue of their tenant for a while."""

    RELEASED = "released"
    NONE_WAITING = "none_waiting"
    BLOCKED = "blocked"
    POSTPONED = "postponed"
    REPLACED = "replaced"
    MALFORMED = "malformed"

    @property
    def is_kept(self) -> bool:
        """Whether the token stays in the queue and comes again."""
        return self in {Redemption.BLOCKED, Redemption.POSTPONED}


@dataclass(frozen=True)
class Redeemed:
    """A token's end, and what was tried with it."""

    redemption: Redemption
    tried: Tried | None = None


class TokenBody(Request):
    """What a message says; `chain` marks a token that is followed by another."""

    tenant_id: TenantId
    chain: bool = False


@dataclass(frozen=True, kw_only=True)
class ReleaseWithheldLeads:
    """The action with its ports."""

    release: ReleaseOldest
    queue: WithheldQueue
    clock: Clock

    def __call__(self, message: Message, until: datetime) -> Redeemed:
        """Redeem one token within the time that is left; a message that is none is set aside.

        Raises `TransientFault`; the token is kept then.
        """
        body = _body_of(message)
        if body is None:
            self.queue.set_aside(message)
            return Redeemed(Redemption.MALFORMED)
        tried = self.release(body.tenant_id, until)
        if tried.outcome is Try.BLOCKED and self._is_worn_out(message):
            self.queue.put(standing_token(body.tenant_id, self.clock.now()))
            return Redeemed(Redemption.REPLACED, tried)
        if body.chain and tried.more_waiting:
            self._go_on(body.tenant_id, tried)
        return Redeemed(Redemption(tried.outcome), tried)

    def _is_worn_out(self, message: Message) -> bool:
        age = self.clock.now() - message.sent_at
        return age >= AGE_MAX or message.receives >= RECEIVES_MAX

    def _go_on(self, tenant_id: TenantId, tried: Tried) -> None:
        """Send the next link; one that is lost is made up for by `watch_subscriptions`."""
        with suppress(TransientFault):
            self.queue.put(Token(tenant_id, f"chain-{tried.flow_id}", is_chain=True))


def standing_token(tenant_id: TenantId, now: datetime) -> Token:
    """A chain token for all that wait; within one minute it is always the same one."""
    return Token(tenant_id, f"chain-{tenant_id}-{now:%Y%m%dT%H%M}", is_chain=True)


def _body_of(message: Message) -> TokenBody | None:
    """The token in a message; None if it is none, or lies among those of another tenant."""
    try:
        body = TokenBody.model_validate_json(message.body)
    except ValidationError:
        return None
    return body if body.tenant_id == message.group else None
