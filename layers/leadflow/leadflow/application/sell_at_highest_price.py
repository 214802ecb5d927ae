"""The Highest Price stage: hold the auction, then charge and assign in one step (15.2)."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from leadflow.application.auctions import Auction, Held
from leadflow.application.contention import Overtaken, until_done
from leadflow.application.facts import facts_of_lead
from leadflow.application.ports import (
    BidBook,
    Bidders,
    Clock,
    ConfigurationReader,
    Flows,
    Leads,
    Refused,
    Sale,
    Sales,
)
from leadflow.application.run_ports import Run, RunResult
from leadflow.application.runs import is_on, lead_of, result_of
from leadflow.application.stages import advanced, next_stage
from leadflow.domain.auction import PriceQuote
from leadflow.domain.configuration import Configuration
from leadflow.domain.contenders import BidContender
from leadflow.domain.decisions import AttemptStatus
from leadflow.domain.errors import CorruptState
from leadflow.domain.flows import Channel, FlowEnding, FlowStep, Recipient, attempted, joined
from leadflow.domain.formats import Formats
from leadflow.domain.plans import Plan
from leadflow.domain.sales import booked

AUCTIONS_MAX = 40
"""Auctions held for one lead while others keep changing the winner's wallet or bid."""
_WAIT_SECONDS_MAX = 0.3


@dataclass(frozen=True)
class _Stand:
    """One auction with everything needed to book or record it."""

    run: Run
    auction: Auction
    configuration: Configuration
    started_at: datetime


@dataclass(frozen=True, kw_only=True)
class SellAtHighestPrice:
    """The action with its ports."""

    configuration: ConfigurationReader
    leads: Leads
    flows: Flows
    book: BidBook
    bidders: Bidders
    sales: Sales
    formats: Formats
    clock: Clock

    def __call__(self, run: Run) -> RunResult | Run:
        """Sell the lead, or hand it on: the run as it goes on with the next stage.

        A repeated call finds the lead settled, or its own step recorded, and changes nothing.
        Raises `TransientFault` when others kept changing the same wallet for too long.
        """
        lead = lead_of(run, self.leads)
        if not is_on(run, lead):
            return result_of(lead)
        configuration = self.configuration.at_least(run.tenant_id, run.stamp)
        plan = self.configuration.plan(run.tenant_id, run.plan_version)
        if plan is None or lead.lead_type_id is None:
            raise CorruptState("The run names a plan or a lead type that does not exist.")
        auction = Auction(
            run.tenant_id,
            lead,
            configuration.lead_types[lead.lead_type_id],
            plan.stage(str(run.stage_id)),
            configuration.settings.bidding.switches,
            self.book,
            self.bidders,
        )
        stand = _Stand(run, auction, configuration, self.clock.now())
        ended = self._sell(stand)
        return self._handed_on(stand, plan, ended) if isinstance(ended, Held) else ended

    def _sell(self, stand: _Stand) -> RunResult | Held:
        return until_done(
            lambda: self._sell_once(stand), tries=AUCTIONS_MAX, wait_seconds_max=_WAIT_SECONDS_MAX
        )

    def _sell_once(self, stand: _Stand) -> RunResult | Held:
        """One auction and one try to book it: the auction if nobody won. Raises `Overtaken`."""
        held = stand.auction.hold(self.clock.now())
        if held.proposal is None:
            return held
        winner = cast("BidContender", held.proposal.winner)
        sale = _sale(stand, held, winner, held.proposal.quote)
        refused = self.sales.sell(stand.run.tenant_id, sale)
        if not refused:
            return result_of(sale.lead)
        if Refused.STEP in refused:
            # An earlier execution of this stage found no taker and went on; so does this one.
            return held
        if refused & {Refused.LEAD, Refused.ENTRY}:
            return result_of(lead_of(stand.run, self.leads))
        stand.auction.contest(winner.bid)
        raise Overtaken("The winner's wallet stayed contended.")

    def _handed_on(self, stand: _Stand, plan: Plan, held: Held) -> Run:
        run, now = stand.run, held.terms.now
        facts = facts_of_lead(stand.auction.lead, stand.configuration, self.formats)
        upcoming = next_stage(plan, run.stage_id, facts, now)
        attempt = attempted(
            stand.auction.stage,
            AttemptStatus.FAILED,
            held.failure,
            started_at=stand.started_at,
            ended_at=now,
        )
        record = FlowStep(number=0, decisions=held.decisions)
        step = joined(run.step, attempt, record, upcoming.skipped)
        self.flows.add_step(run.tenant_id, run.flow_id, step)
        return advanced(run, upcoming)


def _sale(stand: _Stand, held: Held, winner: BidContender, quote: PriceQuote) -> Sale:
    now, lead = held.terms.now, stand.auction.lead
    source = stand.configuration.sources[lead.source_id]
    after = booked(lead, source, winner, quote.charged_cents, now)
    attempt = attempted(
        stand.auction.stage,
        AttemptStatus.SUCCESS,
        None,
        started_at=stand.started_at,
        ended_at=now,
    )
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
        ),
        step=joined(stand.run.step, attempt, FlowStep(number=0, decisions=held.decisions)),
    )
