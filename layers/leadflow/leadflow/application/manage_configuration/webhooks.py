"""Webhooks of the tenant (`product.md`, 21)."""

from collections.abc import Collection, Iterator

from leadflow.application.configuration_ports import Change, ResourceKind
from leadflow.application.exchange_ports import Secrets
from leadflow.application.find_webhooks import webhook_secrets
from leadflow.application.manage_configuration.desk import (
    Desk,
    Edit,
    Plain,
    SigningSecret,
    head_of,
    secret_change,
)
from leadflow.application.manage_configuration.exchange_rules import merge_names
from leadflow.application.manage_configuration.webhook_rules import (
    WebhookForm,
    kept_of,
    mapping_mistakes,
    shown_webhook,
    webhook_members,
    webhook_mistakes,
)
from leadflow.application.webhook_samples import mapping_names
from leadflow.domain.configuration import Configuration
from leadflow.domain.errors import ValidationFailed
from leadflow.domain.signing_secrets import rotated, signing_now, signing_secret
from leadflow.domain.webhooks import WEBHOOKS_MAX, Webhook

WEBHOOK_BYTES_MAX = 350_000
"""Size limit of a webhook as it is stored, as JSON in bytes: it has to fit into one item."""


def rotated_webhook(before: Webhook, desk: Desk) -> Edit:
    """A new signing secret, told once; the old one goes on signing for a day."""
    after = before.model_copy(update={"version": before.version + 1, "updated_at": desk.now})
    secret, stored = signing_secret(desk.ids.secret()), _stored_secrets(before, desk)
    kept = {**stored, **rotated(stored, secret, desk.now)}
    return _edit(before, after, stored, kept, SigningSecret(secret))


def _form_of(webhook: Webhook, _configuration: Configuration) -> WebhookForm:
    own = webhook.model_dump(include={"event", "mapping"})
    return WebhookForm.model_validate({**shown_webhook(webhook), **own})


def _build(form: WebhookForm, before: Webhook | None, desk: Desk) -> Edit:
    head, stored = head_of(before, "webhook", desk), _stored_secrets(before, desk)
    after = Webhook.model_validate(
        {
            **webhook_members(form, before),
            **form.model_dump(include={"event", "mapping"}),
            "id": head.id,
            "version": head.version,
            "created_at": head.created_at,
            "updated_at": head.updated_at,
        }
    )
    kept = kept_of(form, after, stored, desk.ids.secret())
    if errors := dict(_mistakes(form, before, kept.missing, desk)):
        raise ValidationFailed(errors)
    _check_size(after)
    is_new = before is None
    secret = SigningSecret(signing_now(kept.secrets, desk.now)[0]) if is_new else None
    return _edit(before, after, stored, kept.secrets, secret)


def _edit(
    before: Webhook | None,
    after: Webhook,
    stored: Secrets,
    kept: Secrets,
    secret: SigningSecret | None,
) -> Edit:
    change = Change(ResourceKind.WEBHOOK, after.id, before, after)
    apart = secret_change(webhook_secrets(after.id), after.version, stored, kept)
    return Edit(after.id, (change,), secrets=secret, kept_apart=(apart,))


def _mistakes(
    form: WebhookForm, before: Webhook | None, missing: Collection[str], desk: Desk
) -> Iterator[tuple[str, list[str]]]:
    others = [one for one in desk.configuration.webhooks.values() if one != before]
    found = webhook_mistakes(form, before, others, missing, desk.url_mistake)
    if before is None and len(others) >= WEBHOOKS_MAX:
        found["name"] = [f"A tenant has at most {WEBHOOKS_MAX} webhooks."]
    yield from found.items()
    used = merge_names(before) if before else frozenset[str]()
    known = {*mapping_names(form.event, desk.configuration, desk.now), *used}
    yield from mapping_mistakes(form, known).items()


def _check_size(webhook: Webhook) -> None:
    if len(webhook.model_dump_json().encode()) > WEBHOOK_BYTES_MAX:
        message = f"A webhook has at most {WEBHOOK_BYTES_MAX} bytes as JSON."
        raise ValidationFailed({"body": [message]})


def _stored_secrets(before: Webhook | None, desk: Desk) -> Secrets:
    return desk.secrets_of(webhook_secrets(before.id), before.version) if before else {}


def _retire(webhook: Webhook, desk: Desk) -> Edit:
    """Forget the webhook with its secrets."""
    change = Change(ResourceKind.WEBHOOK, webhook.id, webhook, None)
    stored = _stored_secrets(webhook, desk)
    gone = secret_change(webhook_secrets(webhook.id), webhook.version + 1, stored, {})
    return Edit(webhook.id, (change,), kept_apart=(gone,))


WEBHOOKS = Plain(
    kind=ResourceKind.WEBHOOK,
    form=WebhookForm,
    stored=lambda configuration: configuration.webhooks.values(),
    form_of=_form_of,
    build=_build,
    retire=_retire,
)
