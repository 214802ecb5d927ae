"""Every reason of 24.1 that a Highest Price stage can give, and every reason of 24.2 to fail."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from leadflow.application import contention
from leadflow.application.exchange_ports import Failure
from leadflow.application.ping_rounds import Asking
from leadflow.domain.bids import Bid
from leadflow.domain.conditions import Conditions, Row
from leadflow.domain.decisions import VERDICTS, AttemptReason, Kind, Reason, Verdict
from leadflow.domain.exchanges import TreatUnknownAs
from leadflow.domain.lead_types import LeadType
from leadflow.domain.limits import Budgets, LeadCaps
from leadflow.domain.plans import BidSettings
from leadflow.domain.scopes import Scope
from tests.builders import TENANT_ID, lead, lead_type, partner, ping_exchange
from tests.fakes.outbound import answer, no_answer
from tests.unit.application.highest_price_world import (
    HUNG,
    NEXT,
    REFUSED,
    World,
    asking,
    offers,
    ping_url,
    pinged,
    post_url,
)
from tests.unit.application.reason_worlds import (
    asked,
    bidding,
    changed_since,
    contested,
    posted_to,
    tied,
    tired,
    vanished,
)
from tests.unit.domain.bidding_examples import bid, customer, dollars, grid

R = Reason
Make = Callable[[], World]
YES, NO, SEEN = (
    answer(b'{"ok": true, "price": 40}'),
    answer(b'{"ok": false}'),
    answer(b'{"seen": true}'),
)


def closed_scope() -> LeadType:
    return lead_type(bidding_scopes=(grid().model_copy(update={"enabled": False}),))


def elsewhere(offer: Bid) -> Bid:
    return offer.model_copy(update={"county": "Hays"})


def only_in(state: str) -> Conditions:
    row = {"property": "state", "operator": "equals", "value": state}
    return ((Row.model_validate(row),),)


NO_ROOM, NO_BUDGET = LeadCaps(daily=0), Budgets(daily=dollars(9))
TABLE: list[tuple[Reason, Make]] = [
    (
        R.SCOPE_NOT_IN_STAGE,
        lambda: World([bid()], first=asking(BidSettings(scopes=(Scope.STATE,)))),
    ),
    (R.SCOPE_NOT_IN_STAGE, lambda: World([bid()], first=asking(BidSettings(enabled=False)))),
    (R.SCOPE_DISABLED, lambda: bidding(bid(), of_type=closed_scope())),
    (R.LOCATION_OUTSIDE_SCOPE, lambda: bidding(elsewhere(bid()))),
    (R.CUSTOMER_ARCHIVED, lambda: bidding(bid(), customer(archived=True))),
    (R.CUSTOMER_PAUSED, lambda: bidding(bid(), customer(paused=True))),
    (R.CUSTOMER_PAUSED, lambda: contested(customer(paused=True))),
    (R.BID_ARCHIVED, vanished),
    (R.BID_PAUSED, lambda: bidding(bid(paused=True))),
    (R.BID_BELOW_MINIMUM, lambda: bidding(bid(7))),
    (R.WALLET_BELOW_MINIMUM, lambda: bidding(bid(), customer(spendable=9))),
    (R.BID_CAP_REACHED, lambda: bidding(bid(lead_caps=NO_ROOM))),
    (R.CUSTOMER_CAP_REACHED, lambda: bidding(bid(), customer(lead_caps=NO_ROOM))),
    (R.BID_BUDGET_EXHAUSTED, lambda: bidding(bid(budgets_cents=NO_BUDGET))),
    (R.CUSTOMER_BUDGET_EXHAUSTED, lambda: bidding(bid(), customer(budgets_cents=NO_BUDGET))),
    (R.LOWER_BID_SAME_CUSTOMER, lambda: World([bid(100), bid(50, scope=Scope.STATE)])),
    (R.OUTSCORED, lambda: World([bid(100), bid(90, owner=2)])),
    (R.TIE_LOST, tied),
    (R.ALREADY_TRIED, lambda: World([bid()], lead_before=lead(tried=(bid().id,)))),
    (
        R.ALREADY_TRIED,
        lambda: World(partners=(pinged(1),), lead_before=lead(tried=(partner(1).id,))),
    ),
    (R.CHARGE_FAILED, lambda: contested(customer(spendable=0))),
    (R.CHARGE_FAILED, lambda: contested(customer(lead_caps=NO_ROOM))),
    (R.NOT_IN_STAGE, lambda: World(partners=(pinged(1),), first=asking(enabled=False))),
    (R.NOT_IN_STAGE, lambda: World(partners=(pinged(1),), first=asking(include=()))),
    (R.NOT_IN_STAGE, lambda: World(partners=(pinged(1),), first=asking(exclude=(partner(1).id,)))),
    (R.PARTNER_NOT_ELIGIBLE, lambda: asked(YES, eligibility=only_in("CA"))),
    (R.PARTNER_ARCHIVED, lambda: changed_since(pinged(1, archived=True))),
    (R.PARTNER_PING_NOT_CONFIGURED, lambda: World(partners=(partner(1, ping=None),))),
    (
        R.PARTNER_PING_PAUSED,
        lambda: World(partners=(partner(1, ping=ping_exchange(active=False)),)),
    ),
    (R.PARTNER_POST_NOT_CONFIGURED, lambda: World(partners=(partner(1, post=None),))),
    (R.PARTNER_POST_NOT_CONFIGURED, lambda: changed_since(partner(1, post=None))),
    (R.PARTNER_POST_PAUSED, lambda: World(partners=(pinged(1, post={"active": False}),))),
    (R.PARTNER_POST_PAUSED, lambda: changed_since(pinged(1, post={"active": False}))),
    (R.PARTNER_PING_TIMEOUT, lambda: asked(HUNG)),
    (R.PARTNER_PING_CONNECTION_FAILED, lambda: asked(no_answer(Failure.NOT_SENT))),
    (R.PARTNER_PING_INVALID_RESPONSE, lambda: asked(answer(b"<html>"))),
    (R.PARTNER_PING_INVALID_RESPONSE, lambda: asked(no_answer(Failure.BROKEN))),
    (R.PARTNER_PING_HTTP_ERROR, lambda: asked(answer(status=500))),
    (R.PARTNER_PING_DECLINED, lambda: asked(NO)),
    (R.PARTNER_PING_DUPLICATE, lambda: asked(SEEN)),
    (R.PARTNER_PING_NO_PRICE, lambda: asked(answer(b'{"ok": true, "price": 0}'))),
    (
        R.PARTNER_BELOW_MINIMUM_PRICE,
        lambda: World(
            partners=(pinged(1),),
            replies={ping_url(1): offers(40)},
            first=asking(minimum_price_cents=dollars(41)),
        ),
    ),
    (R.PARTNER_POST_CONNECTION_FAILED, lambda: posted_to(no_answer(Failure.NOT_SENT))),
    (R.PARTNER_POST_CONNECTION_FAILED, tired),
    (R.PARTNER_POST_HTTP_ERROR, lambda: posted_to(REFUSED)),
    (R.PARTNER_POST_DECLINED, lambda: posted_to(NO)),
    (R.PARTNER_POST_DUPLICATE, lambda: posted_to(SEEN)),
    (R.PARTNER_POST_UNKNOWN, lambda: posted_to(HUNG, treat_unknown_as=TreatUnknownAs.NOT_SOLD)),
]
ELSEWHERE = {
    R.NOT_SELECTED,
    R.LEAD_TYPE_CHANGED,
    R.PARTNER_NOT_PINGED,
    R.SPENDABLE_BELOW_PRICE,
    R.ROTATION_NOT_DUE,
}
"""What only promises, test pings and Round Robin stages give."""


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contention, "_WAIT_SECONDS", 0)


@pytest.mark.parametrize(("reason", "make"), TABLE, ids=[row[0].value for row in TABLE])
def test_a_stage_gives_each_of_its_reasons(reason: Reason, make: Make) -> None:
    world = make()
    world.sell()
    [decision] = [one for one in world.step.decisions if one.verdict is not Verdict.WON]
    assert (decision.reason, decision.verdict) == (reason, VERDICTS[reason])


def test_no_reason_of_the_stage_is_left_out() -> None:
    assert {reason for reason, _ in TABLE} == set(Reason) - ELSEWHERE


def test_a_partner_that_must_not_be_pinged_is_told_apart() -> None:
    world = World(partners=(pinged(1), pinged(2, archived=True)))
    round_ = world.action.rounds.ask(
        Asking(
            tenant_id=TENANT_ID,
            stage=world.first,
            phase="ping",
            lead=world.lead,
            configuration=world.configured,
            known={},
            patience_seconds=None,
            may_ping=False,
        )
    )
    [decision] = round_.decisions
    assert (decision.reason, decision.phase) == (Reason.PARTNER_NOT_PINGED, "ping")
    assert decision.candidate.kind is Kind.PARTNER
    assert not world.outbound.sent


F = AttemptReason
LATE = {ping_url(1): HUNG, ping_url(2): HUNG}


@pytest.mark.parametrize(
    ("reason", "make"),
    [
        (F.NO_CANDIDATES, World),
        (F.NO_CANDIDATES, lambda: World(partners=(pinged(1, archived=True),))),
        (F.NO_ELIGIBLE_CANDIDATE, lambda: bidding(bid(paused=True))),
        (F.NO_ELIGIBLE_CANDIDATE, lambda: World(partners=(partner(1, ping=None),))),
        (F.ALL_REFUSED, lambda: posted_to(REFUSED)),
        (F.ALL_REFUSED, lambda: asked(no_answer(Failure.NOT_SENT))),
        (F.ALL_REFUSED, lambda: asked(NO)),
        (F.DEADLINE_PASSED, lambda: World(partners=(pinged(1), pinged(2)), replies=dict(LATE))),
        (F.DEADLINE_PASSED, lambda: World([bid(paused=True)], (pinged(1),), dict(LATE))),
        (
            F.ALL_REFUSED,
            lambda: World(partners=(pinged(1), pinged(2)), replies={**LATE, ping_url(2): REFUSED}),
        ),
    ],
)
def test_a_stage_that_fails_says_why(reason: AttemptReason, make: Make) -> None:
    world = make()
    assert world.sell() == NEXT
    assert world.step.attempts[0].reason is reason


def test_a_bid_blocked_by_a_limit_names_the_period() -> None:
    world = bidding(bid(lead_caps=NO_ROOM))
    world.sell()
    assert world.decision(bid().id).detail == {"period": "daily"}


def test_a_charge_that_failed_names_its_cause() -> None:
    world = contested(customer(budgets_cents=NO_BUDGET))
    world.sell()
    assert world.decision(bid().id).detail == {
        "cause": "customer_budget_exhausted",
        "period": "daily",
    }


def test_an_answer_that_comes_late_is_no_offer_however_good() -> None:
    world = World(partners=(pinged(1), pinged(2)), replies={ping_url(1): HUNG})
    world.replies[ping_url(2)] = offers(10)
    world.sell()
    assert world.verdicts[partner(1).id] == (Verdict.NO_ANSWER, R.PARTNER_PING_TIMEOUT)
    assert world.posted == [post_url(2)]


def test_limits_are_those_of_the_moment_of_the_auction() -> None:
    full = bid(lead_caps=LeadCaps(daily=1))
    used = full.model_copy(update={"usage": full.usage.with_win(World().clock.at, 0)})
    world = World([used])
    world.sell()
    assert world.decision(used.id).reason is R.BID_CAP_REACHED
    tomorrow = World([used])
    tomorrow.clock.at += timedelta(days=1)
    tomorrow.sell()
    assert tomorrow.lead.assignment


def test_reasons_do_not_depend_on_the_order_of_partners() -> None:
    replies = {ping_url(1): offers(40), ping_url(2): NO, post_url(1): REFUSED}
    made = []
    for partners in ((pinged(1), pinged(2)), (pinged(2), pinged(1))):
        world = World(partners=partners, replies=dict(replies))
        world.configuration.newest = replace(
            world.configured, partners={one.id: one for one in partners}
        )
        world.sell()
        made.append(world.verdicts)
    assert made[0] == made[1]
