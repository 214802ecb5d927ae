"""What is booked and recorded of a promise: kept, or lapsed."""

from datetime import datetime

from leadflow.application.ports import Sale
from leadflow.application.promise_checks import BidStands, CustomerStands
from leadflow.application.stage_tasks import Entered
from leadflow.domain.customers import Customer
from leadflow.domain.decisions import VERDICTS, AttemptStatus, Decision, Kind, Reason, Verdict
from leadflow.domain.flows import (
    Channel,
    EventName,
    FlowEnding,
    FlowStep,
    Recipient,
    TimelineEvent,
    joined,
)
from leadflow.domain.leads import Lead
from leadflow.domain.promises import Promise
from leadflow.domain.rotations import Taker
from leadflow.domain.round_sales import handed_out
from leadflow.domain.sales import booked


def with_kept(lead: Lead, promise: Promise, *, kept: bool) -> Lead:
    """The lead in memory once it is known whether the promise holds.

    What partners offered to the ping is of no use once it is kept.
    """
    spent = {"partner_offers": (), "better": ()} if kept else {}
    after = promise.model_copy(update={"kept": kept} | spent)
    return lead.model_copy(update={"promise": after})


def kept_decisions(promise: Promise) -> tuple[Decision, ...]:
    """The promised offer as the one that got the lead, and those that were passed over for it."""
    won = promise.offer.decision.model_copy(
        update={"phase": "post", "verdict": Verdict.WON, "reason": None}
    )
    return (won, *_passed_over(promise))


def lapsed_decisions(promise: Promise, decision: Decision) -> tuple[Decision, ...]:
    """The promised offer as it failed, and those that the source had passed over for it."""
    return (decision, *_passed_over(promise))


def _passed_over(promise: Promise) -> tuple[Decision, ...]:
    reason = Reason.NOT_SELECTED
    update = {"phase": "post", "verdict": VERDICTS[reason], "reason": reason}
    return tuple(better.decision.model_copy(update=update) for better in promise.better)


def honored_event(now: datetime) -> TimelineEvent:
    """That the source got what its ping was answered."""
    return TimelineEvent(
        at=now, event=EventName.PING_HONORED, description="The promise to the ping was kept."
    )


def promised_sale(
    entered: Entered, promise: Promise, stands: BidStands | CustomerStands, now: datetime
) -> Sale:
    """The sale of a promised lead to a customer, at the promised amount."""
    lead, ladder = with_kept(entered.lead, promise, kept=True), entered.configuration.ladder
    charged = promise.offer.charged_cents
    if isinstance(stands, BidStands):
        after = booked(lead, entered.source, stands.contender, charged, now, ladder=ladder)
        return Sale(
            lead=after.lead,
            bid=after.bid,
            customer=after.customer,
            entry=after.entry,
            ending=_ending(promise, after.customer, now),
            step=_step(entered, promise, now),
        )
    handed = handed_out(lead, entered.source, stands.customer, charged, now, ladder=ladder)
    taker = Taker(Kind.CUSTOMER, stands.customer.id)
    return Sale(
        lead=handed.lead,
        customer=handed.customer,
        entry=handed.entry,
        rotation=stands.rotation.taken(taker, now),
        ending=_ending(promise, handed.customer, now),
        step=_step(entered, promise, now),
    )


def _ending(promise: Promise, customer: Customer, now: datetime) -> FlowEnding:
    is_bid = promise.offer.decision.candidate.kind is Kind.BID
    return FlowEnding(
        updated_at=now,
        ended_at=now,
        offers_count=promise.offers_count,
        sold_for_cents=promise.offer.charged_cents,
        recipient=Recipient(customer_id=customer.id),
        channel=Channel.BID if is_bid else Channel.CUSTOMER,
        honored=True,
    )


def _step(entered: Entered, promise: Promise, now: datetime) -> FlowStep:
    attempt = entered.attempt(AttemptStatus.SUCCESS, None, now)
    told, decisions = (honored_event(now),), kept_decisions(promise)
    record = FlowStep(number=0, timeline=told, decisions=decisions)
    return joined(entered.run.step, attempt, record)
