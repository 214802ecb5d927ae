"""What a call to `POST /leads` says besides the lead itself (`product.md`, 8; `api.md`, 3)."""

from dataclasses import dataclass

from leadflow.domain.errors import PayloadTooLarge, Unprocessable, ValidationFailed
from leadflow.domain.json_objects import JsonObject
from leadflow.domain.principals import SourcePrincipal
from leadflow.domain.sources import Source

BODY_BYTES_MAX = 256 * 1024
"""Size limit of every body, in bytes of UTF-8."""

PATIENCE_MS_MIN = 100
PATIENCE_MS_MAX = 25_000
"""How long a caller may wait for the outcome; other wishes are clamped."""

PING_NOT_FOUND = "Ping could not be found with the provided ping ID"


@dataclass(frozen=True)
class Post:
    """The body as it came, who sent it, and the attribution header if there was one.

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

    @property
    def patience_seconds(self) -> float:
        """The caller's patience in seconds."""
        return self.patience_ms / 1000


class PingReferenceFailed(Unprocessable):
    """The post names a ping that does not fit; `error` carries one of three fixed texts."""


def checked_size(body: str) -> str:
    """The body, unless it is over the limit: then raises `PayloadTooLarge`."""
    if _bytes(body) > BODY_BYTES_MAX:
        raise PayloadTooLarge(f"The body is larger than {BODY_BYTES_MAX} bytes.")
    return body


def options_of(body: JsonObject, post: Post, source: Source) -> PostOptions:
    """The options of a post.

    Raises `ValidationFailed` naming every member that is wrong, then `PingReferenceFailed`.
    """
    errors = {
        member: [message]
        for member, message in (
            ("is_test", _test_mistake(body, source)),
            ("bid_id", _bid_mistake(body)),
            ("timeout_ms", _patience_mistake(body)),
            ("X-Partner-Id", _partner_mistake(post)),
        )
        if message
    }
    if errors:
        raise ValidationFailed(errors)
    if body.get("ping_id") is not None:
        raise PingReferenceFailed(PING_NOT_FOUND, code="ping_not_found")
    wish = body.get("timeout_ms")
    patience = wish if isinstance(wish, int) else PATIENCE_MS_MAX
    return PostOptions(min(max(patience, PATIENCE_MS_MIN), PATIENCE_MS_MAX))


def _bytes(body: str) -> int:
    return len(body.encode(errors="surrogatepass"))


def _test_mistake(body: JsonObject, source: Source) -> str | None:
    wish = body.get("is_test", False)
    if not isinstance(wish, bool):
        return "The is_test field must be true or false."
    if wish and not source.test_mode:
        return "The source is not in test mode."
    return None


def _bid_mistake(body: JsonObject) -> str | None:
    if body.get("bid_id") is None or body.get("ping_id") is not None:
        return None
    return "The bid_id field needs the ping_id of the ping that the bid answered."


def _patience_mistake(body: JsonObject) -> str | None:
    wish = body.get("timeout_ms")
    whole = isinstance(wish, int) and not isinstance(wish, bool)
    return None if wish is None or whole else "The timeout_ms field must be a whole number."


def _partner_mistake(post: Post) -> str | None:
    # Partners cannot be configured yet, so no identifier is one of the tenant's.
    return None if post.partner_id is None else "There is no such partner."
