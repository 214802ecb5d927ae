"""Find out who calls (`product.md`, 3.2; `api.md`, 2).

Runs before every request that the gateway has not seen for a minute, so it loads as little as it
can.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from leadflow.domain.credentials import Credential, presented
from leadflow.domain.principals import Principal


class Credentials(Protocol):
    """Secrets, kept as digests only."""

    def find(self, lookup_hash: str) -> Credential | None:
        """What a digest stands for; None for an unknown or revoked one."""
        ...


class Now(Protocol):
    """The time."""

    def now(self) -> datetime:
        """The moment in UTC, aware."""
        ...


@dataclass(frozen=True, kw_only=True)
class AuthorizeRequest:
    """The action with its ports."""

    credentials: Credentials
    clock: Now

    def __call__(self, authorization: str | None) -> Principal | None:
        """Who presents this `Authorization` header; None: nobody that is known."""
        shown = presented(authorization)
        credential = self.credentials.find(shown.lookup_hash) if shown else None
        if shown is None or credential is None:
            return None
        return credential.principal if credential.accepts(shown, self.clock.now()) else None
