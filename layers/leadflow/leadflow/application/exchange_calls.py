"""What came of a call to a partner, also where no whole answer arrived (`product.md`, 15.10)."""

from leadflow.application.exchange_ports import Answer, Failure, Reply
from leadflow.domain.decisions import Reason
from leadflow.domain.exchange_answers import (
    Accepted,
    Detail,
    NoOffer,
    Offered,
    PingOutcome,
    PostOutcome,
    Refused,
    Unknown,
    is_success,
    read_ping,
    read_post,
    reads_posts,
)
from leadflow.domain.exchanges import Exchange

__all__ = [
    "Accepted",
    "NoOffer",
    "Offered",
    "PingOutcome",
    "PostOutcome",
    "Refused",
    "Unknown",
    "ping_outcome",
    "post_outcome",
]


def ping_outcome(exchange: Exchange, reply: Reply) -> PingOutcome:
    """An offer, or why there is none."""
    if isinstance(reply, Answer):
        return read_ping(exchange.response, reply.status, reply.body)
    detail = {"failure": reply.detail}
    if reply.timed_out:
        return NoOffer(Reason.PARTNER_PING_TIMEOUT, detail)
    if reply.failure is Failure.NOT_SENT:
        return NoOffer(Reason.PARTNER_PING_CONNECTION_FAILED, detail)
    return NoOffer(Reason.PARTNER_PING_INVALID_RESPONSE, detail)


def post_outcome(exchange: Exchange, reply: Reply) -> PostOutcome:
    """Whether the partner has the lead. What was sent and not clearly answered is unknown.

    A status is an answer even where the body got lost: outside of 2xx it is a refusal, within it
    is a success where nothing else has to be read.
    """
    if isinstance(reply, Answer):
        return read_post(exchange.response, reply.status, reply.body)
    detail = {"failure": reply.detail}
    if reply.failure is Failure.NOT_SENT:
        return Refused(Reason.PARTNER_POST_CONNECTION_FAILED, detail)
    if reply.status is not None:
        return _by_status(exchange, reply.status, detail)
    return Unknown(detail)


def _by_status(exchange: Exchange, status: int, detail: Detail) -> PostOutcome:
    if not is_success(status):
        return Refused(Reason.PARTNER_POST_HTTP_ERROR, {"status": str(status), **detail})
    return Unknown(detail) if reads_posts(exchange.response) else Accepted(detail)
