"""What changes when a listed lead is bought, or its auction ends (`product.md`, 13)."""

from datetime import datetime
from typing import NamedTuple

from leadflow.domain.assignments import AssignedVia, Assignment
from leadflow.domain.auction_listings import Auction, AuctionSale
from leadflow.domain.buy_orders import BuyOrder, OrderStatus, converted, freed
from leadflow.domain.customers import Customer
from leadflow.domain.decisions import AttemptReason, AttemptStatus
from leadflow.domain.flows import (
    Channel,
    EventName,
    FlowEnding,
    FlowStep,
    Recipient,
    TimelineEvent,
    attempted,
    joined,
)
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.ledger import Entry, LedgerEvent
from leadflow.domain.plans import Stage
from leadflow.domain.return_tiers import TierLadder
from leadflow.domain.sales import charged, sale_transaction_id


class Bought(NamedTuple):
    """All that a sale changes, as it is afterwards; `order` is the buyer's own, if it had one."""

    auction: Auction
    lead: Lead
    customer: Customer
    entries: tuple[Entry, ...]
    order: BuyOrder | None


def bought_now(
    auction: Auction,
    lead: Lead,
    customer: Customer,
    own: BuyOrder | None,
    *,
    repeat: str | None,
    now: datetime,
    ladder: TierLadder,
) -> Bought:
    """Sell the lead at the current price; what the buyer had on hold counts for it.

    Raises `Unprocessable` (`insufficient_funds`).
    """
    price, event = auction.price_now(now), LedgerEvent.RELEASED_BUY_ORDER
    released = freed(customer, own, event, now) if own else None
    payer = released.customer if released else customer
    description = "Lead bought on the marketplace."
    paid, charge = charged(lead, payer, price, now, description=description, ladder=ladder)
    return Bought(
        auction.sold(_sale(customer, price, repeat), now),
        _assigned(lead, auction, customer, price, now),
        paid.model_copy(update={"version": customer.version + 1}),
        tuple(entry for entry in (released and released.entry, charge) if entry),
        own.ended(OrderStatus.RELEASED, now) if own else None,
    )


def won_by_order(
    auction: Auction,
    lead: Lead,
    customer: Customer,
    order: BuyOrder,
    *,
    now: datetime,
    ladder: TierLadder,
) -> Bought:
    """Sell the lead to an order at its own amount; its hold becomes the charge."""
    transaction_id = sale_transaction_id(lead.flow_ids[-1], lead.id)
    posting = converted(customer, order, lead.id, transaction_id, now, ladder=ladder)
    return Bought(
        auction.sold(_sale(customer, order.amount_cents, None), now),
        _assigned(lead, auction, customer, order.amount_cents, now),
        posting.customer,
        (posting.entry,),
        order.ended(OrderStatus.WON, now),
    )


def sold_step(auction: Auction, stage: Stage, now: datetime) -> FlowStep:
    """What the flow tells of the sale."""
    told = TimelineEvent(
        at=now,
        event=EventName.SOLD_ON_MARKETPLACE,
        description="A customer bought the lead on the marketplace.",
    )
    ended = _attempt_ended(auction, stage, AttemptStatus.SUCCESS, None, now)
    return joined(auction.step + 1, FlowStep(number=0, timeline=(told,)), ended)


def unsold_step(auction: Auction, stage: Stage, skipped: FlowStep, now: datetime) -> FlowStep:
    """What the flow tells of an auction without a buyer, and of stages that are skipped next."""
    reason = AttemptReason.AUCTION_UNSOLD
    told = TimelineEvent(
        at=now,
        event=EventName.MARKETPLACE_UNSOLD,
        description="The auction ended without a buyer.",
        reason=reason,
    )
    ended = _attempt_ended(auction, stage, AttemptStatus.FAILED, reason, now)
    return joined(auction.step + 1, FlowStep(number=0, timeline=(told,)), ended, skipped)


def sold_ending(bought: Bought, now: datetime) -> FlowEnding:
    """How the flow ends with the sale."""
    sale = bought.auction.sale
    return FlowEnding(
        updated_at=now,
        ended_at=now,
        sold_for_cents=sale.charged_cents if sale else None,
        recipient=Recipient(customer_id=bought.customer.id),
        channel=Channel.CUSTOMER,
        honored=bought.lead.honored,
    )


def _sale(customer: Customer, charged_cents: int, repeat: str | None) -> AuctionSale:
    return AuctionSale(customer_id=customer.id, charged_cents=charged_cents, repeat=repeat)


def _assigned(
    lead: Lead, auction: Auction, customer: Customer, charged_cents: int, now: datetime
) -> Lead:
    """The lead with its buyer; the payout is the fallback price that was in force at listing."""
    assignment = Assignment(
        customer_id=customer.id,
        assigned_via=AssignedVia.MARKETPLACE,
        charged_cents=charged_cents,
        assigned_at=now,
    )
    return lead.moved(
        LeadStatus.ASSIGNED, now, assignment=assignment, payout_cents=auction.payout_cents
    )


def _attempt_ended(
    auction: Auction,
    stage: Stage,
    status: AttemptStatus,
    reason: AttemptReason | None,
    now: datetime,
) -> FlowStep:
    """The end of the attempt; that the stage was entered is told in an earlier step."""
    step = attempted(stage, status, reason, started_at=auction.started_at, ended_at=now)
    return step.model_copy(update={"timeline": step.timeline[1:]})
