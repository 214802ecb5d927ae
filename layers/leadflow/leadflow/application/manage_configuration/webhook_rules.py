"""What requests say of webhooks, and what they must keep (`product.md`, 17.4 and 21)."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import Field as Bound

from leadflow.application.exchange_ports import Secrets
from leadflow.application.manage_configuration.exchange_forms import MappingRows
from leadflow.application.manage_configuration.exchange_rules import row_mistakes
from leadflow.application.manage_configuration.forms import Name
from leadflow.application.manage_configuration.target_forms import (
    TargetForm,
    kept_secrets,
    shown_target,
    target_of,
)
from leadflow.application.manage_configuration.target_rules import target_mistakes
from leadflow.domain.exchanges import BodyFormat, secret_names
from leadflow.domain.merge_fields import UNMATCHED, is_whole, names, unknown
from leadflow.domain.payload_templates import (
    DEFAULT_TEMPLATE,
    TEMPLATE_CHARACTERS_MAX,
    template_mistakes,
)
from leadflow.domain.signing_secrets import first_secret, signing_part, signing_secret
from leadflow.domain.told_facts import FactName
from leadflow.domain.webhooks import Webhook


class AnyWebhookForm(TargetForm):
    """What all webhooks have. `paused_reason` and `paused_at` are shown only, and ignored."""

    name: Name
    active: bool = True
    paused_reason: str | None = None
    paused_at: Annotated[datetime | None, Bound(strict=False)] = None


class WebhookForm(AnyWebhookForm):
    """A webhook of the tenant."""

    event: Annotated[FactName, Bound(strict=False)]
    mapping: MappingRows = ()


class CustomerWebhookForm(AnyWebhookForm):
    """A webhook of a customer; a new one starts paused, whatever the request says."""

    format: Annotated[BodyFormat, Bound(strict=False)] = BodyFormat.JSON
    template: Annotated[str, Bound(max_length=TEMPLATE_CHARACTERS_MAX)] = DEFAULT_TEMPLATE
    active: bool = False


@dataclass(frozen=True)
class Kept:
    """The secrets of a webhook as they will be, and the names of those that are missing."""

    secrets: Secrets
    missing: Collection[str]


def shown_webhook(webhook: Webhook) -> dict[str, object]:
    """The members that the forms of all webhooks share."""
    own = {"name", "active", "paused_reason", "paused_at"}
    return {**webhook.model_dump(include=own), **shown_target(webhook)}


def webhook_members(form: AnyWebhookForm, before: Webhook | None) -> dict[str, object]:
    """The members of the webhook that a form stands for; setting it active ends a pause."""
    stays_paused = before is not None and not form.active
    return {
        **target_of(form),
        "name": form.name,
        "active": form.active,
        "paused_reason": before.paused_reason if before and stays_paused else None,
        "paused_at": before.paused_at if before and stays_paused else None,
    }


def kept_of(form: AnyWebhookForm, draft: Webhook, stored: Secrets, random: str) -> Kept:
    """Secrets that the form tells or leaves as they are stored; a new webhook begins to sign.

    `random` is a long random text.
    """
    wanted = tuple(secret_names(draft))
    told = kept_secrets(form, wanted, stored)
    signing = signing_part(stored) or first_secret(signing_secret(random))
    return Kept({**told, **signing}, [name for name in wanted if name not in told])


def webhook_mistakes(
    form: AnyWebhookForm,
    before: Webhook | None,
    others: Iterable[Webhook],
    missing: Collection[str],
    url_mistake: Callable[[str], str | None],
) -> dict[str, list[str]]:
    """What is wrong with what all webhooks have; `others` are those beside it."""
    errors: dict[str, list[str]] = {}
    if form.name.casefold() in {one.name.casefold() for one in others}:
        errors["name"] = ["The name is already taken."]
    for path, message in target_mistakes(form, before, missing, url_mistake):
        errors.setdefault(path, []).append(message)
    return errors


def mapping_mistakes(form: WebhookForm, known: Collection[str]) -> dict[str, list[str]]:
    """What is wrong with mapping rows; `known` are their merge fields."""
    errors: dict[str, list[str]] = {}

    def mistakes(text: str) -> list[str]:
        found = [] if is_whole(text) else [UNMATCHED]
        return found + [unknown(one) for one in dict.fromkeys(names(text)) if one not in known]

    for path, message in row_mistakes(form.mapping, mistakes):
        errors.setdefault(path, []).append(message)
    return errors


def template_errors(form: CustomerWebhookForm, known: Collection[str]) -> dict[str, list[str]]:
    """What is wrong with a template; `known` are its merge fields."""
    found = template_mistakes(form.template, known)
    return {"template": found} if found else {}
