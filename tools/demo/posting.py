"""Post the leads one after the other, and read what became of each."""

import json
from dataclasses import dataclass, replace

import httpx

from tools.demo.client import Management, SourceApi, parsed, problem
from tools.demo.configure import Market
from tools.demo.leads import Post
from tools.demo.wire import Flow, Lead, LeadAnswer, Problem

REPLAYED = "Idempotent-Replayed"
WRONG = "wrong"


@dataclass(frozen=True)
class Outcome:
    """What became of one post. `repeat_agrees` is None where the post was sent once."""

    number: int
    post: Post
    bearer: bool
    http_status: int
    answer: LeadAnswer | None = None
    problem: Problem | None = None
    lead: Lead | None = None
    flow: Flow | None = None
    repeat_agrees: bool | None = None


def post(api: Management, market: Market, number: int, planned: Post) -> Outcome:
    """Post one lead, odd ones with a bearer token, even ones with key and secret."""
    source, bearer = market.sources[planned.source], number % 2 == 1
    if planned.wrong_secret:
        secrets = source.secrets.model_copy(update={"api_secret": WRONG, "bearer_token": WRONG})
        source = replace(source, secrets=secrets)
    sent = _send(source, planned, bearer=bearer)
    answer = parsed(sent, LeadAnswer)
    if answer is None:
        return Outcome(number, planned, bearer, sent.status_code, problem=problem(sent))
    return Outcome(
        number,
        planned,
        bearer,
        sent.status_code,
        answer=answer,
        lead=api.read(f"/leads/{answer.lead_public_id}", Lead),
        flow=api.read(f"/flows/{answer.flow_id}", Flow),
        repeat_agrees=_repeat_agrees(source, planned, sent, bearer=bearer),
    )


def _repeat_agrees(
    source: SourceApi, planned: Post, first: httpx.Response, *, bearer: bool
) -> bool | None:
    if planned.idempotency_key is None:
        return None
    again = _send(source, planned, bearer=bearer)
    return (again.status_code, again.content) == (first.status_code, first.content) and (
        again.headers.get(REPLAYED) == "true"
    )


def _send(source: SourceApi, planned: Post, *, bearer: bool) -> httpx.Response:
    content = planned.content if isinstance(planned.content, str) else json.dumps(planned.content)
    return source.post_lead(
        content.encode(), bearer=bearer, idempotency_key=planned.idempotency_key
    )
