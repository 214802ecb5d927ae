"""Time, identifiers and secrets from the operating system."""

import secrets
from datetime import UTC, datetime
from uuid import UUID, uuid4

from ulid import ULID

SECRET_BYTES = 32


class SystemClock:
    """Implements `Clock`."""

    def now(self) -> datetime:
        """The moment in UTC, cut to milliseconds: what the stores and the API keep of it."""
        moment = datetime.now(UTC)
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


class Ulids:
    """Implements `IdFactory`."""

    def new(self, prefix: str) -> str:
        """A prefix and a lower-case ULID."""
        return f"{prefix}_{str(ULID()).lower()}"

    def uuid(self) -> UUID:
        """A random UUID."""
        return uuid4()

    def secret(self) -> str:
        """256 random bits as URL-safe text."""
        return secrets.token_urlsafe(SECRET_BYTES)
