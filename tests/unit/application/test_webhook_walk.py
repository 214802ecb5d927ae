"""Every fact reaches every webhook under one id, whatever breaks on the way (contract C6).

Messages of the queues come until they are handled, sometimes once more. A receiver may hear of a
delivery again, but always under the same id and with the same body.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from leadflow.application.exchange_ports import OutboundRequest
from leadflow.domain.deliveries import DeliveryStatus, Outbox
from leadflow.domain.errors import TransientFault
from leadflow.domain.told_facts import FactName
from tests.fakes.unreliable import Fate, Killed, Trouble, Wire, wired
from tests.unit.application.round_robin_world import Ticking
from tests.unit.application.walk_figures import Figures, walks
from tests.unit.application.webhook_world import (
    World,
    assigned,
    customer_webhook,
    outbox_of,
    webhook,
)

CALLS_MAX = 9
FACTS_MAX = 150
WEBHOOKS = [webhook(), webhook(3), customer_webhook()]
FIGURES = Figures("Walk over webhooks", ["C6"])
HIDDEN_FOR = timedelta(seconds=180)
"""The visibility timeout of the queues of outboxes."""

Act = Callable[["Walk"], object]
places = some.integers(0, 30)
acts = some.one_of(
    some.just(lambda walk: walk.tell()),
    some.builds(lambda place: lambda walk: walk.plan(place, again=False), places),
    some.builds(lambda place: lambda walk: walk.plan(place, again=True), places),
    some.builds(lambda place: lambda walk: walk.work(place, again=False), places),
    some.builds(lambda place: lambda walk: walk.work(place, again=True), places),
)
troubles = some.none() | some.tuples(some.integers(1, CALLS_MAX), some.sampled_from(Fate), acts)


class Walk(RuleBasedStateMachine):
    """Facts are told, planned and delivered; messages stay until somebody has handled them."""

    def __init__(self) -> None:
        super().__init__()
        self.world, self.wire = World.of(*WEBHOOKS), Wire()
        self.world.clock = Ticking()
        self.facts: list[int] = []
        self.hidden: list[tuple[datetime, tuple[Outbox, bool]]] = []
        self.told = 0

    @rule(act=acts, trouble=troubles)
    def something_happens(self, act: Act, trouble: tuple[int, Fate, Act] | None) -> None:
        FIGURES.operations += 1
        self.wire.plan(None)
        if trouble is not None:
            at, fate, other = trouble
            self.wire.plan(Trouble(at, fate, lambda: self.quietly(other)))
        self.quietly(act)
        self.wire.plan(None)

    @rule(seconds=some.integers(1, 200))
    def time_passes(self, seconds: int) -> None:
        self.world.clock.at += timedelta(seconds=seconds)

    @invariant()
    def an_id_stands_for_one_fact_and_one_webhook(self) -> None:
        heard: dict[str, tuple[str, str]] = {}
        for request in self.world.outbound.sent:
            meant = request.url, _lead_of(request)
            assert heard.setdefault(request.headers["webhook-id"], meant) == meant

    def quietly(self, act: Act) -> None:
        """Let something happen, whatever comes of it."""
        with suppress(TransientFault, Killed):
            act(self)

    def tell(self) -> None:
        """A fact comes into the queue of deliveries."""
        if self.told < FACTS_MAX:
            self.told += 1
            self.facts.append(self.told)

    def plan(self, place: int, *, again: bool) -> None:
        """Handle a message of that queue; one that breaks off, or comes twice, stays."""
        if self.facts:
            number = self.facts[place % len(self.facts)]
            wired(self.world.plan, self.wire)(FactName.LEAD_ASSIGNED, assigned(number))
            if not again and number in self.facts:
                self.facts.remove(number)

    def work(self, place: int, *, again: bool) -> None:
        """Handle a call for an outbox, likewise; one that breaks off is hidden for a while."""
        self.show()
        calls = self.world.queue.calls
        if not calls:
            return
        called = calls.pop(place % len(calls))
        calls.extend([called] if again else [])
        try:
            wired(self.world.deliver, self.wire)(called[0])
        except (TransientFault, Killed):
            self.hidden.append((self.world.clock.at + HIDDEN_FOR, called))
            raise

    def show(self) -> None:
        """What has been hidden for long enough can be received again."""
        now = self.world.clock.at
        self.world.queue.calls += [called for until, called in self.hidden if until <= now]
        self.hidden = [one for one in self.hidden if one[0] > now]

    def teardown(self) -> None:
        """Behind the last trouble every fact has been delivered to every webhook, under one id."""
        FIGURES.faults += self.wire.faults
        self.wire.plan(None)
        while self.facts:
            self.plan(0, again=False)
        for _ in range(3):
            self.world.clock.at += timedelta(minutes=5)
            self.show()
            while self.world.queue.calls:
                self.work(0, again=False)
        for one in WEBHOOKS:
            made = self.world.deliveries.of(outbox_of(one))
            assert len(made) == self.told
            assert {each.status for each in made} <= {DeliveryStatus.SUCCEEDED}
        heard = {(one.url, _lead_of(one)): one for one in self.world.outbound.sent}
        assert len(heard) == self.told * len({one.url for one in WEBHOOKS})


def _lead_of(request: OutboundRequest) -> str:
    """Whom a message is about; the buyer's template does not say, but has its own URL."""
    body = json.loads(request.body or b"{}")
    return str(body.get("lead_public_id", request.headers["webhook-id"]))


TestWalk = Walk.TestCase
TestWalk.settings = walks(quick=20, thorough=100, steps=40)


@pytest.fixture(scope="module", autouse=True)
def _noted(request: pytest.FixtureRequest) -> Iterator[None]:
    yield from FIGURES.noted(request)
