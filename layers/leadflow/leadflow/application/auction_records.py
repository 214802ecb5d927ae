"""What a Highest Price stage books and records, beside holding its auction."""

from collections.abc import Mapping

from leadflow.application.auctions import Auction, Held, contender_of
from leadflow.application.partner_posts import Delivered, refusals_of
from leadflow.application.ports import Sale
from leadflow.application.stage_tasks import Entered
from leadflow.domain.auction import PriceQuote, Proposal, failed
from leadflow.domain.contenders import BidContender
from leadflow.domain.decisions import AttemptStatus, Decision, Reason
from leadflow.domain.flows import Channel, FlowEnding, FlowStep, Recipient, joined
from leadflow.domain.leads import Lead
from leadflow.domain.reservations import PartnerOffer
from leadflow.domain.sales import booked

_OUT_OF_TIME: Mapping[str, str] = {"cause": "stage_out_of_time"}


def bid_sale(
    entered: Entered, lead: Lead, held: Held, winner: BidContender, quote: PriceQuote
) -> Sale:
    """The sale of a lead to the bid that won."""
    now = held.terms.now
    ladder = entered.configuration.ladder
    after = booked(lead, entered.source, winner, quote.charged_cents, now, ladder=ladder)
    attempt = entered.attempt(AttemptStatus.SUCCESS, None, now)
    return Sale(
        lead=after.lead,
        bid=after.bid,
        customer=after.customer,
        entry=after.entry,
        ending=FlowEnding(
            updated_at=now,
            ended_at=now,
            offers_count=len(held.contenders),
            sold_for_cents=quote.charged_cents,
            recipient=Recipient(customer_id=after.customer.id),
            channel=Channel.BID,
            honored=lead.honored,
        ),
        step=joined(entered.run.step, attempt, FlowStep(number=0, decisions=held.decisions)),
    )


def refused_decision(held: Held, proposal: Proposal, lead: Lead) -> Decision:
    """The decision about the partner that was posted to last and did not take the lead."""
    refusal = refusals_of(lead)[-1]
    decision = failed(held.terms, proposal, refusal.reason)
    return decision.model_copy(update={"detail": refusal.detail})


def earlier_refusals(auction: Auction, entered: Entered, lead: Lead) -> list[Decision]:
    """Decisions about partners that refused in an earlier execution of the stage."""
    terms = auction.terms(entered.started_at)
    return [
        failed(terms, _alone(refusal.offer), refusal.reason).model_copy(
            update={"detail": refusal.detail}
        )
        for refusal in refusals_of(lead)
    ]


def out_of_time(auction: Auction, entered: Entered, offer: PartnerOffer) -> Decision:
    """The decision about an offer that the stage has no time left to take: nothing was sent."""
    reason = Reason.PARTNER_POST_CONNECTION_FAILED
    decision = failed(auction.terms(entered.started_at), _alone(offer), reason)
    return decision.model_copy(update={"detail": _OUT_OF_TIME})


def resumed(auction: Auction, entered: Entered, delivered: Delivered) -> Held:
    """The auction as it is recorded when an earlier execution held it and did not come to book.

    The bids that it looked at are not known any more; the partners' offers are.
    """
    reservation = delivered.lead.reservation
    known = reservation.round.offers if reservation else ()
    gone = {refusal.offer.partner_id for refusal in refusals_of(delivered.lead)}
    proposal = _alone(delivered.offer)
    others = [
        contender_of(offer)
        for offer in known
        if offer.partner_id not in gone | {delivered.offer.partner_id}
    ]
    decisions = reservation.round.decisions if reservation else ()
    blocked = (*decisions, *earlier_refusals(auction, entered, delivered.lead))
    terms = auction.terms(entered.started_at)
    return Held(terms, proposal, (proposal.winner, *others), blocked)


def _alone(offer: PartnerOffer) -> Proposal:
    """An offer as it would win without any other."""
    return Proposal(contender_of(offer), PriceQuote(offer.amount_cents, offer.amount_cents, None))
