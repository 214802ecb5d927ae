"""Webhooks of the tenant: what may be saved, what is shown, what is kept apart."""

from dataclasses import replace

import pytest

from leadflow.application.manage_configuration import webhooks as module
from leadflow.application.manage_configuration.desk import SigningSecret
from leadflow.domain.errors import Conflict, NotFound, PreconditionFailed
from leadflow.domain.signing_secrets import signing_now
from leadflow.domain.webhooks import gone
from tests.builders import CATEGORY_ID
from tests.fakes.workbench import ADMIN, Body, Workbench, any_version, small, stale
from tests.unit.domain.bidding_examples import NOW

URL = "https://erp.example.com/hook"
HOOK: Body = {"name": "ERP", "event": "lead.assigned", "url": URL}
BEARER = {"type": "bearer", "token": "t0ken"}


def made(bench: Workbench, **members: object) -> str:
    return str(bench.create("webhooks", **{**HOOK, **members})["id"])


def kept(bench: Workbench, webhook_id: str) -> dict[str, str]:
    return dict(bench.store.secrets.kept[f"webhooks#{webhook_id}"])


def last_line(bench: Workbench) -> Body:
    return dict(bench.store.log[-1].after or {})


def test_a_new_webhook_is_active_and_tells_its_secret_once() -> None:
    bench = small()
    shown, told = bench.action.create(ADMIN, "webhooks", dict(HOOK))
    assert isinstance(told, SigningSecret)
    assert told.secret.startswith("whsec_")
    assert signing_now(kept(bench, shown.head.id), NOW) == (told.secret,)
    read = bench.show("webhooks", shown.head.id)
    assert (read["active"], read["method"], read["timeout_seconds"]) == (True, "POST", 10)
    assert told.secret not in f"{bench.store.newest} {bench.store.log} {read}"
    assert last_line(bench)["secrets"] == {"signing": "***"}


def test_what_was_read_can_be_written_again() -> None:
    bench = small()
    mapping = [{"key": "a.b", "value": "{{ lead.leadType.name }}"}, {"key": "c", "value": 1}]
    headers = {"X-Api-Key": "k3y", "X-Version": "2"}
    webhook_id = made(bench, mapping=mapping, auth=BEARER, headers=headers, active=False)
    shown = bench.show("webhooks", webhook_id)
    assert (shown["auth"], shown["headers"]["X-Api-Key"]) == ({"type": "bearer"}, "***")
    written = {
        name: one for name, one in shown.items() if name not in {"id", "version", "archived"}
    }
    before = kept(bench, webhook_id)
    assert bench.change("webhooks", webhook_id, **written) == {**shown, "version": 2}
    assert kept(bench, webhook_id) == before
    assert before["token"] == "t0ken"


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({"event": "lead.lost"}, "event"),
        ({"name": " "}, "name"),
        ({"url": "https://127.0.0.1/"}, "url"),
        ({"url": "http://erp.example.com"}, "url"),
        ({"timeout_seconds": 0}, "timeout_seconds"),
        ({"timeout_seconds": 31}, "timeout_seconds"),
        ({"method": "DELETE"}, "method"),
        ({"auth": {"type": "bearer"}}, "auth.token"),
        ({"headers": {"webhook-id": "1"}}, "headers.webhook-id"),
        ({"mapping": [{"key": "a", "value": "{{ nobody }}"}]}, "mapping.0.value"),
        ({"mapping": [{"key": "a", "value": "{{ response.id }}"}]}, "mapping.0.value"),
        ({"mapping": [{"key": "a", "value": "{{ zip"}]}, "mapping.0.value"),
        ({"mapping": [{"key": "", "value": 1}]}, "mapping.0.key"),
        ({"template": "{}"}, "template"),
        (
            {"event": "customer.created", "mapping": [{"key": "a", "value": "{{ zip }}"}]},
            "mapping.0.value",
        ),
    ],
)
def test_mistakes_name_their_member(members: Body, path: str) -> None:
    assert set(small().mistakes_of_new("webhooks", **{**HOOK, **members})) == {path}


@pytest.mark.parametrize(
    ("event", "names"),
    [
        ("lead.assigned", ["zip", "lead.zip", "buyer.phone", "source", "deliverable_fields.zip"]),
        ("customer.user_attached", ["customer.name", "user.email", "type", "timestamp"]),
        ("transaction.updated", ["amount", "amount_cents", "event", "customer_public_id"]),
    ],
)
def test_every_default_member_can_be_mapped(event: str, names: list[str]) -> None:
    mapping = [
        {"key": f"k{place}", "value": f"{{{{ {name} }}}}"} for place, name in enumerate(names)
    ]
    assert made(small(), event=event, mapping=mapping)


def test_a_name_is_taken_once_and_a_tenant_has_a_bounded_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench = small()
    webhook_id = made(bench)
    assert set(bench.mistakes_of_new("webhooks", **{**HOOK, "name": "erp"})) == {"name"}
    bench.change("webhooks", webhook_id, name="ERP")
    monkeypatch.setattr(module, "WEBHOOKS_MAX", 1)
    assert set(bench.mistakes_of_new("webhooks", **{**HOOK, "name": "Other"})) == {"name"}
    monkeypatch.setattr(module, "WEBHOOK_BYTES_MAX", 10)
    assert set(bench.mistakes_of("webhooks", webhook_id, name="Other")) == {"body"}


def test_after_a_rotation_both_secrets_sign() -> None:
    bench = small()
    webhook_id = made(bench, auth=BEARER)
    [old] = signing_now(kept(bench, webhook_id), NOW)
    bench.ids.last += 1
    _, told = bench.action.rotate_webhook_secret(ADMIN, webhook_id, any_version)
    assert isinstance(told, SigningSecret)
    assert signing_now(kept(bench, webhook_id), NOW) == (told.secret, old)
    assert kept(bench, webhook_id)["token"] == "t0ken"
    assert set(last_line(bench)["secrets"]) == {"signing", "signing_former", "signing_former_until"}
    bench.change("webhooks", webhook_id, name="Other")
    assert signing_now(kept(bench, webhook_id), NOW) == (told.secret, old)
    with pytest.raises(PreconditionFailed):
        bench.action.rotate_webhook_secret(ADMIN, webhook_id, stale)


def test_a_deleted_webhook_is_gone_with_its_secrets() -> None:
    bench = small()
    webhook_id = made(bench, auth=BEARER)
    bench.archive("webhooks", webhook_id)
    assert (bench.listed("webhooks"), kept(bench, webhook_id)) == ([], {})
    with pytest.raises(NotFound):
        bench.show("webhooks", webhook_id)


def test_setting_it_active_ends_a_pause() -> None:
    bench = small()
    webhook_id = made(bench)
    [stored] = bench.store.newest.webhooks.values()
    bench.store.newest = replace(bench.store.newest, webhooks={stored.id: gone(stored, NOW)})
    named = bench.change("webhooks", webhook_id, name="Other")
    assert (named["active"], named["paused_reason"]) == (False, "gone")
    active = bench.change("webhooks", webhook_id, active=True)
    assert active["active"]
    assert not active.keys() & {"paused_reason", "paused_at"}


def test_a_field_that_a_mapping_sends_cannot_be_taken_away() -> None:
    bench = small()
    fields = [{"title": "beds", "type": "numeric"}]
    bench.change("lead-categories", CATEGORY_ID, fields=fields)
    webhook_id = made(bench, mapping=[{"key": "b", "value": "{{ lead.details.beds }}"}])
    with pytest.raises(Conflict, match="webhook ERP"):
        bench.change("lead-categories", CATEGORY_ID, fields=[])
    bench.archive("webhooks", webhook_id)
    bench.change("lead-categories", CATEGORY_ID, fields=[])


def test_merge_fields_that_are_stored_may_stay() -> None:
    bench = small()
    webhook_id = made(bench, mapping=[{"key": "t", "value": "{{ zip }}"}])
    changed = bench.change("webhooks", webhook_id, event="customer.created")
    assert changed["mapping"] == [{"key": "t", "value": "{{ zip }}"}]
