"""Targets of calls as requests name them, and as they are shown (`product.md`, 16.2).

Secrets are written and never read: what is masked or left out stays as it is stored.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated

from pydantic import Field as Bound

from leadflow.application.audit_trail import MASK
from leadflow.domain.exchanges import (
    HEADERS_MAX,
    POST_TIMEOUT_SECONDS,
    TIMEOUT_SECONDS_MAX,
    AuthType,
    ExchangeAuth,
    HttpMethod,
    HttpTarget,
    is_secret_header,
)
from leadflow.domain.model import Request

URL_CHARACTERS_MAX = 2_048
CREDENTIAL_CHARACTERS_MAX = 1_000

_Credential = Annotated[
    str | None, Bound(min_length=1, max_length=CREDENTIAL_CHARACTERS_MAX, repr=False)
]


class AuthForm(Request):
    """How a request authenticates itself; password and token are written, never read."""

    type: Annotated[AuthType, Bound(strict=False)] = AuthType.NONE
    username: _Credential = None
    password: _Credential = None
    token: _Credential = None


class TargetForm(Request):
    """How a URL is called."""

    method: Annotated[HttpMethod, Bound(strict=False)] = HttpMethod.POST
    url: Annotated[str, Bound(min_length=1, max_length=URL_CHARACTERS_MAX)]
    auth: AuthForm = Bound(default_factory=AuthForm)
    headers: Annotated[dict[str, str], Bound(max_length=HEADERS_MAX, repr=False)] = Bound({})
    timeout_seconds: Annotated[int, Bound(ge=1, le=TIMEOUT_SECONDS_MAX)] = POST_TIMEOUT_SECONDS


def target_of(form: TargetForm) -> dict[str, object]:
    """The members of the target that a form stands for, without its secrets."""
    return {
        "method": form.method,
        "url": form.url,
        "auth": ExchangeAuth(type=form.auth.type, username=form.auth.username),
        "headers": {
            name: text for name, text in form.headers.items() if not is_secret_header(name)
        },
        "secret_headers": tuple(filter(is_secret_header, form.headers)),
        "timeout_seconds": form.timeout_seconds,
    }


def shown_target(target: HttpTarget) -> dict[str, object]:
    """The members of a target's form: secret headers masked, no password, no token."""
    members = target.model_dump(include=set(TargetForm.model_fields))
    masked = dict.fromkeys(target.secret_headers, MASK)
    return {**members, "headers": {**target.headers, **masked}}


def kept_secrets(
    form: TargetForm, names: Iterable[str], stored: Mapping[str, str]
) -> Mapping[str, str]:
    """The named secrets as far as the form tells them or they are stored."""
    old = {name.casefold(): secret for name, secret in stored.items()}
    secrets = {name: _told_secret(form, name) or old.get(name.casefold()) for name in names}
    return {name: secret for name, secret in secrets.items() if secret is not None}


def path_of_secret(name: str) -> str:
    """Where a form has a secret, by its name in the target."""
    kind, is_header, header = name.partition(":")
    return f"headers.{header}" if is_header else f"auth.{kind}"


def _told_secret(form: TargetForm, name: str) -> str | None:
    """What a form says of a secret; None: it is to stay as it is."""
    of_headers = {f"header:{header}": text for header, text in form.headers.items()}
    told = {"password": form.auth.password, "token": form.auth.token, **of_headers}[name]
    return None if told == MASK else told
