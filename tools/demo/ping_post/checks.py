"""Is the second act as it should be? Each check gives one sentence for each thing that is not."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus

from tools.demo.ping_post.configure import Shop
from tools.demo.ping_post.market import CUSTOMERS
from tools.demo.ping_post.partners import PARTNERS, leads_taken
from tools.demo.ping_post.play import Played
from tools.demo.ping_post.steps import Ask, Fate, Give, Quote, Refusal
from tools.demo.wire import Flow, Lead
from tools.stub_partner import ReceivedCall

Compared = Iterator[tuple[str, object, object]]

CENTS = 100


def problems_of(played: Played, shop: Shop) -> Iterator[str]:
    """Where a step went otherwise than it should."""
    for name, expected, actual in _compared(played, shop):
        if expected != actual:
            yield (
                f"Call {played.number}, {played.step.shows}: {name} should be {expected}, "
                f"is {actual}."
            )


def _compared(played: Played, shop: Shop) -> Compared:
    step = played.step
    if isinstance(step, Ask):
        yield "the HTTP status", HTTPStatus.OK, played.http_status
        yield from _quoted(step.expected, played)
        yield "an answer given before", step.again, played.repeated
    elif isinstance(step.expected, Refusal):
        yield "the HTTP status", HTTPStatus.UNPROCESSABLE_ENTITY, played.http_status
        yield "the code", step.expected.code, played.problem.code if played.problem else None
    else:
        yield "the HTTP status", HTTPStatus.CREATED, played.http_status
        yield from _settled(step.expected, played, shop)


def _quoted(expected: Quote, played: Played) -> Compared:
    if (quote := played.quote) is None:
        return
    yield "the message", expected.message, quote.message
    yield "the price in cents", expected.price_cents, quote.price_cents
    bids = tuple((one.tcpa_name, one.price_cents) for one in quote.bids)
    yield "the list of bids", expected.bids, bids


def _settled(expected: Fate, played: Played, shop: Shop) -> Compared:
    answer, lead, flow = played.answer, played.lead, played.flow
    if answer is None or lead is None or flow is None:
        yield "the record", "readable", "missing"
        return
    yield "the status", expected.status, answer.status
    yield "the price to the source in cents", expected.price_cents, answer.price_cents
    yield from _stored(expected, lead, shop)
    yield from _recorded(expected, flow, shop)


def _stored(expected: Fate, lead: Lead, shop: Shop) -> Compared:
    yield "the stored status", expected.status, lead.status
    yield "the stored payout", expected.price_cents, lead.payout_cents
    yield "the lead type", shop.lead_types[expected.lead_type], lead.lead_type_id
    sold = lead.assignment
    yield "who has it", expected.taker, taker_of(lead, shop)
    yield "the way there", expected.via, sold.assigned_via if sold else None
    yield "the charge in cents", expected.charged_cents, sold.charged_cents if sold else None
    if expected.home_value is not None:
        yield "the field filled in", expected.home_value, lead.details.get("home_value")
        found = lead.enriched_data.get("property", {}).get("value_cents")
        yield "the enriched value", expected.home_value * CENTS, found


def taker_of(lead: Lead, shop: Shop) -> str | None:
    """The name of the customer or partner that has a lead."""
    sold = lead.assignment
    return shop.name_of(sold.customer_id or sold.partner_id) if sold else None


def _recorded(expected: Fate, flow: Flow, shop: Shop) -> Compared:
    yield "the flow's outcome", expected.outcome, flow.outcome
    yield "the channel", expected.channel, flow.channel
    yield "whether the ping was honoured", expected.honored, flow.honored
    reasons = reasons_of(flow, shop)
    for loser, reason in sorted(expected.lost):
        yield f"a reason of {loser}", reason, reason if (loser, reason) in reasons else "missing"
    given = {one.reason for one in flow.attempts}
    for reason in sorted(expected.attempts - given):
        yield "a reason of an attempt", reason, "missing"


def reasons_of(flow: Flow, shop: Shop) -> frozenset[tuple[str | None, str | None]]:
    """Who did not get the lead, and why."""
    return frozenset(
        (shop.name_of(one.candidate.customer_id or one.candidate.id), one.reason)
        for one in flow.decisions
    )


def expected_balances(played: Sequence[Played]) -> Mapping[str, int]:
    """What each wallet must hold after the steps."""
    balances = dict(CUSTOMERS)
    for fate in _sales(played):
        if fate.taker in balances:
            balances[str(fate.taker)] -= fate.charged_cents or 0
    return balances


def owed_by_partners(leads: Sequence[Lead], shop: Shop) -> Mapping[str, tuple[int, int]]:
    """How many leads each partner has, and what it owes for them in cents."""
    counts: Counter[str] = Counter()
    owed: Counter[str] = Counter()
    for lead in leads:
        if lead.assignment and lead.assignment.partner_id:
            name = str(taker_of(lead, shop))
            counts[name] += 1
            owed[name] += lead.assignment.charged_cents
    return {name: (counts[name], owed[name]) for name in PARTNERS}


def partner_problems(
    leads: Sequence[Lead],
    calls: Sequence[ReceivedCall],
    played: Sequence[Played],
    shop: Shop,
) -> Iterator[str]:
    """Where what partners have, what they say they took, and what they should owe differ.

    `leads` are all leads of the tenant. A lead that two buyers have shows up here: a customer's
    lead that a partner took too, or one that two partners took.
    """
    due = Counter[str]()
    for fate in _sales(played):
        due[str(fate.taker)] += fate.charged_cents or 0
    for name, (_, owed) in owed_by_partners(leads, shop).items():
        if owed != due[name]:
            yield f"{name}: should owe {due[name]}, owes {owed}."
        has = sorted(one.id for one in leads if taker_of(one, shop) == name)
        took = sorted(leads_taken(name, calls))
        if has != took:
            yield f"{name}: took {took}, but has {has}."


def _sales(played: Sequence[Played]) -> Iterator[Fate]:
    for step in (one.step for one in played):
        if isinstance(step, Give) and isinstance(step.expected, Fate) and step.expected.taker:
            yield step.expected
