"""How the tenant's Real Estate API is reached (`product.md`, 11.5; `api.md`, 6)."""

import re
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator
from pydantic import Field as Bound

from leadflow.application.audit_trail import MASK
from leadflow.application.configuration_ports import (
    REAL_ESTATE_API,
    REAL_ESTATE_API_SECRETS,
    Change,
    ResourceKind,
)
from leadflow.application.exchange_ports import Secrets
from leadflow.application.manage_configuration.changes import Changes
from leadflow.application.manage_configuration.desk import Desk, Edit, secret_change
from leadflow.application.manage_configuration.target_forms import URL_CHARACTERS_MAX
from leadflow.application.requests import VersionCheck, validated
from leadflow.domain.configuration import RealEstateApi
from leadflow.domain.errors import NotFound, ValidationFailed
from leadflow.domain.json_objects import JsonObject
from leadflow.domain.model import Request
from leadflow.domain.principals import UserPrincipal

KEY_CHARACTERS_MAX = 1_000

_KEY = re.compile(r"[\x21-\x7e]+")


def _in_a_header(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise ValueError("The key has characters that are not allowed in a header.")
    return key


Key = Annotated[
    str, Bound(min_length=1, max_length=KEY_CHARACTERS_MAX), AfterValidator(_in_a_header)
]


class RealEstateApiForm(Request):
    """The integration as a request names it; a key that is masked (`***`) stays as it is."""

    base_url: Annotated[str, Bound(min_length=1, max_length=URL_CHARACTERS_MAX)]
    api_key: Key = Bound(repr=False)
    skip_trace_api_key: Key | None = Bound(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class ManageRealEstateApi:
    """The action with its ports."""

    changes: Changes

    def show(self, user: UserPrincipal) -> RealEstateApi:
        """The integration, without its keys. Raises `NotFound` when there is none."""
        found = self.changes.current(user).real_estate_api
        if found is None:
            raise NotFound
        return found

    def replace(self, user: UserPrincipal, body: JsonObject, check: VersionCheck) -> RealEstateApi:
        """Store the integration, a new one or instead of the old. Raises `ValidationFailed`."""
        form = validated(RealEstateApiForm, body)

        def decide(desk: Desk) -> Edit:
            before = desk.configuration.real_estate_api
            check(before.version if before else 0)
            return _replaced(form, before, desk)

        self.changes.make(user, decide)
        return self.show(user)

    def remove(self, user: UserPrincipal, check: VersionCheck) -> None:
        """Forget the integration with its keys. Raises `NotFound` when there is none."""

        def decide(desk: Desk) -> Edit:
            before = desk.configuration.real_estate_api
            if before is None:
                raise NotFound
            check(before.version)
            change = Change(ResourceKind.INTEGRATION, REAL_ESTATE_API, before, None)
            gone = secret_change(
                REAL_ESTATE_API_SECRETS, before.version + 1, _stored(before, desk), {}
            )
            return Edit(REAL_ESTATE_API, (change,), kept_apart=(gone,))

        self.changes.make(user, decide)


def _replaced(form: RealEstateApiForm, before: RealEstateApi | None, desk: Desk) -> Edit:
    keys = _keys(form, before, desk)
    if errors := _mistakes(form, before, keys, desk):
        raise ValidationFailed(errors)
    after = RealEstateApi(
        base_url=form.base_url.rstrip("/"),
        skip_traces="skip_trace_api_key" in keys,
        version=_next_version(before, desk),
        created_at=before.created_at if before else desk.now,
        updated_at=desk.now,
    )
    return Edit(
        REAL_ESTATE_API,
        (Change(ResourceKind.INTEGRATION, REAL_ESTATE_API, before, after),),
        kept_apart=(
            secret_change(REAL_ESTATE_API_SECRETS, after.version, _stored(before, desk), keys),
        ),
    )


def _next_version(before: RealEstateApi | None, desk: Desk) -> int:
    """A version that no earlier integration had, be it removed: stamps only ever grow."""
    return before.version + 1 if before else desk.configuration.stamp + 1


def _keys(form: RealEstateApiForm, before: RealEstateApi | None, desk: Desk) -> Secrets:
    told = {"api_key": form.api_key, "skip_trace_api_key": form.skip_trace_api_key}
    stored = _stored(before, desk)
    wanted = {name: stored.get(name) if key == MASK else key for name, key in told.items()}
    return {name: key for name, key in wanted.items() if key is not None}


def _stored(before: RealEstateApi | None, desk: Desk) -> Secrets:
    return desk.secrets_of(REAL_ESTATE_API_SECRETS, before.version) if before else {}


def _mistakes(
    form: RealEstateApiForm, before: RealEstateApi | None, keys: Secrets, desk: Desk
) -> dict[str, list[str]]:
    errors = {
        name: ["This is needed; nothing is stored that could be kept."]
        for name in ("api_key", "skip_trace_api_key")
        if getattr(form, name) is not None and name not in keys
    }
    is_known = before is not None and before.base_url == form.base_url.rstrip("/")
    if not is_known and (message := _url_mistake(form.base_url, desk)):
        errors["base_url"] = [message]
    return errors


def _url_mistake(url: str, desk: Desk) -> str | None:
    """Paths are put behind the URL, so nothing may follow its own."""
    return desk.url_mistake(url) or (
        "The URL must have neither a query nor a fragment."
        if urlsplit(url).query or urlsplit(url).fragment
        else None
    )
