"""The Highest Price stage: ask partners, hold the auction, book the best offer (15.2).

A bid is charged and assigned in one step. A partner gets the post first, while the lead is
reserved for it (`partner_posts.py`); if it does not take the lead, the next best offer is tried,
its price computed against the offers that are left.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from leadflow.application.auction_ports import BidBook, Bidders
from leadflow.application.auction_records import (
    bid_sale,
    earlier_refusals,
    out_of_time,
    refused_decision,
    resumed,
)
from leadflow.application.auctions import Auction, Entrants, Held
from leadflow.application.contention import Overtaken, until_done
from leadflow.application.partner_posts import (
    Delivered,
    Delivery,
    MovedOn,
    PartnerPosts,
    once_closed,
    posts_until,
    refusals_of,
    released,
    with_round,
)
from leadflow.application.partner_sales import book, partner_sale
from leadflow.application.ping_rounds import Asking, PingRounds
from leadflow.application.ports import Refused, Sales
from leadflow.application.run_ports import Run, RunResult
from leadflow.application.runs import lead_of, result_of
from leadflow.application.stage_tasks import Entered, StageDesk, StageEnd
from leadflow.domain.assignments import AssignedVia
from leadflow.domain.auction import PriceQuote, Proposal
from leadflow.domain.contenders import BidContender
from leadflow.domain.decisions import AttemptStatus, Decision
from leadflow.domain.errors import CorruptState
from leadflow.domain.identifiers import LeadTypeId
from leadflow.domain.leads import Lead
from leadflow.domain.plans import HighestPriceStage
from leadflow.domain.reservations import PartnerOffer, PingRound

AUCTIONS_MAX = 40
"""Auctions held for one lead while others keep changing the winner's wallet or bid."""
_WAIT_SECONDS_MAX = 0.3


@dataclass
class _Attempt:
    """One execution of the stage. `lead` and `failures` grow with partners that refuse."""

    post_until: datetime
    entered: Entered
    auction: Auction
    round: PingRound
    lead: Lead
    failures: list[Decision]

    @property
    def is_reserved(self) -> bool:
        """Whether the stored lead is reserved by this stage, and not only the one in memory."""
        before = self.entered.lead
        return before.reservation is not None or self.lead.version > before.version

    @property
    def offers_left(self) -> list[PartnerOffer]:
        """Offers whose partners have not refused the lead."""
        gone = {refusal.offer.partner_id for refusal in refusals_of(self.lead)}
        return [offer for offer in self.round.offers if offer.partner_id not in gone]

    def held(self, now: datetime) -> Held:
        """The auction among bids as they are now and the offers that are left."""
        known = (*self.round.decisions, *self.failures)
        if now < self.post_until:
            return self.auction.hold(now, Entrants(self.offers_left, known))
        late = [out_of_time(self.auction, self.entered, offer) for offer in self.offers_left]
        return self.auction.hold(now, Entrants((), (*known, *late)))


@dataclass(frozen=True, kw_only=True)
class SellAtHighestPrice:
    """The action with its ports."""

    desk: StageDesk
    book: BidBook
    bidders: Bidders
    sales: Sales
    rounds: PingRounds
    posts: PartnerPosts

    def __call__(self, run: Run) -> RunResult | Run:
        """Sell the lead, or hand it on: the run as it goes on with the next stage.

        A repeated call finds the lead settled, or its own step recorded, and changes nothing; a
        partner's post that an earlier call left open is waited for and settled. Raises
        `TransientFault` when others kept changing the same wallet for too long.
        """
        begun = once_closed(partial(self._begun, run, self.desk.clock.now()))
        if isinstance(begun, RunResult):
            return begun
        return until_done(
            partial(self._sell, begun), tries=AUCTIONS_MAX, wait_seconds_max=_WAIT_SECONDS_MAX
        )

    def _begun(self, run: Run, now: datetime) -> RunResult | _Attempt:
        """The attempt with all offers; what became of the lead if there is nothing left to do."""
        entered = self.desk.entered(run)
        if isinstance(entered, RunResult):
            return entered
        delivery = self.posts.resumed(entered)
        until = posts_until(entered.lead, now)
        attempt = self._attempt(entered, delivery.lead if delivery else entered.lead, until)
        if isinstance(delivery, Delivered):
            held = resumed(attempt.auction, entered, delivery)
            return self._sold_to_partner(entered, held, delivery)
        return attempt

    def _attempt(self, entered: Entered, lead: Lead, post_until: datetime) -> _Attempt:
        configuration, lead_type_id = entered.configuration, LeadTypeId(str(lead.lead_type_id))
        auction = Auction(
            entered.run.tenant_id,
            lead,
            configuration.lead_types[lead_type_id],
            _stage_of(entered),
            configuration.settings.bidding.switches,
            configuration.ladder,
            self.book,
            self.bidders,
        )
        round_ = lead.reservation.round if lead.reservation else self._asked(entered)
        failures = earlier_refusals(auction, entered, lead)
        return _Attempt(post_until, entered, auction, round_, lead, failures)

    def _asked(self, entered: Entered) -> PingRound:
        promise = entered.lead.promise
        known = promise.partner_offers if promise else ()
        asking = Asking(
            tenant_id=entered.run.tenant_id,
            stage=_stage_of(entered),
            phase="post",
            lead=entered.lead,
            configuration=entered.configuration,
            known={offer.partner_id: offer for offer in known},
            patience_seconds=entered.run.patience_seconds(entered.started_at),
        )
        return self.rounds.ask(asking)

    def _sell(self, attempt: _Attempt) -> RunResult | Run:
        """Try offers from the best down until one is booked. Raises `Overtaken`."""
        for _ in range(len(attempt.offers_left) + 1):
            held = attempt.held(self.desk.clock.now())
            proposal = held.proposal
            if proposal is None:
                return self._handed_on(attempt, held)
            if isinstance(proposal.winner, BidContender):
                return self._sold_to_bid(attempt, held, proposal.winner, proposal.quote)
            delivery = self._posted(attempt, proposal)
            if isinstance(delivery, Delivered):
                return self._sold_to_partner(attempt.entered, held, delivery)
            if isinstance(delivery, MovedOn):
                return self._passed(attempt, held, passed=delivery.passed)
            attempt.lead = delivery.lead
            attempt.failures.append(refused_decision(held, proposal, delivery.lead))
        raise CorruptState("A partner offered twice in one stage.")

    def _posted(self, attempt: _Attempt, proposal: Proposal) -> Delivery:
        candidate = proposal.winner.candidate.id
        offer = next(one for one in attempt.offers_left if one.partner_id == candidate)
        lead = attempt.lead
        if lead.reservation is None:
            lead = with_round(attempt.entered, AssignedVia.PARTNER, attempt.round)
        return self.posts.deliver(attempt.entered, lead, offer, AssignedVia.PARTNER)

    def _sold_to_bid(
        self, attempt: _Attempt, held: Held, winner: BidContender, quote: PriceQuote
    ) -> RunResult | Run:
        sale = bid_sale(attempt.entered, attempt.lead, held, winner, quote)
        refused = self.sales.sell(attempt.entered.run.tenant_id, sale)
        if not refused:
            return result_of(sale.lead)
        if refused & {Refused.STEP, Refused.LEAD, Refused.ENTRY}:
            return self._passed(attempt, held, passed=Refused.STEP in refused)
        attempt.auction.contest(winner.bid)
        raise Overtaken("The winner's wallet stayed contended.")

    def _sold_to_partner(self, entered: Entered, held: Held, delivery: Delivered) -> RunResult:
        sale = partner_sale(
            entered,
            delivery,
            AssignedVia.PARTNER,
            held.decisions,
            held.terms.now,
            offers_count=len(held.contenders),
        )
        is_booked = book(self.sales, entered.run.tenant_id, sale)
        return result_of(sale.lead if is_booked else lead_of(entered.run, self.desk.leads))

    def _passed(self, attempt: _Attempt, held: Held, *, passed: bool) -> RunResult | Run:
        """An earlier execution was faster: it has passed the stage, or it has sold the lead."""
        if passed:
            return self._handed_on(attempt, held)
        return result_of(lead_of(attempt.entered.run, self.desk.leads))

    def _handed_on(self, attempt: _Attempt, held: Held) -> Run:
        now = held.terms.now
        end = StageEnd(
            AttemptStatus.FAILED,
            held.failure,
            held.decisions,
            released(attempt.lead, now) if attempt.lead.reservation else None,
            releases=attempt.is_reserved,
        )
        return self.desk.handed_on(attempt.entered, end, now)


def _stage_of(entered: Entered) -> HighestPriceStage:
    if not isinstance(entered.stage, HighestPriceStage):
        raise CorruptState("The run names a stage of another method.")
    return entered.stage
