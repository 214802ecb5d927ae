"""Secrets are stored sealed: with a key of the tenant, which KMS wraps."""

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest

from leadflow.adapters.dynamodb import secret_keys, store
from leadflow.adapters.dynamodb.configuration_items import ConfigurationItem
from leadflow.adapters.dynamodb.secret_keys import Purpose, TenantKeys, name_keys, purpose_of
from leadflow.adapters.dynamodb.secrets import opened_secrets, sealed_secrets
from leadflow.adapters.sealed_text import opened, sealed
from leadflow.application.configuration_ports import REAL_ESTATE_API_SECRETS, SETTINGS_SECRETS
from leadflow.application.find_webhooks import webhook_secrets
from leadflow.application.partner_requests import secrets_owner
from leadflow.domain.errors import CorruptState, TransientFault
from leadflow.domain.identifiers import TenantId, WebhookId
from tests.bench.recorder import Recorder, recording
from tests.builders import TENANT_ID, partner
from tests.integration.conftest import KEYS, REGION

SECRET = {"ping.token": "t0ken-that-nobody-may-read"}
STRANGER = TenantId("tenant_00000000000000000000000099")
OWNER = "partners#a"

pytestmark = pytest.mark.usefixtures("tables")


def process() -> TenantKeys:
    """The keys as a process knows them that has just started."""
    named = {purpose: os.environ[setting] for purpose, setting in KEYS.items()}
    name_keys(named, REGION)
    return secret_keys.tenant_keys()


def stored() -> str:
    """All that the configuration table holds."""
    table: Any = boto3.resource("dynamodb", region_name=REGION).Table("ConfigurationTable")
    return str(table.scan()["Items"])


def kept(tenant_id: TenantId = TENANT_ID, owner: str = OWNER) -> str:
    return sealed_secrets(tenant_id, Purpose.EXCHANGES, owner, SECRET)


def test_what_is_stored_shows_nothing_and_another_process_opens_it() -> None:
    document = kept()
    assert SECRET["ping.token"] not in document + stored()
    process()
    assert opened_secrets(TENANT_ID, Purpose.EXCHANGES, OWNER, document) == SECRET


def test_what_is_moved_to_another_owner_tenant_or_purpose_stays_closed() -> None:
    document = kept()
    kept(STRANGER)
    sealed_secrets(TENANT_ID, Purpose.WEBHOOKS, "webhooks#a", SECRET)
    for tenant_id, purpose, owner in (
        (TENANT_ID, Purpose.EXCHANGES, "partners#b"),
        (STRANGER, Purpose.EXCHANGES, OWNER),
        (TENANT_ID, Purpose.WEBHOOKS, OWNER),
    ):
        with pytest.raises(CorruptState):
            opened_secrets(tenant_id, purpose, owner, document)


def test_a_wrapped_key_that_is_moved_to_another_tenant_is_not_unwrapped() -> None:
    kept()
    item = ConfigurationItem.get(f"{TENANT_ID}#KEYS", Purpose.EXCHANGES)
    ConfigurationItem(f"{STRANGER}#KEYS", Purpose.EXCHANGES, document=item.document).save()
    with pytest.raises(TransientFault):
        process().existing(STRANGER, Purpose.EXCHANGES)


def test_of_many_that_store_a_first_secret_one_makes_the_key() -> None:
    processes = [process() for _ in range(8)]
    with ThreadPoolExecutor(len(processes)) as pool:
        made = list(pool.map(lambda one: one.made_sure(TENANT_ID, Purpose.EXCHANGES), processes))
    assert len(set(made)) == 1


def test_who_is_overtaken_takes_the_key_of_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    first = process().made_sure(TENANT_ID, Purpose.EXCHANGES)
    late, answers = process(), iter([None])
    read = store.read
    monkeypatch.setattr(secret_keys, "read", lambda *at: next(answers, read(*at)))
    assert late.made_sure(TENANT_ID, Purpose.EXCHANGES) == first


def test_a_process_unwraps_a_key_once() -> None:
    document = kept()
    process()
    with recording(Recorder()) as recorder:
        for _ in range(3):
            opened_secrets(TENANT_ID, Purpose.EXCHANGES, OWNER, document)
    assert recorder.operations == ["GetItem", "Decrypt"]


def test_a_process_keeps_so_many_keys() -> None:
    known = process()
    for number in range(secret_keys.KEPT_KEYS_MAX + 1):
        known.made_sure(TenantId(f"tenant_{number:026d}"), Purpose.EXCHANGES)
    assert len(known._kept) == secret_keys.KEPT_KEYS_MAX


def test_an_owner_without_secrets_needs_no_key() -> None:
    document = sealed_secrets(TENANT_ID, Purpose.EXCHANGES, OWNER, {})
    assert opened_secrets(TENANT_ID, Purpose.EXCHANGES, OWNER, document) == {}
    assert stored() == "[]"


def test_a_function_without_the_name_of_a_key_opens_nothing() -> None:
    document = kept()
    name_keys({Purpose.EXCHANGES: "", Purpose.WEBHOOKS: ""}, REGION)
    with pytest.raises(TransientFault):
        opened_secrets(TENANT_ID, Purpose.EXCHANGES, OWNER, document)


def test_secrets_without_the_key_that_they_are_sealed_with_are_told_of() -> None:
    with pytest.raises(CorruptState):
        process().existing(TENANT_ID, Purpose.EXCHANGES)


def test_a_sealed_text_that_was_changed_is_refused() -> None:
    key = bytes(32)
    text = sealed(key, "text")
    assert opened(key, text) == "text"
    with pytest.raises(CorruptState):
        opened(key, ("B" if text[0] == "A" else "A") + text[1:])


def test_webhooks_sign_with_a_key_of_their_own() -> None:
    assert purpose_of(webhook_secrets(WebhookId("webhook_1"))) is Purpose.WEBHOOKS
    of_exchanges = (secrets_owner(partner(1).id), REAL_ESTATE_API_SECRETS, SETTINGS_SECRETS)
    assert {purpose_of(owner) for owner in of_exchanges} == {Purpose.EXCHANGES}
