"""Who may be handed a lead, whose turn it is, and what is recorded of everybody."""

from dataclasses import replace

from leadflow.domain.decisions import Decision, Kind, Reason, Verdict
from leadflow.domain.partner_eligibility import partner_facts
from leadflow.domain.plans import Choice, Rotation
from leadflow.domain.round_robin import (
    RoundTerms,
    assess_customer,
    assess_partner,
    choose,
    decide,
)
from tests.builders import CATEGORY_ID, SOURCE_ID, TYPE_ID, partner, post_exchange
from tests.unit.domain.bidding_examples import LOCATION, NOW, customer
from tests.unit.domain.round_robin_examples import PRICE, buyer, receiver, rotation, round_robin

TERMS = RoundTerms(
    stage=round_robin(),
    phase="post",
    facts=partner_facts(SOURCE_ID, CATEGORY_ID, TYPE_ID, LOCATION),
    state=rotation(),
    now=NOW,
)


def reason(found: object) -> Reason | None:
    return found.reason if isinstance(found, Decision) else None


def test_an_active_customer_with_the_flat_price_may_be_handed_the_lead() -> None:
    exact = customer(1, balance_cents=PRICE)
    assert assess_customer(exact, TERMS) == buyer(1)


def test_checks_of_a_customer_fail_in_order() -> None:
    one = customer(1, archived=True, paused=True, balance_cents=PRICE - 1)
    stage = round_robin(customers=Choice(enabled=True, exclude=(one.id,)))
    terms = replace(TERMS, stage=stage, already_tried=frozenset({one.id}))
    assert reason(assess_customer(one, terms)) is Reason.ALREADY_TRIED
    terms = replace(terms, already_tried=frozenset())
    assert reason(assess_customer(one, terms)) is Reason.NOT_IN_STAGE
    for expected, repair in (
        (Reason.CUSTOMER_ARCHIVED, {"archived": False}),
        (Reason.CUSTOMER_PAUSED, {"paused": False}),
        (Reason.SPENDABLE_BELOW_PRICE, {"balance_cents": PRICE}),
    ):
        assert reason(assess_customer(one, TERMS)) is expected
        one = one.model_copy(update=repair)
    assert assess_customer(one, TERMS) == buyer(1)


def test_held_money_does_not_count() -> None:
    held = customer(1, balance_cents=PRICE, held_cents=1)
    assert reason(assess_customer(held, TERMS)) is Reason.SPENDABLE_BELOW_PRICE


def test_a_free_lead_needs_no_money() -> None:
    terms = replace(TERMS, stage=round_robin(price_cents=0))
    assert assess_customer(customer(1, balance_cents=0), terms) == buyer(1)


def test_money_that_was_gone_at_the_moment_of_the_sale_is_told_apart() -> None:
    poor = customer(1, balance_cents=0)
    found = assess_customer(poor, replace(TERMS, contested=frozenset({poor.id})))
    assert isinstance(found, Decision)
    assert found.reason is Reason.CHARGE_FAILED
    assert found.detail == {"cause": "spendable_below_price"}


def test_a_partner_needs_an_active_post_and_no_ping() -> None:
    assert assess_partner(partner(1, ping=None), TERMS) == receiver(1)
    unable = partner(1, post=None)
    paused = partner(1, post=post_exchange(active=False))
    assert reason(assess_partner(unable, TERMS)) is Reason.PARTNER_POST_NOT_CONFIGURED
    assert reason(assess_partner(paused, TERMS)) is Reason.PARTNER_POST_PAUSED


def test_a_partner_that_failed_earlier_in_the_flow_is_not_looked_at_again() -> None:
    terms = replace(TERMS, already_tried=frozenset({partner(1).id}))
    assert reason(assess_partner(partner(1, post=None), terms)) is Reason.ALREADY_TRIED


def test_it_is_the_turn_of_whoever_the_rotation_names() -> None:
    state = rotation().taken(buyer(1), NOW)
    terms = replace(TERMS, state=state)
    assert choose([buyer(1), receiver(1), buyer(2)], terms) == buyer(2)
    assert choose([], terms) is None


def test_everybody_is_decided_about_once() -> None:
    blocked = assess_customer(customer(3, paused=True), TERMS)
    assert isinstance(blocked, Decision)
    made = decide([buyer(1), receiver(1)], [blocked], buyer(1), TERMS)
    assert [(one.candidate.kind, one.verdict, one.reason) for one in made] == [
        (Kind.CUSTOMER, Verdict.WON, None),
        (Kind.PARTNER, Verdict.OUTSCORED, Reason.ROTATION_NOT_DUE),
        (Kind.CUSTOMER, Verdict.BLOCKED, Reason.CUSTOMER_PAUSED),
    ]
    assert (made[0].amount_cents, made[0].charged_cents) == (PRICE, PRICE)
    assert made[1].charged_cents is None


def test_the_record_tells_how_the_turn_was_found() -> None:
    stage = round_robin(rotation=Rotation.TODAY)
    terms = replace(TERMS, stage=stage, state=rotation().taken(buyer(1), NOW))
    [first, second] = decide([buyer(1), buyer(2)], [], buyer(2), terms)
    assert first.detail == {"distributions": "0"}
    assert second.detail == {"distributions": "1", "last_at": NOW.isoformat()}


def test_without_a_winner_nobody_has_won() -> None:
    assert decide([], [], None, TERMS) == ()
