"""Messages: tried again where that helps, each for itself."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from leadflow.application import signed_messages as module
from leadflow.application.exchange_ports import Failure, OutboundRequest, Reply
from leadflow.application.signed_messages import ATTEMPTS_MAX, Message, Messenger, Sent
from leadflow.domain.signing_secrets import signing_secret
from leadflow.domain.target_requests import RequestParts
from tests.fakes.clock import FixedClock
from tests.fakes.direct_post import messenger
from tests.fakes.outbound import ScriptedOutbound, answer, no_answer

SECRET = signing_secret("a long random text, long enough")


@pytest.fixture(autouse=True)
def _no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETRY_SECONDS", 0)


def message(name: str, timeout_seconds: float = 5) -> Message:
    parts = RequestParts("POST", f"https://{name}.example.com", {}, b"{}")
    return Message(name, parts, timeout_seconds, (SECRET,), ("t0ken",))


@dataclass
class Turns(ScriptedOutbound):
    """Replies by name, one after the other; the last one stays. Every round takes a second."""

    turns: dict[str, list[Reply]] = field(default_factory=dict)
    clock: FixedClock = field(default_factory=FixedClock)

    def send(self, request: OutboundRequest) -> Reply:
        self.sent.append(request)
        mine = self.turns[request.headers["webhook-id"]]
        return mine.pop(0) if len(mine) > 1 else mine[0]

    @property
    def messenger(self) -> Messenger:
        made = messenger(self)
        return Messenger(outbound=self, signatures=made.signatures, clock=self.clock)


def tries(sent: Sent) -> list[int | None]:
    return [one.reply.status for one in sent.tries]


def test_each_message_ends_for_itself_and_as_soon_as_it_can() -> None:
    outbound = Turns(
        turns={
            "fails": [answer(status=500)],
            "recovers": [answer(status=503), no_answer(Failure.TIMEOUT), answer(status=204)],
            "works": [answer()],
            "refuses": [answer(status=404)],
        }
    )
    ended = list(outbound.messenger.send([message(name) for name in outbound.turns]))
    assert [one.message.id for one in ended] == ["works", "refuses", "recovers", "fails"]
    assert [tries(one) for one in ended] == [[200], [404], [503, None, 204], [500] * ATTEMPTS_MAX]
    assert [one.tries[-1].is_taken for one in ended] == [True, False, True, False]


def test_nothing_is_sent_of_nothing() -> None:
    outbound = Turns()
    assert list(outbound.messenger.send([])) == []
    assert outbound.sent == []


def test_a_status_counts_where_the_body_was_lost() -> None:
    cut = no_answer(Failure.BROKEN, status=200)
    outbound = Turns(turns={"cut": [cut], "failing": [no_answer(Failure.BROKEN, status=502)]})
    ended = list(outbound.messenger.send([message("cut"), message("failing")]))
    assert [(len(one.tries), one.tries[-1].is_taken) for one in ended] == [
        (1, True),
        (ATTEMPTS_MAX, False),
    ]


def test_every_try_is_signed_at_its_own_moment_under_the_same_id() -> None:
    outbound = Turns(turns={"one": [answer(status=500), answer()]})
    sending = outbound.messenger.send([message("one")])
    outbound.clock.at += timedelta(seconds=0)
    [sent] = sending
    first, second = outbound.sent
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == "one"
    assert first.headers["webhook-signature"].startswith("v1,")
    assert set(first.secrets) == {"t0ken", SECRET}
    assert dict(sent.tries[0].signature).items() <= first.headers.items()


def test_a_round_lasts_as_long_as_its_longest_timeout() -> None:
    outbound = Turns(turns={"short": [answer()], "long": [answer()]})
    list(outbound.messenger.send([message("short", 1), message("long", 30)]))
    assert outbound.deadlines == [30]


def test_a_single_try_is_never_repeated() -> None:
    outbound = Turns(turns={"one": [answer(status=500)]})
    assert not outbound.messenger.once(message("one")).is_taken
    assert len(outbound.sent) == 1
