"""Requests to somebody else's URL: headers and secrets around what is sent (`product.md`, 16.2)."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace

from leadflow.domain.exchanges import AuthType, BodyFormat, HttpMethod, HttpTarget, is_secret_header

MASK = "***"

_CONTENT_TYPES: Mapping[BodyFormat, str] = {
    BodyFormat.JSON: "application/json",
    BodyFormat.FORM: "application/x-www-form-urlencoded",
}


@dataclass(frozen=True)
class RequestParts:
    """A request as it goes out."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None


def asked(target: HttpTarget, query: str, secrets: Mapping[str, str]) -> RequestParts:
    """A request that sends its data in the query. `secrets` are those of `secret_names`."""
    url = _with_query(target.url, query)
    return RequestParts(HttpMethod.GET.value, url, _headers(target, secrets), None)


def posted(
    target: HttpTarget, spelled: BodyFormat, body: bytes, secrets: Mapping[str, str]
) -> RequestParts:
    """A request that sends its data in the body. `secrets` are those of `secret_names`."""
    headers = _headers(target, secrets)
    if not any(name.casefold() == "content-type" for name in headers):
        headers["Content-Type"] = _CONTENT_TYPES[spelled]
    return RequestParts(target.method.value, target.url, headers, body)


def masked(parts: RequestParts, target: HttpTarget) -> RequestParts:
    """The request as it may be shown: secrets are never anywhere but in its headers."""
    hidden = {name.casefold() for name in target.secret_headers}
    headers = {
        name: MASK if name.casefold() in hidden or is_secret_header(name) else value
        for name, value in parts.headers.items()
    }
    return replace(parts, headers=headers)


def _headers(target: HttpTarget, secrets: Mapping[str, str]) -> dict[str, str]:
    own = {name: secrets.get(f"header:{name}", "") for name in target.secret_headers}
    given = {**target.headers, **own}
    authorization = _authorization(target, secrets)
    if authorization is None:
        return given
    kept = {name: value for name, value in given.items() if name.casefold() != "authorization"}
    return {**kept, "Authorization": authorization}


def _authorization(target: HttpTarget, secrets: Mapping[str, str]) -> str | None:
    if target.auth.type is AuthType.BEARER:
        return f"Bearer {secrets.get('token', '')}"
    if target.auth.type is AuthType.BASIC:
        pair = f"{target.auth.username or ''}:{secrets.get('password', '')}"
        return f"Basic {b64encode(pair.encode(errors='replace')).decode()}"
    return None


def _with_query(url: str, query: str) -> str:
    """The URL with more of a query, without a fragment."""
    address = url.partition("#")[0]
    if not query:
        return address
    joint = "" if address.endswith(("?", "&")) else "&" if "?" in address else "?"
    return f"{address}{joint}{query}"
