"""Webhooks of a customer: create, read, change, delete (`product.md`, 17.4)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from leadflow.application.audit_trail import MASK, audit_entry
from leadflow.application.caller_scope import CallerScope, existing
from leadflow.application.configuration_ports import AuditEntry, Change, ResourceKind
from leadflow.application.delivery_ports import CustomerReader, CustomerWebhooks, WebhookSet
from leadflow.application.exchange_ports import Addresses, Secrets
from leadflow.application.manage_configuration.changes import ATTEMPTS_MAX
from leadflow.application.manage_configuration.desk import replaced
from leadflow.application.manage_configuration.webhook_rules import (
    CustomerWebhookForm,
    kept_of,
    shown_webhook,
    template_errors,
    webhook_members,
    webhook_mistakes,
)
from leadflow.application.ports import Clock, ConfigurationReader, IdFactory, Page, Window
from leadflow.application.requests import VersionCheck, validated
from leadflow.application.webhook_samples import template_variables
from leadflow.domain.errors import NotFound, TransientFault, ValidationFailed
from leadflow.domain.identifiers import CustomerId, TenantId, WebhookId
from leadflow.domain.json_objects import JsonObject
from leadflow.domain.payload_templates import template_names
from leadflow.domain.signing_secrets import rotated, signing_now, signing_secret
from leadflow.domain.told_facts import FactName
from leadflow.domain.webhooks import CUSTOMER_WEBHOOKS_MAX, Webhook


@dataclass(frozen=True)
class StoredWebhook:
    """A webhook as it is now; `secret` is a new one, told once."""

    webhook: Webhook
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class _Decision:
    """What becomes of a webhook; `secrets` are all that it has then, `told` is a new one."""

    webhook: Webhook
    before: Webhook | None
    after: Webhook | None
    secrets: Secrets = field(repr=False)
    changed: frozenset[str] = frozenset()
    told: str | None = None


@dataclass(frozen=True, kw_only=True)
class ManageCustomerWebhooks:
    """The actions with their ports. They raise `NotFound` for what is not the caller's."""

    configuration: ConfigurationReader
    webhooks: CustomerWebhooks
    customers: CustomerReader
    addresses: Addresses
    clock: Clock
    ids: IdFactory

    def show(self, scope: CallerScope, customer_id: str, webhook_id: str) -> Webhook:
        """One webhook."""
        owner = self._owner(scope, customer_id)
        return _existing(self.webhooks.current(scope.tenant_id, owner), webhook_id)

    def page(self, scope: CallerScope, customer_id: str, window: Window) -> Page[Webhook]:
        """Webhooks, newest first; the position is the id of the last one shown."""
        owner = self._owner(scope, customer_id)
        known = self.webhooks.current(scope.tenant_id, owner).webhooks
        behind = sorted(
            (one for one in known if window.position is None or one < window.position),
            reverse=True,
        )
        part = behind[: window.limit]
        return Page([known[one] for one in part], part[-1] if len(behind) > len(part) else None)

    def create(self, scope: CallerScope, customer_id: str, body: JsonObject) -> StoredWebhook:
        """Store a new webhook, paused. Raises `ValidationFailed`."""
        form = validated(CustomerWebhookForm, body)
        paused = form.model_copy(update={"active": False})
        return self._changed(
            scope, customer_id, lambda owner, known: self._made(scope, owner, paused, None, known)
        )

    def change(
        self,
        scope: CallerScope,
        customer_id: str,
        webhook_id: str,
        patch: JsonObject,
        check: VersionCheck,
    ) -> StoredWebhook:
        """Store a webhook with some members replaced. Raises what `create` and `check` raise."""

        def decide(owner: CustomerId, known: WebhookSet) -> _Decision:
            before = _existing(known, webhook_id)
            check(before.version)
            stored = webhook_form(before).model_dump(exclude_none=True)
            form = validated(CustomerWebhookForm, replaced(stored, patch))
            return self._made(scope, owner, form, before, known)

        return self._changed(scope, customer_id, decide)

    def rotate_secret(
        self, scope: CallerScope, customer_id: str, webhook_id: str, check: VersionCheck
    ) -> StoredWebhook:
        """A new signing secret; the old one goes on signing for a day."""

        def decide(owner: CustomerId, known: WebhookSet) -> _Decision:
            before, now = _existing(known, webhook_id), self.clock.now()
            check(before.version)
            after = before.model_copy(update={"version": before.version + 1, "updated_at": now})
            secret = signing_secret(self.ids.secret())
            stored = self.webhooks.secrets(scope.tenant_id, owner, before.id)
            kept = {**stored, **rotated(stored, secret, now)}
            return _Decision(after, before, after, kept, _differing(stored, kept), secret)

        return self._changed(scope, customer_id, decide)

    def delete(
        self, scope: CallerScope, customer_id: str, webhook_id: str, check: VersionCheck
    ) -> None:
        """Forget a webhook with its secrets."""

        def decide(_owner: CustomerId, known: WebhookSet) -> _Decision:
            before = _existing(known, webhook_id)
            check(before.version)
            return _Decision(before, before, None, {})

        self._changed(scope, customer_id, decide)

    def _owner(self, scope: CallerScope, customer_id: str) -> CustomerId:
        wanted = scope.customer(customer_id)
        return existing(self.customers.get(scope.tenant_id, wanted)).id

    def _changed(
        self,
        scope: CallerScope,
        customer_id: str,
        decide: Callable[[CustomerId, WebhookSet], _Decision],
    ) -> StoredWebhook:
        """Store what is decided on the newest webhooks; decided again when they have changed."""
        owner = self._owner(scope, customer_id)
        for _ in range(ATTEMPTS_MAX):
            known = self.webhooks.current(scope.tenant_id, owner)
            decision = decide(owner, known)
            if self._stored(scope, owner, known.stamp, decision):
                return StoredWebhook(decision.webhook, decision.told)
        raise TransientFault("The webhooks were always being changed by others.")

    def _stored(
        self, scope: CallerScope, owner: CustomerId, stamp: int, decision: _Decision
    ) -> bool:
        webhook_id = decision.webhook.id
        change = Change(ResourceKind.WEBHOOK, webhook_id, decision.before, decision.after)
        entry = self._entry(scope, change, decision.changed)
        return self.webhooks.apply(
            scope.tenant_id, owner, stamp, change, entry=entry, secrets=decision.secrets
        )

    def _entry(self, scope: CallerScope, change: Change, secrets: frozenset[str]) -> AuditEntry:
        entry = audit_entry(
            self.ids,
            self.clock.now(),
            scope.actor,
            resource=change.kind,
            resource_id=change.id,
            before=change.before,
            after=change.after,
        )
        if entry.after is None or not secrets:
            return entry
        hidden = dict.fromkeys(sorted(secrets), MASK)
        return entry.model_copy(update={"after": {**entry.after, "secrets": hidden}})

    def _made(
        self,
        scope: CallerScope,
        owner: CustomerId,
        form: CustomerWebhookForm,
        before: Webhook | None,
        known: WebhookSet,
    ) -> _Decision:
        """The webhook that a form stands for. Raises `ValidationFailed`."""
        after = self._draft(owner, form, before)
        stored = self.webhooks.secrets(scope.tenant_id, owner, after.id) if before else {}
        kept = kept_of(form, after, stored, self.ids.secret())
        others = [one for one in known.webhooks.values() if one != before]
        url_mistake = cache(self.addresses.mistake)
        errors = webhook_mistakes(form, before, others, kept.missing, url_mistake)
        errors |= template_errors(form, self._variables(scope.tenant_id, before))
        if before is None and len(others) >= CUSTOMER_WEBHOOKS_MAX:
            errors["name"] = [f"A customer has at most {CUSTOMER_WEBHOOKS_MAX} webhooks."]
        if errors:
            raise ValidationFailed(errors)
        told = None if before else signing_now(kept.secrets, after.updated_at)[0]
        changed = _differing(stored, kept.secrets)
        return _Decision(after, before, after, kept.secrets, changed, told)

    def _draft(
        self, owner: CustomerId, form: CustomerWebhookForm, before: Webhook | None
    ) -> Webhook:
        now = self.clock.now()
        return Webhook.model_validate(
            {
                **webhook_members(form, before),
                **form.model_dump(include={"format", "template"}),
                "event": FactName.LEAD_ASSIGNED,
                "customer_id": owner,
                "id": before.id if before else self.ids.new("webhook"),
                "version": before.version + 1 if before else 1,
                "created_at": before.created_at if before else now,
                "updated_at": now,
            }
        )

    def _variables(self, tenant_id: TenantId, before: Webhook | None) -> frozenset[str]:
        """What a template may name; what the stored one names already may stay."""
        configuration = self.configuration.current(tenant_id)
        used = template_names(before.template) if before and before.template else frozenset()
        return frozenset(template_variables(configuration, self.clock.now())) | used


def webhook_form(webhook: Webhook) -> CustomerWebhookForm:
    """A customer's webhook as it is read and written."""
    own = webhook.model_dump(include={"format", "template"})
    return CustomerWebhookForm.model_validate({**shown_webhook(webhook), **own})


def _existing(known: WebhookSet, webhook_id: str) -> Webhook:
    found = known.webhooks.get(WebhookId(webhook_id))
    if found is None:
        raise NotFound
    return found


def _differing(before: Secrets, after: Secrets) -> frozenset[str]:
    names = before.keys() | after.keys()
    return frozenset(name for name in names if before.get(name) != after.get(name))
