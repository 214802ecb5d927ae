"""What the source API answers; every `price` is what the source is paid, in dollars."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from leadflow.domain.model import Frozen
from leadflow.domain.money import dollars
from leadflow.domain.sources import SourceType
from leadflow.runtime.representations.sparse import Sparse

if TYPE_CHECKING:
    from leadflow.application.receive_ping import PingAnswer
    from leadflow.application.submit_lead import Answer
    from leadflow.domain.promises import PingOffer


class LeadAnswer(Frozen):
    """The answer to `POST /leads`."""

    lead_public_id: str
    lead_uuid: str
    status: str
    price: float
    result: str
    submission_id: str
    flow_id: str
    is_test: bool


class PingBidAnswer(Frozen):
    """One offer, as internal sources see it; partners have no `customer_id`."""

    id: UUID
    price: float
    tcpa_name: str
    customer_id: int | None


class PingAnswerBody(Sparse):
    """The answer to `POST /ping`: vendors are told a price, internal sources the offers."""

    optional: ClassVar[frozenset[str]] = frozenset({"price", "bids"})

    ping_id: UUID
    message: str
    price: float | None = None
    bids: tuple[PingBidAnswer, ...] | None = None
    expires_at: datetime
    flow_id: str
    is_test: bool


def lead_answer(answer: Answer) -> LeadAnswer:
    """Spell an answer to a post."""
    return LeadAnswer(
        lead_public_id=answer.lead.id,
        lead_uuid=str(answer.lead.lead_uuid),
        status=answer.status,
        price=dollars(answer.payout_cents),
        result=answer.result,
        submission_id=answer.submission_id,
        flow_id=answer.flow_id,
        is_test=answer.lead.is_test,
    )


def ping_answer(answer: PingAnswer) -> PingAnswerBody:
    """Spell an answer to a ping."""
    ping, is_internal = answer.ping, answer.source.type is SourceType.INTERNAL
    return PingAnswerBody(
        ping_id=ping.id,
        message=ping.message,
        price=None if is_internal else dollars(ping.price_cents),
        bids=tuple(map(_bid, ping.offers)) if is_internal else None,
        expires_at=ping.expires_at,
        flow_id=ping.flow_id,
        is_test=ping.is_test,
    )


def _bid(offer: PingOffer) -> PingBidAnswer:
    return PingBidAnswer(
        id=offer.id,
        price=dollars(offer.payout_cents),
        tcpa_name=offer.consent_name,
        customer_id=offer.customer_number,
    )
