"""The direct post: what is sent, how it is signed, what counts as taken."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from leadflow.adapters.webhook_signatures import StandardSignatures
from leadflow.application import signed_messages as module
from leadflow.application import switch_off_direct_post
from leadflow.application.exchange_ports import Failure, Reply
from leadflow.application.signed_messages import ATTEMPTS_MAX
from leadflow.domain.configuration import Configuration
from leadflow.domain.signing_secrets import first_secret, rotated, signing_now, signing_secret
from tests.builders import TENANT_ID, lead
from tests.fakes.configuration_store import MemoryConfigurationStore
from tests.fakes.direct_post import SECRET, URL, direct_post, posting
from tests.fakes.outbound import ScriptedOutbound, answer, no_answer
from tests.unit.domain.bidding_examples import NOW

FLOW_ID = lead().flow_ids[-1]
OTHER = signing_secret("another long random text, as long")


@pytest.fixture(autouse=True)
def _no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETRY_SECONDS", 0)


def sent(reply: Reply | None = None, **settings: object) -> tuple[bool, ScriptedOutbound]:
    """Whether the lead was taken, and what was sent."""
    outbound = ScriptedOutbound({URL: reply} if reply else {})
    post = direct_post(posting(**settings), outbound)
    return post(TENANT_ID, lead(), FLOW_ID), outbound


def test_the_whole_lead_is_sent_with_the_tenants_own_members() -> None:
    fields = [{"key": "campaign", "value": "aged"}, {"key": "zip", "value": "none"}]
    is_taken, outbound = sent(fields=fields)
    [request] = outbound.sent
    assert is_taken
    assert (request.method, request.url) == ("POST", URL)
    assert request.headers["Content-Type"] == "application/json"
    body = json.loads(request.body or b"")
    assert body == {
        "first_name": "Ada",
        "last_name": "Byron",
        "email": "ada@example.com",
        "zip": "none",
        "type": "post_marketplace_direct_post",
        "timestamp": "2026-03-11T12:00:00Z",
        "lead_public_id": lead().id,
        "lead": {**lead().values, "leadType": {"name": "Any"}, "details": {}},
        "campaign": "aged",
    }


def test_the_message_is_signed() -> None:
    _, outbound = sent()
    [request] = outbound.sent
    headers = request.headers
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    body = (request.body or b"").decode()
    wanted = Webhook(SECRET).sign(headers["webhook-id"], NOW, body)
    assert headers["webhook-signature"] == wanted
    assert SECRET in request.secrets


def test_the_same_flow_sends_the_same_message() -> None:
    ids = [sent()[1].sent[0].headers["webhook-id"] for _ in range(2)]
    assert ids[0] == ids[1]


@pytest.mark.parametrize(
    ("reply", "is_taken", "attempts"),
    [
        (answer(status=200), True, 1),
        (answer(status=204), True, 1),
        (answer(status=302), False, 1),
        (answer(status=404), False, 1),
        (answer(status=410), False, 1),
        (answer(status=500), False, ATTEMPTS_MAX),
        (no_answer(Failure.TIMEOUT), False, ATTEMPTS_MAX),
        (no_answer(Failure.NOT_SENT), False, ATTEMPTS_MAX),
    ],
)
def test_only_2xx_takes_the_lead_and_only_failures_are_repeated(
    reply: Reply, is_taken: bool, attempts: int
) -> None:
    taken, outbound = sent(reply)
    assert (taken, len(outbound.sent)) == (is_taken, attempts)
    assert len({one.headers["webhook-id"] for one in outbound.sent}) == 1


def gone(used: Configuration, store: MemoryConfigurationStore) -> None:
    """The receiver of that configuration's direct post answers 410."""
    outbound = ScriptedOutbound({URL: answer(status=410)})
    assert not direct_post(used, outbound, store)(TENANT_ID, lead(), FLOW_ID)


def test_a_receiver_that_is_gone_switches_it_off_and_that_is_told() -> None:
    store = MemoryConfigurationStore(posting(), busy=1)
    gone(posting(), store)
    off = store.newest.settings
    assert (off.direct_post.enabled, off.direct_post.url, off.version) == (False, URL, 2)
    assert (off.direct_post.disabled_reason, off.direct_post.disabled_at) == ("gone", NOW)
    [line] = store.log
    assert (line.actor, line.resource) == ("system", "settings")
    assert set(line.after or {}) == {"direct_post"}


def test_another_receiver_that_was_set_meanwhile_stays_on() -> None:
    store = MemoryConfigurationStore(posting(url="https://other.example.com"))
    gone(posting(), store)
    assert store.newest.settings.direct_post.enabled
    assert store.log == []


def test_a_lead_goes_on_though_it_could_not_be_switched_off() -> None:
    store = MemoryConfigurationStore(posting(), busy=switch_off_direct_post.ATTEMPTS_MAX)
    gone(posting(), store)
    assert store.newest.settings.direct_post.enabled


def test_it_is_on_with_a_url_only() -> None:
    assert direct_post(posting()).is_enabled(TENANT_ID)
    assert not direct_post(posting(url=None)).is_enabled(TENANT_ID)
    assert not direct_post().is_enabled(TENANT_ID)


@pytest.mark.parametrize(
    ("after", "signing"),
    [
        (timedelta(), (OTHER, SECRET)),
        (timedelta(hours=23, minutes=59), (OTHER, SECRET)),
        (timedelta(hours=24), (OTHER,)),
    ],
)
def test_after_a_rotation_both_secrets_sign_for_a_day(
    after: timedelta, signing: tuple[str, ...]
) -> None:
    kept = rotated(first_secret(SECRET), OTHER, NOW)
    assert signing_now(kept, NOW + after) == signing


def test_before_the_first_secret_nothing_signs() -> None:
    assert signing_now({}, NOW) == ()
    assert signing_now(rotated({}, SECRET, NOW), NOW) == (SECRET,)


def test_a_receiver_verifies_with_either_secret_and_with_no_other() -> None:
    at = datetime.now(UTC)
    signed = StandardSignatures().headers((OTHER, SECRET), "msg_1", at, '{"a": 1}')
    for secret in (OTHER, SECRET):
        assert Webhook(secret).verify('{"a": 1}', dict(signed)) == {"a": 1}
    with pytest.raises(WebhookVerificationError):
        Webhook(OTHER).verify('{"a": 2}', dict(signed))
    with pytest.raises(WebhookVerificationError):
        Webhook(signing_secret("a third long random text, as long")).verify("{}", dict(signed))
