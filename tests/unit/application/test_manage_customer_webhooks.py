"""Webhooks of a customer: who may have them, what may be saved, what is kept apart."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from leadflow.application import manage_customer_webhooks as module
from leadflow.application.caller_scope import CallerScope, admin_scope
from leadflow.application.manage_customer_webhooks import ManageCustomerWebhooks, StoredWebhook
from leadflow.application.ports import Window
from leadflow.domain.errors import (
    Forbidden,
    NotFound,
    PreconditionFailed,
    TransientFault,
    ValidationFailed,
)
from leadflow.domain.identifiers import UserId
from leadflow.domain.payload_templates import DEFAULT_TEMPLATE
from leadflow.domain.principals import Role, UserPrincipal
from leadflow.domain.signing_secrets import signing_now
from tests.builders import TENANT_ID, configuration, numbered
from tests.fakes.addresses import PublicAddresses
from tests.fakes.clock import FixedClock
from tests.fakes.configuration import FixedConfiguration
from tests.fakes.customer_store import MemoryCustomerStore
from tests.fakes.deliveries import MemoryCustomerWebhooks
from tests.fakes.ids import CountingIds
from tests.fakes.workbench import any_version, stale
from tests.unit.application.webhook_world import BUYER
from tests.unit.domain.bidding_examples import NOW

Body = dict[str, Any]
OWN = CallerScope(TENANT_ID, "user_2", Role.CUSTOMER_ADMIN, BUYER.id)
HOOK: Body = {"name": "CRM", "url": "https://crm.example.com/leads"}
BASIC = {"type": "basic", "username": "me", "password": "pa55"}


@dataclass
class Stand:
    """The actions over one customer."""

    webhooks: MemoryCustomerWebhooks = field(default_factory=MemoryCustomerWebhooks)
    ids: CountingIds = field(default_factory=CountingIds)

    @property
    def action(self) -> ManageCustomerWebhooks:
        return ManageCustomerWebhooks(
            configuration=FixedConfiguration(configuration()),
            webhooks=self.webhooks,
            customers=MemoryCustomerStore({(TENANT_ID, BUYER.id): BUYER}),
            addresses=PublicAddresses(),
            clock=FixedClock(),
            ids=self.ids,
        )

    def made(self, **members: object) -> StoredWebhook:
        return self.action.create(OWN, BUYER.id, {**HOOK, **members})

    def change(self, stored: StoredWebhook, **patch: object) -> StoredWebhook:
        return self.action.change(OWN, BUYER.id, stored.webhook.id, patch, any_version)

    def listed(self) -> list[str]:
        return [one.name for one in self.action.page(OWN, BUYER.id, Window(50)).items]

    def mistakes(self, **members: object) -> set[str]:
        with pytest.raises(ValidationFailed) as refused:
            self.made(**members)
        assert self.listed() == []
        return set(refused.value.errors)


def test_a_new_webhook_starts_paused_and_tells_its_secret_once() -> None:
    stand = Stand()
    stored = stand.made(active=True)
    webhook = stored.webhook
    assert (webhook.active, webhook.template) == (False, DEFAULT_TEMPLATE)
    assert signing_now(stand.webhooks.kept[webhook.id], NOW) == (stored.secret,)
    changed = stand.change(stored, active=True)
    assert (changed.webhook.active, changed.secret) == (True, None)
    assert stand.action.show(OWN, BUYER.id, webhook.id) == changed.webhook


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({"event": "lead.assigned"}, "event"),
        ({"mapping": []}, "mapping"),
        ({"format": "xml"}, "format"),
        ({"url": "https://localhost/"}, "url"),
        ({"timeout_seconds": 31}, "timeout_seconds"),
        ({"template": '{"a": }'}, "template"),
        ({"template": '{"a": "{{ source }}"}'}, "template"),
        ({"template": '{"a": "{{ lead_public_id }}"}'}, "template"),
        ({"template": " " * 20_001}, "template"),
        ({"auth": {"type": "basic", "username": "me"}}, "auth.password"),
    ],
)
def test_mistakes_name_their_member(members: Body, path: str) -> None:
    assert Stand().mistakes(**members) == {path}


def test_a_template_may_name_every_variable_and_no_field_that_is_not_delivered() -> None:
    names = (
        "charged_amount",
        "charged_amount_cents",
        "scope",
        "lead_type",
        "lead_category",
        "buyer.customer_public_id",
        "buyer.phone",
        "lead.public_id",
        "zip",
        "lead.zip",
    )
    members = ", ".join(f'"{name}": "{{{{ {name} }}}}"' for name in names)
    assert Stand().made(template=f"{{{members}}}")


def test_a_name_is_taken_once_and_a_customer_has_a_bounded_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stand = Stand()
    stand.made()
    with pytest.raises(ValidationFailed):
        stand.made(name="crm")
    monkeypatch.setattr(module, "CUSTOMER_WEBHOOKS_MAX", 1)
    with pytest.raises(ValidationFailed):
        stand.made(name="Other")
    assert stand.listed() == ["CRM"]


def test_secrets_are_kept_apart_and_the_log_tells_of_them_without_them() -> None:
    stand = Stand()
    stored = stand.made(auth=BASIC, headers={"X-Api-Key": "k3y"})
    kept = stand.webhooks.kept[stored.webhook.id]
    assert (kept["password"], kept["header:X-Api-Key"]) == ("pa55", "k3y")
    stand.change(stored, auth={"type": "basic", "username": "me"}, name="Other")
    assert stand.webhooks.kept[stored.webhook.id]["password"] == "pa55"
    seen = f"{stand.webhooks.sets} {stand.webhooks.log}"
    assert not [one for one in ("pa55", "k3y", stored.secret) if str(one) in seen]
    first, second = stand.webhooks.log
    assert (first.after or {})["secrets"] == dict.fromkeys(
        ("header:X-Api-Key", "password", "signing"), "***"
    )
    assert "secrets" not in (second.after or {})
    assert (first.actor, first.resource) == (OWN.actor, "webhooks")


def test_after_a_rotation_both_secrets_sign() -> None:
    stand = Stand()
    stored = stand.made()
    stand.ids.last += 1
    rotated = stand.action.rotate_secret(OWN, BUYER.id, stored.webhook.id, any_version)
    signing = signing_now(stand.webhooks.kept[stored.webhook.id], NOW)
    assert signing == (rotated.secret, stored.secret)
    assert rotated.secret != stored.secret


def test_a_deleted_webhook_is_gone_with_its_secrets() -> None:
    stand = Stand()
    stored = stand.made()
    stand.action.delete(OWN, BUYER.id, stored.webhook.id, any_version)
    assert (stand.listed(), stand.webhooks.kept) == ([], {})
    assert stand.webhooks.log[-1].after is None
    with pytest.raises(NotFound):
        stand.action.show(OWN, BUYER.id, stored.webhook.id)


def test_merge_fields_that_are_stored_may_stay() -> None:
    stand = Stand()
    stored = stand.made()
    webhook = stored.webhook.model_copy(update={"template": '{"a": "{{ gone_field }}"}'})
    known = stand.webhooks.sets[BUYER.id]
    stand.webhooks.sets[BUYER.id] = type(known)(known.stamp, {webhook.id: webhook})
    assert stand.change(stored, name="Other").webhook.template == webhook.template


def test_webhooks_are_listed_newest_first_page_by_page() -> None:
    stand = Stand()
    for name in "abc":
        stand.made(name=name)
    first = stand.action.page(OWN, BUYER.id, Window(2))
    rest = stand.action.page(OWN, BUYER.id, Window(2, first.position))
    assert [one.name for one in (*first.items, *rest.items)] == ["c", "b", "a"]
    assert rest.position is None


def test_others_changes_are_decided_upon_again_and_then_given_up() -> None:
    stand = Stand()
    stand.webhooks.busy = 2
    assert stand.made()
    stand.webhooks.busy = 99
    with pytest.raises(TransientFault):
        stand.made(name="Other")


def test_another_version_is_refused() -> None:
    stand = Stand()
    stored = stand.made()
    where = (OWN, BUYER.id, stored.webhook.id)
    with pytest.raises(PreconditionFailed):
        stand.action.change(*where, {}, stale)
    with pytest.raises(PreconditionFailed):
        stand.action.delete(*where, stale)
    with pytest.raises(PreconditionFailed):
        stand.action.rotate_secret(*where, stale)


@pytest.mark.parametrize("customer_id", [numbered("cus", 9), "cus_x"])
def test_another_customer_is_not_found(customer_id: str) -> None:
    tenant = CallerScope(TENANT_ID, "user_1", Role.ADMIN)
    for scope in (OWN, tenant):
        with pytest.raises(NotFound):
            Stand().action.create(scope, customer_id, dict(HOOK))


def principal(role: Role) -> UserPrincipal:
    is_customers = role in {Role.CUSTOMER_ADMIN, Role.CUSTOMER_USER}
    return UserPrincipal(
        tenant_id=TENANT_ID,
        user_id=UserId("user_1"),
        role=role,
        customer_id=BUYER.id if is_customers else None,
    )


def test_admins_of_tenant_and_customer_may_and_nobody_else() -> None:
    may = {role for role in Role if reaches(role)}
    assert may == {Role.ADMIN, Role.CUSTOMER_ADMIN}


def reaches(role: Role) -> bool:
    try:
        admin_scope(principal(role), "webhooks.update")
    except Forbidden:
        return False
    return True
