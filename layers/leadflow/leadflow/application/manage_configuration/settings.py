"""Tenant settings (`product.md`, 2.4 and 12.6; `api.md`, 8)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field as Bound

from leadflow.application.configuration_ports import (
    SETTINGS_ID,
    SETTINGS_SECRETS,
    Change,
    ResourceKind,
)
from leadflow.application.exchange_ports import Secrets
from leadflow.application.manage_configuration.changes import Changes
from leadflow.application.manage_configuration.desk import Desk, Edit, Members, secret_change
from leadflow.application.manage_configuration.forms import Name, PriceCents
from leadflow.application.requests import VersionCheck, validated
from leadflow.domain.errors import Unprocessable, ValidationFailed
from leadflow.domain.formats import Formats
from leadflow.domain.geography import Country
from leadflow.domain.json_objects import JsonObject
from leadflow.domain.limits import LevelSwitches, LimitSwitches
from leadflow.domain.model import Request
from leadflow.domain.principals import UserPrincipal
from leadflow.domain.settings import (
    OTHER_REASON,
    BiddingSettings,
    DirectPostSettings,
    KeyValue,
    TenantSettings,
)
from leadflow.domain.signing_secrets import (
    first_secret,
    rotated,
    signing_now,
    signing_secret,
)

RETURN_REASONS_MAX = 50
DIRECT_POST_FIELDS_MAX = 100

_REASON = re.compile(r"[a-z][a-z0-9_]{0,63}")


class DirectPostForm(Request):
    """The direct post of leads that the marketplace did not sell."""

    enabled: bool
    url: str | None
    fields: Annotated[tuple[KeyValue, ...], Bound(strict=False, max_length=DIRECT_POST_FIELDS_MAX)]


class BiddingForm(Request):
    """Rules for customers' bidding, with the twelve switches."""

    disabled: bool
    minimum_lifetime_deposits_cents: PriceCents | None
    lead_caps: Annotated[LevelSwitches, Bound(strict=False)]
    budgets: Annotated[LevelSwitches, Bound(strict=False)]


class SettingsForm(Request):
    """All settings; a request names those that change, however deep."""

    operating_countries: Annotated[
        tuple[Annotated[Country, Bound(strict=False)], ...], Bound(strict=False, min_length=1)
    ]
    default_consent_name: Name
    ping_validity_minutes: Annotated[int, Bound(ge=1, le=60)]
    source_rate_limit_per_minute: Annotated[int, Bound(ge=1, le=1_000_000)]
    return_window_days: Annotated[int, Bound(ge=0, le=3650)]
    return_reasons: Annotated[tuple[str, ...], Bound(strict=False, max_length=RETURN_REASONS_MAX)]
    return_policy_url: str | None
    return_tiers_enabled: bool
    marketplace_enabled: bool
    public_marketplace_enabled: bool
    direct_post: Annotated[DirectPostForm, Bound(strict=False)]
    auto_upgrade: bool
    stats_interval_minutes: Annotated[int, Bound(ge=5, le=1440)]
    bidding: Annotated[BiddingForm, Bound(strict=False)]


def settings_form(settings: TenantSettings) -> SettingsForm:
    """The settings as they are read and written."""
    members = settings.model_dump(exclude={"version"})
    members["bidding"] |= members["bidding"].pop("switches")
    return SettingsForm.model_validate(members)


def merged(stored: Members, patch: Members) -> Members:
    """A patch changes members at any depth; lists are replaced as a whole."""
    return {**stored, **{name: _merged_member(stored.get(name), patch[name]) for name in patch}}


def _merged_member(stored: object, value: object) -> object:
    if isinstance(stored, Mapping) and isinstance(value, Mapping):
        return merged(stored, value)
    return value


@dataclass(frozen=True)
class Stored:
    """The settings as they are now; `secret` is a new one that signs the direct post, told once."""

    settings: TenantSettings
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class ManageSettings:
    """The action with its ports."""

    changes: Changes

    def show(self, user: UserPrincipal) -> TenantSettings:
        """The settings as of now."""
        return self.changes.current(user).settings

    def change(self, user: UserPrincipal, patch: JsonObject, check: VersionCheck) -> Stored:
        """Store the settings with some of them replaced. Raises `ValidationFailed`."""

        def decide(desk: Desk) -> Edit:
            before = desk.configuration.settings
            check(before.version)
            after = _changed(before, patch, desk)
            is_switched_on = after.direct_post.enabled and not before.direct_post.enabled
            return _edit(before, after, desk, first_secret if is_switched_on else None)

        return self._stored(user, decide)

    def rotate_secret(self, user: UserPrincipal) -> Stored:
        """Give the direct post a new signing secret; the old one goes on signing for a day.

        Raises `Unprocessable` (`direct_post_not_configured`) while it is off.
        """

        def decide(desk: Desk) -> Edit:
            before = desk.configuration.settings
            if not before.direct_post.enabled:
                message = "No direct post is configured."
                raise Unprocessable(message, code="direct_post_not_configured")
            after = before.model_copy(update={"version": before.version + 1})
            kept = desk.secrets_of(SETTINGS_SECRETS, before.version)
            return _edit(before, after, desk, lambda secret: rotated(kept, secret, desk.now))

        return self._stored(user, decide)

    def _stored(self, user: UserPrincipal, decide: Callable[[Desk], Edit]) -> Stored:
        edit = self.changes.make(user, decide)
        made = [signing_now(one.secrets, self.changes.clock.now())[0] for one in edit.kept_apart]
        return Stored(self.show(user), made[0] if made else None)


def _edit(
    before: TenantSettings,
    after: TenantSettings,
    desk: Desk,
    keep: Callable[[str], Secrets] | None,
) -> Edit:
    """The change of the settings; `keep` says what is kept once there is a new secret."""
    change = Change(ResourceKind.SETTINGS, SETTINGS_ID, before, after)
    if keep is None:
        return Edit(SETTINGS_ID, (change,))
    stored = desk.secrets_of(SETTINGS_SECRETS, before.version)
    kept = keep(signing_secret(desk.ids.secret()))
    secrets = secret_change(SETTINGS_SECRETS, after.version, stored, kept)
    return Edit(SETTINGS_ID, (change,), kept_apart=(secrets,))


def _changed(before: TenantSettings, patch: JsonObject, desk: Desk) -> TenantSettings:
    form = validated(SettingsForm, merged(settings_form(before).model_dump(), patch))
    if errors := _mistakes(form, before, desk):
        raise ValidationFailed(errors)
    members = form.model_dump()
    switches = LimitSwitches(lead_caps=form.bidding.lead_caps, budgets=form.bidding.budgets)
    members["bidding"] = BiddingSettings(
        disabled=form.bidding.disabled,
        minimum_lifetime_deposits_cents=form.bidding.minimum_lifetime_deposits_cents,
        switches=switches,
    )
    members["direct_post"] = DirectPostSettings.model_validate(form.direct_post.model_dump())
    return TenantSettings.model_validate({**members, "version": before.version + 1})


def _mistakes(form: SettingsForm, before: TenantSettings, desk: Desk) -> dict[str, list[str]]:
    found = {
        "operating_countries": _country_mistake(form.operating_countries),
        "return_reasons": _reason_mistake(form.return_reasons),
        "return_policy_url": _url_mistake(form.return_policy_url, desk.formats),
        "direct_post.url": _target_mistake(form.direct_post, before.direct_post, desk),
        "public_marketplace_enabled": "The public marketplace needs the marketplace."
        if form.public_marketplace_enabled and not form.marketplace_enabled
        else None,
    }
    return {path: [message] for path, message in found.items() if message}


def _target_mistake(wanted: DirectPostForm, before: DirectPostSettings, desk: Desk) -> str | None:
    """Where a lead is posted is checked as partners' URLs are, whenever it changes."""
    if wanted.url is None:
        return "A direct post that is switched on needs a URL." if wanted.enabled else None
    return None if wanted.url == before.url else desk.url_mistake(wanted.url)


def _country_mistake(countries: tuple[Country, ...]) -> str | None:
    return "A country occurs twice." if len(set(countries)) < len(countries) else None


def _reason_mistake(reasons: tuple[str, ...]) -> str | None:
    if OTHER_REASON not in reasons:
        return f"The reason {OTHER_REASON} cannot be removed."
    if not all(_REASON.fullmatch(reason) for reason in reasons):
        return "A reason is a code of lower-case letters, digits and underscores."
    return "A reason occurs twice." if len(set(reasons)) < len(reasons) else None


def _url_mistake(url: str | None, formats: Formats) -> str | None:
    if url is None:
        return None
    read = formats.url(url, with_scheme=True) or ""
    return None if read.casefold().startswith("https://") else "The URL must begin with https://."
