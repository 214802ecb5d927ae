import json
from dataclasses import dataclass, field

import pytest

from leadflow.application.exchange_ports import Failure, Reply
from leadflow.application.try_partner_exchange import (
    BODY_CHARACTERS_MAX,
    TRIAL_SECONDS_MAX,
    Trial,
    TrialForm,
    TryPartnerExchange,
)
from leadflow.domain.configuration import Configuration
from leadflow.domain.errors import Conflict, NotFound
from leadflow.domain.exchanges import (
    AuthType,
    ExchangeAuth,
    HttpMethod,
    MappingRow,
    PostExchange,
    ResponseRules,
)
from tests.builders import (
    configuration,
    lead,
    numbered,
    partner,
    ping_exchange,
    post_exchange,
)
from tests.fakes.configuration import FixedConfiguration
from tests.fakes.leads import MemoryLeads
from tests.fakes.outbound import ScriptedOutbound, answer, no_answer
from tests.fakes.secrets import MemorySecrets
from tests.fakes.workbench import ADMIN

PARTNER = partner()
PING_URL, POST_URL = ping_exchange().url, post_exchange().url
READ = ResponseRules(success_path="ok", success_values=("true",), duplicate_path="dup")


def rows(*values: str | int) -> tuple[MappingRow, ...]:
    return tuple(MappingRow(key=f"k{number}", value=one) for number, one in enumerate(values))


@dataclass
class Stand:
    """The action over one partner."""

    configured: Configuration = field(default_factory=lambda: configuration(partners=(PARTNER,)))
    outbound: ScriptedOutbound = field(default_factory=ScriptedOutbound)
    secrets: MemorySecrets = field(default_factory=MemorySecrets)

    @classmethod
    def of(cls, **changes: object) -> "Stand":
        return cls(configuration(partners=(PARTNER.model_copy(update=changes),)))

    def trial(self, exchange: str, lead_id: str | None = None, reply: Reply | None = None) -> Trial:
        if reply is not None:
            self.outbound.replies = {PING_URL: reply, POST_URL: reply}
        action = TryPartnerExchange(
            configuration=FixedConfiguration(self.configured),
            leads=MemoryLeads.of(lead(1)),
            secrets=self.secrets,
            outbound=self.outbound,
        )
        form = TrialForm.model_validate({"exchange": exchange, "lead_id": lead_id})
        return action(ADMIN, PARTNER.id, form)


def test_a_ping_of_made_up_data_shows_request_answer_and_outcome() -> None:
    trial = Stand().trial("ping", reply=answer(b'{"price": 12.5}', vendor="x"))
    assert (trial.request.method, trial.request.url) == ("POST", PING_URL)
    assert json.loads(str(trial.request.body)) == {"zip": "78701"}
    assert trial.response is not None
    assert (trial.response.status, trial.response.headers) == (200, {"vendor": "x"})
    assert (trial.response.body, trial.outcome) == ('{"price": 12.5}', "offered")


def test_every_merge_field_has_a_made_up_value() -> None:
    mapping = rows(
        "{{ email }}",
        "{{ lead_public_id }}",
        "{{ lead_type }}",
        "{{ lead_category }}",
        "{{ source }}",
        "{{ response.offer.id }}",
    )
    stand = Stand.of(post=post_exchange(mapping=mapping))
    sent = json.loads(str(stand.trial("post").request.body))
    assert all(sent.values())
    assert (sent["k2"], sent["k3"], sent["k4"]) == ("Any", "Homes", "Web")


def test_a_named_lead_lends_its_values() -> None:
    trial = Stand().trial("post", lead(1).id)
    assert json.loads(str(trial.request.body)) == {"email": "ada@example.com"}


@pytest.mark.parametrize("lead_id", [numbered("lead", 2), "lead_x", "x"])
def test_an_unknown_lead_is_not_found(lead_id: str) -> None:
    stand = Stand()
    with pytest.raises(NotFound):
        stand.trial("ping", lead_id)
    assert not stand.outbound.sent


def test_an_unknown_partner_is_not_found() -> None:
    with pytest.raises(NotFound):
        Stand(configuration()).trial("ping")


@pytest.mark.parametrize("changes", [{"post": None}, {"archived": True}])
def test_what_cannot_be_called_is_a_conflict(changes: dict[str, object]) -> None:
    with pytest.raises(Conflict):
        Stand.of(**changes).trial("post")


def test_a_paused_exchange_can_be_tried() -> None:
    assert Stand.of(post=post_exchange(active=False)).trial("post").outcome == "accepted"


@pytest.mark.parametrize(
    ("exchange", "reply", "outcome"),
    [
        ("ping", answer(b'{"price": 0}'), "partner_ping_no_price"),
        ("ping", answer(status=302), "partner_ping_http_error"),
        ("ping", no_answer(Failure.TIMEOUT), "partner_ping_timeout"),
        ("post", answer(b'{"ok": true}'), "accepted"),
        ("post", answer(b'{"ok": false}'), "partner_post_declined"),
        ("post", no_answer(Failure.NOT_SENT), "partner_post_connection_failed"),
        ("post", no_answer(Failure.TIMEOUT), "unknown"),
    ],
)
def test_the_outcome_is_what_it_would_be_for_a_lead(
    exchange: str, reply: Reply, outcome: str
) -> None:
    stand = Stand.of(post=post_exchange(response=READ))
    assert stand.trial(exchange, reply=reply).outcome == outcome


def test_an_answer_without_its_body_shows_what_arrived() -> None:
    assert Stand().trial("post", reply=no_answer(Failure.TIMEOUT)).response is None
    broken = Stand().trial("post", reply=no_answer(Failure.BROKEN, 200)).response
    assert broken is not None
    assert (broken.status, broken.body) == (200, "")


def secretive(**changes: object) -> PostExchange:
    members = {"headers": {"X-A": "1"}, "secret_headers": ("X-Key",), **changes}
    return post_exchange(**members)


def test_secrets_are_sent_but_shown_nowhere_even_when_they_come_back() -> None:
    basic = ExchangeAuth(type=AuthType.BASIC, username="me")
    stand = Stand.of(post=secretive(auth=basic))
    kept = {"post.password": "pa55 word", "post.header:X-Key": "k3y", "ping.token": "t0ken"}
    stand.secrets.kept = {f"partners#{PARTNER.id}": kept}
    pair = "bWU6cGE1NSB3b3Jk"
    echo = f"{pair} pa55 word pa55%20word pa55+word k3y t0ken"
    trial = stand.trial("post", reply=answer(echo.encode(), echo=f"Basic {pair}"))
    [sent] = stand.outbound.sent
    assert sent.headers["Authorization"] == f"Basic {pair}"
    assert sent.headers["X-Key"] == "k3y"
    assert trial.request.headers["Authorization"] == "***"
    assert (trial.request.headers["X-Key"], trial.request.headers["X-A"]) == ("***", "1")
    assert not [one for one in (*kept.values(), pair) if one in str(trial)]


def test_no_part_of_a_secret_is_left_where_the_body_is_cut() -> None:
    stand = Stand.of(post=secretive())
    stand.secrets.kept = {f"partners#{PARTNER.id}": {"post.header:X-Key": "k3y" * 10}}
    text = b"x" * (BODY_CHARACTERS_MAX - 9) + b"k3y" * 10
    response = stand.trial("post", reply=answer(text)).response
    assert response is not None
    assert response.body == "x" * (BODY_CHARACTERS_MAX - 9) + "***"


def test_bodies_are_cut_and_need_not_be_text() -> None:
    response = Stand().trial("post", reply=answer(b"\xff\x00" * BODY_CHARACTERS_MAX)).response
    assert response is not None
    assert len(response.body) == BODY_CHARACTERS_MAX
    mapping = rows("x" * (BODY_CHARACTERS_MAX + 1))
    request = Stand.of(post=post_exchange(mapping=mapping)).trial("post").request
    assert len(str(request.body)) == BODY_CHARACTERS_MAX


def test_a_query_has_no_body() -> None:
    request = Stand.of(ping=ping_exchange(method=HttpMethod.GET)).trial("ping").request
    assert (request.url, request.body) == (f"{PING_URL}?zip=78701", None)


def test_nobody_waits_longer_than_for_an_answer_of_the_api() -> None:
    stand = Stand.of(ping=ping_exchange(timeout_seconds=30))
    stand.trial("ping")
    stand.trial("post")
    assert [one.timeout_seconds for one in stand.outbound.sent] == [TRIAL_SECONDS_MAX, 10]
