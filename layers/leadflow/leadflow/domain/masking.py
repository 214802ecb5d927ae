"""Hiding secrets in what is shown of a call, also where the other side repeats them."""

import json
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote, quote_plus

from leadflow.domain.target_requests import MASK


def without_secrets(text: str, secrets: Iterable[str]) -> str:
    """The text without any of the secrets, as they are or as JSON or a URL spells them."""
    spelled = {one for secret in secrets for one in _spellings(secret)}
    for one in sorted(spelled, key=len, reverse=True):
        text = text.replace(one, MASK)
    return text


def headers_without_secrets(
    headers: Mapping[str, str], secrets: Iterable[str]
) -> Mapping[str, str]:
    """Headers whose values have none of the secrets."""
    hidden = tuple(secrets)
    return {name: without_secrets(value, hidden) for name, value in headers.items()}


def _spellings(secret: str) -> Iterator[str]:
    if secret:
        yield secret
        yield json.dumps(secret)[1:-1]
        yield quote(secret, safe="")
        yield quote_plus(secret)
