"""How keys are spelled. Every partition key begins with the tenant, so no query crosses tenants."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

LIST_MONTHS_MAX = 240
"""How many month partitions a list looks back before it gives up: twenty years."""

_MONTH_CHARACTERS = len("2026-01")
_NEVER_WON = 10**15 - 1
_NUMBER_MAX = 10**10 - 1


def tenant_key(tenant_id: str, *parts: str) -> str:
    """A partition key of a tenant."""
    return "#".join((tenant_id, *parts))


def month(at: datetime) -> str:
    """The partition of a moment: its month in UTC."""
    return _spelled(at)[:_MONTH_CHARACTERS]


def months_back(newest: datetime, oldest: datetime) -> Iterator[str]:
    """Month partitions from the newest moment back to the oldest, at most `LIST_MONTHS_MAX`."""
    first = newest.astimezone(UTC).replace(day=1)
    for _ in range(LIST_MONTHS_MAX):
        yield month(first)
        if month(first) <= month(oldest):
            return
        first = (first - timedelta(days=1)).replace(day=1)


def list_bucket(tenant_id: str, kind: str, *, is_test: bool, at_month: str) -> str:
    """The partition of a list: test data have partitions of their own."""
    return tenant_key(tenant_id, kind, "TEST" if is_test else "LIVE", at_month)


def moment_key(at: datetime, identifier: str = "") -> str:
    """A sort key by time, then by identifier."""
    return f"{_spelled(at)}#{identifier}"


def _spelled(at: datetime) -> str:
    """A moment in UTC; texts have the order of moments, also of those before the year 1000."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def milliseconds(at: datetime) -> int:
    """A moment as Unix milliseconds."""
    return int(at.timestamp() * 1000)


def rank_key(amount_cents: int, last_won_at: datetime | None, customer_number: int) -> str:
    """A sort key that, read downwards, gives the order in which bids would win.

    Higher amounts first; among equal ones never-won first, then the longest-ago win, then the
    lower customer number (`product.md`, 12.4).
    """
    since_win = _NEVER_WON - (milliseconds(last_won_at) + 1 if last_won_at else 0)
    return f"{amount_cents:014d}#{since_win:015d}#{_NUMBER_MAX - customer_number:010d}"
