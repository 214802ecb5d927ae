"""What a partner's answer means by the rules of its exchange (`product.md`, 15.10 and 16.2).

Answers come from outside: whatever they hold, reading them never fails. Only these rules say what
a status, a body or a price is worth.
"""

import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from http import HTTPStatus
from itertools import islice

from leadflow.domain.answer_paths import found, text_of
from leadflow.domain.decisions import Reason
from leadflow.domain.errors import MalformedRequest
from leadflow.domain.exchanges import ResponseRules
from leadflow.domain.json_objects import parse_json
from leadflow.domain.money import CENTS_MAX

MESSAGE_CHARACTERS_MAX = 200
RESPONSE_VALUE_CHARACTERS_MAX = 1_000
RESPONSE_VALUES_MAX = 100

Detail = Mapping[str, str]
"""What the decision record tells beside a reason: `status`, `message`, `failure`."""

_PLAIN_DECIMAL = re.compile(r"[0-9]{1,60}(?:\.[0-9]{1,60})?")
_CENT = Decimal("0.01")
_CENTS_IN_A_DOLLAR = 100
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")


@dataclass(frozen=True)
class Offered:
    """A ping's answer with a price; `answer` is its parsed JSON."""

    amount_cents: int
    answer: object


@dataclass(frozen=True)
class NoOffer:
    """A ping without an offer, and why."""

    reason: Reason
    detail: Detail | None = None


@dataclass(frozen=True)
class Accepted:
    """The partner has the lead."""

    detail: Detail | None = None


@dataclass(frozen=True)
class Refused:
    """The partner does not have the lead, and why."""

    reason: Reason
    detail: Detail | None = None


@dataclass(frozen=True)
class Unknown:
    """The partner may or may not have the lead."""

    detail: Detail | None = None


PingOutcome = Offered | NoOffer
PostOutcome = Accepted | Refused | Unknown


def is_success(status: int) -> bool:
    """Whether a status is a 2xx; redirects are none, for they are not followed."""
    return HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES


def reads_posts(rules: ResponseRules) -> bool:
    """Whether the answer to a post has to be read: without a path, any 2xx is a success."""
    return bool(rules.success_path or rules.duplicate_path)


def read_ping(rules: ResponseRules, status: int, body: bytes) -> PingOutcome:
    """What the answer to a ping is worth: an offer needs success and a price."""
    parsed = _parsed(body)
    if not is_success(status):
        detail = {"status": str(status), **_message(rules, parsed)}
        return NoOffer(Reason.PARTNER_PING_HTTP_ERROR, detail)
    if parsed is None:
        return NoOffer(Reason.PARTNER_PING_INVALID_RESPONSE)
    price = found(parsed.value, rules.price_path) if rules.price_path else None
    cents = price_cents(price)
    if _is_duplicate(rules, parsed.value):
        reason = Reason.PARTNER_PING_DUPLICATE
    elif not _is_accepted(rules, parsed.value):
        reason = Reason.PARTNER_PING_DECLINED
    elif cents is None:
        reason = Reason.PARTNER_PING_NO_PRICE
    else:
        return Offered(cents, parsed.value)
    return NoOffer(reason, _message(rules, parsed))


def read_post(rules: ResponseRules, status: int, body: bytes) -> PostOutcome:
    """Whether the partner has taken the lead; a price in the answer is information only."""
    parsed = _parsed(body)
    message = _message(rules, parsed)
    if not is_success(status):
        return Refused(Reason.PARTNER_POST_HTTP_ERROR, {"status": str(status), **message})
    if not reads_posts(rules):
        return Accepted(message)
    if parsed is None:
        return Unknown({"failure": "the answer is no JSON"})
    if _is_duplicate(rules, parsed.value):
        return Refused(Reason.PARTNER_POST_DUPLICATE, message)
    accepted = _is_accepted(rules, parsed.value)
    return Accepted(message) if accepted else Refused(Reason.PARTNER_POST_DECLINED, message)


def price_cents(dollars: object) -> int | None:
    """A price in dollars, a number or its plain decimal text, cut down to the cent.

    None for what is no number, not above 0, or above `CENTS_MAX`.
    """
    if isinstance(dollars, str):
        dollars = Decimal(dollars) if _PLAIN_DECIMAL.fullmatch(dollars) else None
    if isinstance(dollars, bool) or not isinstance(dollars, int | Decimal):
        return None
    exact = Decimal(dollars)
    if not exact.is_finite() or not 0 < exact <= CENTS_MAX // _CENTS_IN_A_DOLLAR:
        return None
    return int(exact // _CENT) or None


def response_values(parsed: object, paths: Iterable[str]) -> Mapping[str, str]:
    """What lies at the paths of an answer, as text by path; nothing for what is not there.

    At most `RESPONSE_VALUES_MAX`, each of at most `RESPONSE_VALUE_CHARACTERS_MAX` characters.
    """
    texts = ((path, text_of(found(parsed, path))) for path in islice(paths, RESPONSE_VALUES_MAX))
    return {path: _kept(text) for path, text in texts if text is not None}


def _kept(text: str) -> str:
    return _UNPRINTABLE.sub(" ", text[:RESPONSE_VALUE_CHARACTERS_MAX])


@dataclass(frozen=True)
class _Parsed:
    value: object


def _parsed(body: bytes) -> _Parsed | None:
    try:
        return _Parsed(parse_json(body.removeprefix(BOM_UTF8).decode()))
    except (UnicodeDecodeError, MalformedRequest):
        return None


def _message(rules: ResponseRules, parsed: _Parsed | None) -> dict[str, str]:
    if parsed is None or rules.message_path is None:
        return {}
    text = text_of(found(parsed.value, rules.message_path))
    message = _UNPRINTABLE.sub(" ", (text or "")[:MESSAGE_CHARACTERS_MAX]).strip()
    return {"message": message} if message else {}


def _is_duplicate(rules: ResponseRules, parsed: object) -> bool:
    """Duplicate values without a path of their own are looked for where success is."""
    path = rules.duplicate_path or (rules.success_path if rules.duplicate_values else None)
    return path is not None and _says(parsed, path, rules.duplicate_values)


def _is_accepted(rules: ResponseRules, parsed: object) -> bool:
    return rules.success_path is None or _says(parsed, rules.success_path, rules.success_values)


def _says(parsed: object, path: str, values: tuple[str, ...]) -> bool:
    """Whether one of the values lies there; without any: whether something does."""
    there = found(parsed, path)
    if values:
        return text_of(there) in values
    return there is not None and there is not False and there != ""
