"""Who may be handed a lead by a Round Robin stage, and whose turn it is (`product.md`, 15.3)."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from leadflow.domain.conditions import Fact
from leadflow.domain.customers import Customer
from leadflow.domain.decisions import (
    VERDICTS,
    Candidate,
    Decision,
    Kind,
    Phase,
    Reason,
    Verdict,
)
from leadflow.domain.partner_eligibility import blocked_reason
from leadflow.domain.partners import Partner
from leadflow.domain.plans import RoundRobinStage
from leadflow.domain.rotations import RotationState, Taker, order

Block = tuple[bool, Reason]


@dataclass(frozen=True)
class RoundTerms:
    """What is the same for everybody in one round of a stage.

    `facts` are `partner_facts` of the lead. `already_tried` holds ids of those that failed earlier
    in this flow: they are not checked again. `contested` holds customers whose sale was refused
    because their wallet had changed.
    """

    stage: RoundRobinStage
    phase: Phase
    facts: Mapping[str, Fact]
    state: RotationState
    now: datetime
    already_tried: frozenset[str] = frozenset()
    contested: frozenset[str] = frozenset()

    @property
    def price_cents(self) -> int:
        """What everybody pays."""
        return self.stage.settings.price_cents


def assess_customer(customer: Customer, terms: RoundTerms) -> Taker | Decision:
    """The customer as a taker, or blocked with the first check that fails.

    One that had the money a moment ago, and has it no more, is told apart as `charge_failed`.
    """
    taker = Taker(Kind.CUSTOMER, customer.id)
    reason = next((reason for fails, reason in _of_customer(customer, terms) if fails), None)
    if reason is Reason.SPENDABLE_BELOW_PRICE and customer.id in terms.contested:
        return decided(taker, Reason.CHARGE_FAILED, terms, {"cause": reason.value})
    return decided(taker, reason, terms) if reason else taker


def assess_partner(partner: Partner, terms: RoundTerms) -> Taker | Decision:
    """The partner as a taker, or blocked with the first check that fails; it needs no ping."""
    taker, choice = Taker(Kind.PARTNER, partner.id), terms.stage.settings.partners
    if partner.id in terms.already_tried:
        return decided(taker, Reason.ALREADY_TRIED, terms)
    today = terms.now.date()
    reason = blocked_reason(partner, choice, terms.facts, needs_ping=False, today=today)
    return decided(taker, reason, terms) if reason else taker


def choose(eligible: Iterable[Taker], terms: RoundTerms) -> Taker | None:
    """Whose turn it is; None: there is nobody."""
    return next(iter(order(eligible, terms.state, terms.stage.settings.rotation, terms.now)), None)


def decide(
    eligible: Collection[Taker],
    blocked: Iterable[Decision],
    winner: Taker | None,
    terms: RoundTerms,
) -> tuple[Decision, ...]:
    """One decision for each candidate; those who might have got the lead come first."""
    not_due = (
        _competing(taker, Verdict.OUTSCORED, Reason.ROTATION_NOT_DUE, terms)
        for taker in eligible
        if taker != winner
    )
    won = () if winner is None else (_won(winner, terms),)
    return (*won, *not_due, *blocked)


def decided(
    taker: Taker, reason: Reason, terms: RoundTerms, detail: Mapping[str, str] | None = None
) -> Decision:
    """The decision about somebody who does not get the lead."""
    return Decision(
        stage_id=terms.stage.id,
        phase=terms.phase,
        candidate=Candidate(kind=taker.kind, id=taker.id),
        verdict=VERDICTS[reason],
        reason=reason,
        detail=detail,
    )


def _of_customer(customer: Customer, terms: RoundTerms) -> Iterator[Block]:
    yield customer.id in terms.already_tried, Reason.ALREADY_TRIED
    yield not terms.stage.settings.customers.takes(customer.id), Reason.NOT_IN_STAGE
    yield customer.archived, Reason.CUSTOMER_ARCHIVED
    yield customer.paused, Reason.CUSTOMER_PAUSED
    yield customer.spendable_cents < terms.price_cents, Reason.SPENDABLE_BELOW_PRICE


def _won(taker: Taker, terms: RoundTerms) -> Decision:
    price = {"price_cents": terms.price_cents, "charged_cents": terms.price_cents}
    return _competing(taker, Verdict.WON, None, terms).model_copy(update=price)


def _competing(
    taker: Taker, verdict: Verdict, reason: Reason | None, terms: RoundTerms
) -> Decision:
    """A decision that shows by how many leads, and since when, the turn was found."""
    tallies = terms.state.of(taker)
    counted = tallies.within(terms.stage.settings.rotation, terms.now)
    detail = {"distributions": str(counted)}
    if tallies.last_at:
        detail["last_at"] = tallies.last_at.isoformat()
    return Decision(
        stage_id=terms.stage.id,
        phase=terms.phase,
        candidate=Candidate(kind=taker.kind, id=taker.id),
        verdict=verdict,
        reason=reason,
        amount_cents=terms.price_cents,
        detail=detail,
    )
