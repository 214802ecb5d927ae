"""A tenant and its settings (`product.md`, 2.4 and 12.6)."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field as Bound

from leadflow.domain.geography import Country
from leadflow.domain.identifiers import TenantId
from leadflow.domain.limits import LimitSwitches
from leadflow.domain.model import Frozen
from leadflow.domain.money import Cents

OTHER_REASON = "other"
"""The reason that cannot be removed, and says nothing without a note."""

RETURN_REASONS = (
    "invalid_phone",
    "wrong_number",
    "not_interested",
    "out_of_area",
    "duplicate",
    OTHER_REASON,
)


class KeyValue(Frozen):
    """An extra member of a direct post."""

    key: Annotated[str, Bound(min_length=1, max_length=200)]
    value: Annotated[str, Bound(max_length=2000)]


class DirectPostSettings(Frozen):
    """The post-marketplace direct post (13.5); its signing secret lies apart.

    `disabled_reason` and `disabled_at` tell that it was switched off without anybody asking.
    """

    enabled: bool = False
    url: str | None = None
    fields: tuple[KeyValue, ...] = ()
    disabled_reason: Literal["gone"] | None = None
    disabled_at: datetime | None = None

    def gone(self, at: datetime) -> "DirectPostSettings":
        """Switched off, since its receiver has answered 410."""
        off = {"enabled": False, "disabled_reason": "gone", "disabled_at": at}
        return self.model_copy(update=off)


class BiddingSettings(Frozen):
    """Rules for customers' bidding; switched-off limits are stored but not enforced."""

    disabled: bool = False
    minimum_lifetime_deposits_cents: Cents | None = None
    switches: LimitSwitches = Bound(default_factory=LimitSwitches)


class TenantSettings(Frozen):
    """The settings of a tenant with their defaults."""

    operating_countries: tuple[Country, ...] = (Country.US,)
    default_consent_name: str
    ping_validity_minutes: Annotated[int, Bound(ge=1, le=60)] = 5
    source_rate_limit_per_minute: Annotated[int, Bound(ge=1, le=1_000_000)] = 600
    return_window_days: Annotated[int, Bound(ge=0, le=3650)] = 7
    return_reasons: tuple[str, ...] = RETURN_REASONS
    return_policy_url: str | None = None
    return_tiers_enabled: bool = False
    marketplace_enabled: bool = True
    public_marketplace_enabled: bool = False
    direct_post: DirectPostSettings = Bound(default_factory=DirectPostSettings)
    auto_upgrade: bool = False
    stats_interval_minutes: Annotated[int, Bound(ge=5, le=1440)] = 960
    bidding: BiddingSettings = Bound(default_factory=BiddingSettings)
    version: int = 1


class Tenant(Frozen):
    """A company on Leadflow. `cursor_key` signs its list cursors and never leaves the store."""

    id: TenantId
    name: str
    currency: str = "USD"
    cursor_key: str
    created_at: datetime
