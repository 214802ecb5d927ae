"""What a call of the source API says besides the lead itself (`product.md`, 8; `api.md`, 3)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from leadflow.domain.errors import PayloadTooLarge, Unprocessable, ValidationFailed
from leadflow.domain.identifiers import PartnerId
from leadflow.domain.json_objects import JsonObject
from leadflow.domain.principals import SourcePrincipal
from leadflow.domain.sources import Source, SourceType

BODY_BYTES_MAX = 256 * 1024
"""Size limit of every body, in bytes of UTF-8."""

PATIENCE_MS_MIN = 100
PATIENCE_MS_MAX = 25_000
"""How long a caller may wait for the outcome; other wishes are clamped."""

PING_NOT_FOUND = "Ping could not be found with the provided ping ID"
PING_EXPIRED = "Ping ID has expired"
PING_MISMATCH = "Lead data does not match ping data"

Mistakes = Mapping[str, Sequence[str]]
"""Messages by the member that is wrong."""

_NO_PING = UUID(int=0)
"""No ping has this id, for theirs are random."""


@dataclass(frozen=True)
class Post:
    """A call as it came: its body, who sent it, and the attribution header if there was one.

    `repeat` names the request if it carries an `Idempotency-Key`.
    """

    principal: SourcePrincipal
    body: str
    partner_id: str | None = None
    repeat: str | None = None

    @property
    def kept_body(self) -> str:
        """The body as the submission keeps it: word for word, or nothing if it is oversized."""
        return self.body if _bytes(self.body) <= BODY_BYTES_MAX else ""


@dataclass(frozen=True)
class PostOptions:
    """Members that steer the call and are no data of the lead."""

    patience_ms: int = PATIENCE_MS_MAX
    ping_id: UUID | None = None
    bid_id: UUID | None = None

    @property
    def patience_seconds(self) -> float:
        """The caller's patience in seconds."""
        return self.patience_ms / 1000


class PostRefused(Unprocessable):
    """A post that nothing is wrong with by itself; the problem carries the text as `error`, too."""


class PingReferenceFailed(PostRefused):
    """The post names a ping that does not fit; `error` carries one of three fixed texts."""


class OverThreshold(PostRefused):
    """A vendor's post while the threshold is reached (8.5)."""

    code = "subscription_threshold"

    def __init__(self) -> None:
        super().__init__("The subscription threshold is reached; no leads are taken.")


def checked_size(body: str, bytes_max: int = BODY_BYTES_MAX) -> str:
    """The body, unless it is over the limit: then raises `PayloadTooLarge`."""
    if _bytes(body) > bytes_max:
        raise PayloadTooLarge(f"The body is larger than {bytes_max} bytes.")
    return body


def partner_of(post: Post, source: Source, partners: Collection[PartnerId]) -> PartnerId | None:
    """Whom a post is attributed to: the named one of the live partners, else the source's."""
    named = PartnerId(post.partner_id or "")
    return named if named in partners else source.partner_id


def ping_mistakes(
    body: JsonObject, post: Post, source: Source, partners: Collection[PartnerId]
) -> Mistakes:
    """What is wrong with the options of a ping; `partners` are the tenant's live ones."""
    found = {
        "is_test": _test_mistake(body, source),
        "timeout_ms": _patience_mistake(body),
        "X-Partner-Id": _partner_mistake(post, partners),
    }
    return {member: [message] for member, message in found.items() if message}


def post_mistakes(
    body: JsonObject, post: Post, source: Source, partners: Collection[PartnerId]
) -> Mistakes:
    """The same for a post, which may name a ping and one of its bids."""
    of_bid = _bid_mistake(body, source)
    return {
        **ping_mistakes(body, post, source, partners),
        **({"bid_id": [of_bid]} if of_bid else {}),
    }


def options_of(body: JsonObject) -> PostOptions:
    """The options of a call without mistakes."""
    return PostOptions(_patience_ms(body), referenced_ping(body), _uuid(body.get("bid_id")))


def referenced_ping(body: JsonObject) -> UUID | None:
    """The ping that a post names; what can be no ping's id names one that never exists."""
    named = body.get("ping_id")
    return None if named is None else _uuid(named) or _NO_PING


def check_bid(bid_id: UUID | None, known: Collection[UUID]) -> None:
    """Raise `ValidationFailed` for a bid that is none of the ping's (8.4)."""
    if bid_id is not None and bid_id not in known:
        raise ValidationFailed({"bid_id": ["The bid_id field names no bid of that ping."]})


def _patience_ms(body: JsonObject) -> int:
    wish = body.get("timeout_ms")
    patience = wish if isinstance(wish, int) else PATIENCE_MS_MAX
    return min(max(patience, PATIENCE_MS_MIN), PATIENCE_MS_MAX)


def _uuid(text: object) -> UUID | None:
    try:
        return UUID(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _bytes(body: str) -> int:
    return len(body.encode(errors="surrogatepass"))


def _test_mistake(body: JsonObject, source: Source) -> str | None:
    wish = body.get("is_test", False)
    if not isinstance(wish, bool):
        return "The is_test field must be true or false."
    if wish and not source.test_mode:
        return "The source is not in test mode."
    return None


def _bid_mistake(body: JsonObject, source: Source) -> str | None:
    if body.get("bid_id") is None:
        return None
    if source.type is not SourceType.INTERNAL:
        return "Only an internal source may name a bid_id."
    if body.get("ping_id") is None:
        return "The bid_id field needs the ping_id of the ping that the bid answered."
    return None if _uuid(body["bid_id"]) else "The bid_id field names no bid of that ping."


def _patience_mistake(body: JsonObject) -> str | None:
    wish = body.get("timeout_ms")
    whole = isinstance(wish, int) and not isinstance(wish, bool)
    return None if wish is None or whole else "The timeout_ms field must be a whole number."


def _partner_mistake(post: Post, partners: Collection[PartnerId]) -> str | None:
    known = post.partner_id is None or post.partner_id in partners
    return None if known else "There is no such partner."
