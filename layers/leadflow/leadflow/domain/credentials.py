"""Credentials: what a caller shows, and what is kept of it (`product.md`, 7.3; `api.md`, 2).

Only SHA-256 digests are kept. Secrets are 256 random bits, so a digest needs no salt and no
stretching.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime

from leadflow.domain.principals import Principal


@dataclass(frozen=True)
class ApiKey:
    """HTTP Basic: a key that is looked up and a secret that proves it."""

    key: str
    secret: str

    @property
    def lookup_hash(self) -> str:
        """What the credential is found by."""
        return digest(self.key)


@dataclass(frozen=True)
class BearerToken:
    """A token that is looked up by its own digest."""

    token: str

    @property
    def lookup_hash(self) -> str:
        """What the credential is found by."""
        return digest(self.token)


Presented = ApiKey | BearerToken


@dataclass(frozen=True)
class Credential:
    """What a secret stands for.

    `secret_hash` is None for a bearer token. `expires_at` None: it is good until it is revoked.
    """

    lookup_hash: str
    principal: Principal
    secret_hash: str | None = None
    expires_at: datetime | None = None

    def accepts(self, presented: Presented, now: datetime) -> bool:
        """Whether what was presented proves this credential at this moment."""
        if self.expires_at is not None and self.expires_at <= now:
            return False
        if isinstance(presented, BearerToken) or self.secret_hash is None:
            return isinstance(presented, BearerToken) and self.secret_hash is None
        return hmac.compare_digest(digest(presented.secret), self.secret_hash)


def digest(secret: str) -> str:
    """The hexadecimal SHA-256 of a secret."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


def presented(authorization: str | None) -> Presented | None:
    """Read an `Authorization` header; None when it is absent or of neither scheme."""
    scheme, _, value = (authorization or "").strip().partition(" ")
    value = value.strip()
    if scheme.casefold() == "bearer" and value:
        return BearerToken(value)
    return _api_key(value) if scheme.casefold() == "basic" else None


def _api_key(value: str) -> ApiKey | None:
    try:
        text = base64.b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    key, colon, secret = text.partition(":")
    return ApiKey(key, secret) if colon else None
