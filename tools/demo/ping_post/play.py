"""Play the steps one after the other, and read what became of each."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus

import httpx

from tools.demo.client import Management, parsed, problem
from tools.demo.ping_post.configure import Shop
from tools.demo.ping_post.steps import Ask, Give, Step, Values
from tools.demo.wire import Flow, Lead, LeadAnswer, Made, PingAnswer, Problem


@dataclass(frozen=True)
class Played:
    """What became of one step. `repeated` is whether a ping got the answer that was kept."""

    number: int
    step: Step
    http_status: int
    problem: Problem | None = None
    quote: PingAnswer | None = None
    repeated: bool = False
    answer: LeadAnswer | None = None
    lead: Lead | None = None
    flow: Flow | None = None


@dataclass(frozen=True)
class Player:
    """Plays the steps; `quotes` are the answers to pings so far, by their keys."""

    api: Management
    shop: Shop
    quotes: dict[str, PingAnswer] = field(default_factory=dict)

    def play(self, number: int, step: Step) -> Played:
        """Send one ping or post, odd ones with a bearer token, even ones with key and secret."""
        if isinstance(step, Ask):
            return self._asked(number, step)
        with self._paused(step.pausing):
            return self._given(number, step)

    def _asked(self, number: int, step: Ask) -> Played:
        source = self.shop.sources[step.source]
        sent = source.ping(_content(step.values), bearer=number % 2 == 1)
        quote = parsed(sent, PingAnswer)
        if quote is None or sent.status_code != HTTPStatus.OK:
            return Played(number, step, sent.status_code, problem=problem(sent))
        repeated = quote == self.quotes.get(step.key)
        self.quotes[step.key] = quote
        flow = self.api.read(f"/flows/{quote.flow_id}", Flow)
        return Played(number, step, sent.status_code, quote=quote, repeated=repeated, flow=flow)

    def _given(self, number: int, step: Give) -> Played:
        sent = self._posted(number, step)
        answer = parsed(sent, LeadAnswer)
        if answer is None:
            return Played(number, step, sent.status_code, problem=problem(sent))
        return Played(
            number,
            step,
            sent.status_code,
            answer=answer,
            lead=self.api.read(f"/leads/{answer.lead_public_id}", Lead),
            flow=self.api.read(f"/flows/{answer.flow_id}", Flow),
        )

    def _posted(self, number: int, step: Give) -> httpx.Response:
        source, content = self.shop.sources[step.source], {**step.values, **self._reference(step)}
        return source.post_lead(_content(content), bearer=number % 2 == 1, idempotency_key=None)

    def _reference(self, step: Give) -> Values:
        """The ping that a post names, and the bid that it chooses."""
        if step.ping is None:
            return {}
        quote = self.quotes.get(step.ping)
        bids = quote.bids if quote else ()
        chosen = [one.id for one in bids if one.tcpa_name == step.choice]
        named = {"ping_id": quote.ping_id if quote else step.ping}
        return named | ({"bid_id": chosen[0]} if chosen else {})

    @contextmanager
    def _paused(self, customer: str | None) -> Iterator[None]:
        """A customer that buys nothing for a moment."""
        if customer is None:
            yield
            return
        path = f"/customers/{self.shop.customers[customer]}"
        self.api.change(path, {"paused": True}, Made)
        yield
        self.api.change(path, {"paused": False}, Made)


def _content(values: Values) -> bytes:
    return json.dumps(dict(values)).encode()
