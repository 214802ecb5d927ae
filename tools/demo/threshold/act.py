"""The third act: reach the threshold, raise it, and see who waited come out in order."""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tools.demo.books import read_books
from tools.demo.checks import ledger_problems
from tools.demo.client import ApiError, Management, parsed
from tools.demo.configure import Step
from tools.demo.display import Display
from tools.demo.explain import Explanation, money
from tools.demo.threshold.checks import (
    answer_problems,
    expected_balances,
    expected_sales_cents,
    lead_problems,
    order_problems,
    usage_problems,
)
from tools.demo.threshold.configure import Shop, configure, limit_leads
from tools.demo.threshold.script import AT_FIRST, LATER, LEADS
from tools.demo.wire import Lead, LeadAnswer, Usage

POLLS_MAX = 90
POLL_SECONDS = 1.0
WAITING = frozenset({"withheld", "processing"})


@dataclass(frozen=True)
class ThirdAct:
    """What came of it; amounts in cents."""

    problems: Sequence[str]
    charges: int
    charged_cents: int


def third_act(api: Management, api_url: str, display: Display, step: Step) -> ThirdAct:
    """Play it for a new tenant."""
    shop = configure(api, api_url, step)
    answers, problems = _posted(shop, display)
    problems += _shown(api, display, limit=AT_FIRST, used=AT_FIRST, withheld=len(LEADS) - AT_FIRST)
    with step(f"Raise the limit to {LATER} leads, wait until the queue looks again"):
        limit_leads(api, LATER)
        leads = _settled(api, [answer.lead_public_id for answer in answers])
    problems += _released(shop, leads, display)
    problems += _shown(api, display, limit=LATER, used=LATER, withheld=0)
    books = read_books(api, shop.customers)
    problems += ledger_problems(books, shop.customers, leads, expected_balances())
    charged = [one.assignment.charged_cents for one in leads if one.assignment]
    if sum(charged) != expected_sales_cents():
        problems.append(f"The sales should be {expected_sales_cents()}, are {sum(charged)}.")
    return ThirdAct(problems, len(charged), sum(charged))


def _posted(shop: Shop, display: Display) -> tuple[list[LeadAnswer], list[str]]:
    """Post all leads, one after the other. Raises ApiError when one is refused."""
    answers: list[LeadAnswer] = []
    problems: list[str] = []
    with display.live(len(LEADS)) as table:
        for number, planned in enumerate(LEADS, start=1):
            content = json.dumps(dict(planned.body)).encode()
            sent = shop.source.post_lead(content, bearer=False, idempotency_key=None)
            answer = parsed(sent, LeadAnswer)
            if answer is None:
                message = f"Lead {number} of the third act was refused: {sent.text}"
                raise ApiError(message)
            found = list(answer_problems(number, planned, answer))
            table.add(_answered(number, answer), as_expected=not found)
            answers.append(answer)
            problems += found
    return answers, problems


def _answered(number: int, answer: LeadAnswer) -> Explanation:
    why = "the threshold is reached" if answer.status == "withheld" else "there is room"
    owed = money(answer.price_cents) if answer.price_cents else ""
    shows = f"{LEADS[number - 1].first_name}, posted"
    return Explanation(str(number), shows, answer.status, "", "", owed, why)


def _settled(api: Management, lead_ids: Sequence[str]) -> list[Lead]:
    """All leads, once none waits any more, or the time is up."""
    for _ in range(POLLS_MAX):
        leads = [api.read(f"/leads/{one}", Lead) for one in lead_ids]
        if not any(one.status in WAITING for one in leads):
            return leads
        time.sleep(POLL_SECONDS)
    return leads


def _released(shop: Shop, leads: Sequence[Lead], display: Display) -> Iterator[str]:
    with display.live(len(LEADS)) as table:
        for number, (planned, lead) in enumerate(zip(LEADS, leads, strict=True), start=1):
            found = list(lead_problems(number, planned, lead, shop))
            table.add(_told(number, lead, shop), as_expected=not found)
            yield from found
    yield from order_problems(leads)


def _told(number: int, lead: Lead, shop: Shop) -> Explanation:
    planned, sold = LEADS[number - 1], lead.assignment
    return Explanation(
        str(number),
        f"{planned.first_name}, in the end",
        lead.status,
        shop.name_of(sold.customer_id) or "" if sold else "",
        money(sold.charged_cents) if sold else "",
        money(lead.payout_cents) if lead.payout_cents else "",
        "released" if planned.status == "withheld" else "sold at once",
    )


def _shown(
    api: Management, display: Display, *, limit: int, used: int, withheld: int
) -> Iterator[str]:
    usage = api.read("/usage", Usage)
    display.say(
        f"GET /usage: {usage.leads.used} of {usage.leads.limit} leads of this month, "
        f"{money(usage.sales_cents.used)} of sales, {usage.withheld} withheld.\n"
    )
    yield from usage_problems(usage, limit=limit, used=used, withheld=withheld)
