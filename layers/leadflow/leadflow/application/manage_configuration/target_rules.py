"""What a target of calls must keep to be saved (`product.md`, 16.2)."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from leadflow.application.manage_configuration.target_forms import (
    AuthForm,
    TargetForm,
    path_of_secret,
)
from leadflow.domain.exchanges import AuthType, HttpTarget

HEADER_CHARACTERS_MAX = 2_000

Mistake = tuple[str, str]
"""Path within the target, and message."""

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_HEADER_VALUE = re.compile(rf"[\x20-\x7e\t]{{0,{HEADER_CHARACTERS_MAX}}}")
_TOKEN = re.compile(r"[\x21-\x7e]+")
_SET_BY_US = frozenset(
    {
        "host",
        "content-length",
        "transfer-encoding",
        "connection",
        "webhook-id",
        "webhook-timestamp",
        "webhook-signature",
    }
)
"""By the transport, or by the signature of a message."""

_NOTHING_KEPT = "This is needed; nothing is stored that could be kept."


def target_mistakes(
    form: TargetForm,
    before: HttpTarget | None,
    missing: Iterable[str],
    url_mistake: Callable[[str], str | None],
) -> Iterator[Mistake]:
    """What is wrong with a target. An address that is stored already may stay.

    `missing` are secrets that it needs and will not have.
    """
    return chain(
        _url_mistakes(form, before, url_mistake),
        _auth_mistakes(form.auth),
        _header_mistakes(form),
        ((path_of_secret(name), _NOTHING_KEPT) for name in missing),
    )


def _url_mistakes(
    form: TargetForm, before: HttpTarget | None, url_mistake: Callable[[str], str | None]
) -> Iterator[Mistake]:
    is_known = before is not None and before.url == form.url
    if not is_known and (message := url_mistake(form.url)):
        yield "url", message


def _auth_mistakes(auth: AuthForm) -> Iterator[Mistake]:
    if auth.type is AuthType.BASIC:
        if auth.username is None:
            yield "auth.username", "Basic authentication needs a username."
        elif ":" in auth.username:
            yield "auth.username", "The username must not have a colon."
    elif auth.username is not None or auth.password is not None:
        member = "username" if auth.username is not None else "password"
        yield f"auth.{member}", "Only basic authentication has this."
    if auth.type is not AuthType.BEARER and auth.token is not None:
        yield "auth.token", "Only bearer authentication has a token."
    elif auth.token is not None and not _TOKEN.fullmatch(auth.token):
        yield "auth.token", "The token has characters that are not allowed in a header."


def _header_mistakes(form: TargetForm) -> Iterator[Mistake]:
    seen: set[str] = set()
    for name, value in form.headers.items():
        if message := _header_mistake(name, value, seen, form.auth.type):
            yield f"headers.{name}", message
        seen.add(name.casefold())


def _header_mistake(name: str, value: str, seen: set[str], auth: AuthType) -> str | None:
    if not _HEADER_NAME.fullmatch(name):
        return "This is no name of a header."
    if name.casefold() in _SET_BY_US:
        return "This header is always set by itself."
    if name.casefold() == "authorization" and auth is not AuthType.NONE:
        return "This header is set by the authentication."
    if name.casefold() in seen:
        return "The header is named twice."
    return None if _HEADER_VALUE.fullmatch(value) else "This is no value of a header."
