"""What the plan would do with a lead that is only asked about (`product.md`, 15.7).

The stages run without effect on leads and money. The first one that would take the lead decides;
what it offers is what the source is answered.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from leadflow.application.auction_ports import BidBook, Bidders
from leadflow.application.auctions import Auction, Entrants
from leadflow.application.facts import facts_of_lead
from leadflow.application.foresight import altered_copy
from leadflow.application.ping_offers import OfferBook
from leadflow.application.ping_rounds import Asking, PingRounds
from leadflow.application.ports import Clock, IdFactory
from leadflow.application.rotation_ports import CustomerList, Rotations
from leadflow.application.rounds import Round
from leadflow.application.stages import next_stage
from leadflow.domain.alterations import AlterationFailed
from leadflow.domain.configuration import Configuration
from leadflow.domain.decisions import (
    AttemptReason,
    AttemptStatus,
    Decision,
    Outcome,
    unsold_outcome,
)
from leadflow.domain.flows import FlowStep, attempted, joined
from leadflow.domain.formats import Formats
from leadflow.domain.identifiers import LeadTypeId, StageId, TenantId
from leadflow.domain.leads import Lead
from leadflow.domain.marketplace_entry import entry
from leadflow.domain.plans import (
    AlterDataStage,
    HighestPriceStage,
    Method,
    Plan,
    RealEstateApiStage,
    RoundRobinStage,
    Stage,
)
from leadflow.domain.promises import PingOffer
from leadflow.domain.reservations import PartnerOffer, worth_keeping
from leadflow.domain.sources import SourceType


@dataclass(frozen=True)
class Prospect:
    """A lead that is asked about and not stored; `until` is when the caller stops waiting."""

    tenant_id: TenantId
    lead: Lead
    configuration: Configuration
    plan: Plan
    until: datetime


@dataclass(frozen=True)
class Evaluated:
    """What the plan would do: the stage that would take the lead, and what it offers.

    Without a `stage_id` nobody would, for the reason of `outcome`. `price_cents` is what the
    source would be paid where no offer sets the price.
    """

    step: FlowStep
    stage_id: StageId | None = None
    outcome: Outcome | None = None
    offers: tuple[PingOffer, ...] = ()
    offers_count: int = 0
    partner_offers: tuple[PartnerOffer, ...] = ()
    price_cents: int = 0


@dataclass(frozen=True)
class _Tried:
    """What one stage would do. `lead` is the copy as later stages see it."""

    status: AttemptStatus
    reason: AttemptReason | None = None
    decisions: tuple[Decision, ...] = ()
    lead: Lead | None = None
    offers: tuple[PingOffer, ...] = ()
    offers_count: int = 0
    partner_offers: tuple[PartnerOffer, ...] = ()
    price_cents: int = 0


_Try = Callable[[Prospect, Stage], _Tried]


@dataclass(frozen=True, kw_only=True)
class EvaluatePlan:
    """The ports of an evaluation."""

    book: BidBook
    bidders: Bidders
    customers: CustomerList
    rotations: Rotations
    rounds: PingRounds
    formats: Formats
    clock: Clock
    ids: IdFactory

    def __call__(self, prospect: Prospect) -> Evaluated:
        """Try the stages from the first one on until one would take the lead."""
        steps: list[FlowStep] = []
        reasons: set[AttemptReason] = set()
        after: str | None = None
        for _ in prospect.plan.stages:
            started_at = self.clock.now()
            facts = facts_of_lead(prospect.lead, prospect.configuration, self.formats)
            upcoming = next_stage(prospect.plan, after, facts, started_at)
            steps.append(in_ping(upcoming.skipped))
            if upcoming.stage is None:
                break
            stage, after = upcoming.stage, upcoming.stage.id
            tried = self._methods[stage.method](prospect, stage)
            steps.append(_step(stage, tried, started_at, self.clock.now()))
            if tried.status is AttemptStatus.SUCCESS:
                return _taken(stage.id, joined(0, *steps), tried)
            if tried.status is AttemptStatus.ERROR:
                return Evaluated(joined(0, *steps), outcome=Outcome.DISTRIBUTION_ERROR)
            reasons |= {tried.reason} if tried.reason else set()
            prospect = replace(prospect, lead=tried.lead or prospect.lead)
        return Evaluated(joined(0, *steps), outcome=unsold_outcome(frozenset(reasons)))

    @property
    def _methods(self) -> Mapping[Method, _Try]:
        return {
            Method.HIGHEST_PRICE: self._highest_price,
            Method.ROUND_ROBIN: self._round_robin,
            Method.MARKETPLACE: self._marketplace,
            Method.ALTER_DATA: self._alter_data,
            Method.REAL_ESTATE_API: self._real_estate_api,
        }

    def _highest_price(self, prospect: Prospect, some: Stage) -> _Tried:
        stage, lead = cast("HighestPriceStage", some), prospect.lead
        configuration, source = prospect.configuration, _source_type(prospect)
        found = self.rounds.ask(self._asking(prospect, stage))
        auction = Auction(
            prospect.tenant_id,
            lead,
            configuration.lead_types[cast("LeadTypeId", lead.lead_type_id)],
            stage,
            configuration.settings.bidding.switches,
            configuration.ladder,
            self.book,
            self.bidders,
            phase="ping",
        )
        entrants = Entrants(found.offers, found.decisions)
        everything = source is SourceType.INTERNAL
        held = auction.hold(self.clock.now(), entrants, everything=everything)
        if held.proposal is None:
            return _Tried(AttemptStatus.FAILED, held.failure, held.decisions)
        offers = OfferBook(lead, configuration, self.ids.uuid).of_auction(held, found.offers)
        return _Tried(
            AttemptStatus.SUCCESS,
            decisions=held.decisions,
            offers=offers,
            offers_count=len(held.contenders),
            partner_offers=worth_keeping(found.offers),
        )

    def _asking(self, prospect: Prospect, stage: HighestPriceStage) -> Asking:
        left = (prospect.until - self.clock.now()).total_seconds()
        return Asking(
            tenant_id=prospect.tenant_id,
            stage=stage,
            phase="ping",
            lead=prospect.lead,
            configuration=prospect.configuration,
            known={},
            patience_seconds=max(left, 0.0),
            may_ping=not prospect.lead.is_test,
        )

    def _round_robin(self, prospect: Prospect, some: Stage) -> _Tried:
        round_ = Round(
            prospect.tenant_id,
            prospect.lead,
            prospect.configuration,
            cast("RoundRobinStage", some),
            self.customers,
            self.rotations,
            phase="ping",
        )
        looked = round_.look(self.clock.now())
        if looked.winner is None:
            return _Tried(AttemptStatus.FAILED, looked.failure, looked.decisions)
        book = OfferBook(prospect.lead, prospect.configuration, self.ids.uuid)
        return _Tried(
            AttemptStatus.SUCCESS,
            decisions=looked.decisions,
            offers=book.of_round(looked, looked.winner),
            offers_count=1,
        )

    def _marketplace(self, prospect: Prospect, some: Stage) -> _Tried:
        del some
        lead, configuration = prospect.lead, prospect.configuration
        kind = configuration.lead_types[cast("LeadTypeId", lead.lead_type_id)]
        terms = entry(configuration.settings, kind, configuration.sources[lead.source_id])
        if isinstance(terms, AttemptReason):
            return _Tried(AttemptStatus.SKIPPED, terms)
        return _Tried(AttemptStatus.SUCCESS, price_cents=terms.payout_cents)

    def _alter_data(self, prospect: Prospect, some: Stage) -> _Tried:
        stage = cast("AlterDataStage", some)
        after = altered_copy(prospect.lead, stage, prospect.configuration, self.formats)
        if isinstance(after, AlterationFailed):
            return _Tried(AttemptStatus.ERROR, after.reason)
        return _Tried(AttemptStatus.CONTINUE, lead=after)

    def _real_estate_api(self, prospect: Prospect, some: Stage) -> _Tried:
        category = cast("RealEstateApiStage", some).settings.lead_category_id
        is_other = prospect.lead.lead_category_id != category
        reason = AttemptReason.CATEGORY_MISMATCH if is_other else None
        return _Tried(AttemptStatus.SKIPPED, reason or AttemptReason.NOT_EVALUATED_ON_PING)


def in_ping(step: FlowStep) -> FlowStep:
    """Attempts of stages as they belong to a ping."""
    attempts = tuple(one.model_copy(update={"phase": "ping"}) for one in step.attempts)
    return step.model_copy(update={"attempts": attempts})


def _source_type(prospect: Prospect) -> SourceType:
    return prospect.configuration.sources[prospect.lead.source_id].type


def _step(stage: Stage, tried: _Tried, started_at: datetime, ended_at: datetime) -> FlowStep:
    told = "would take the lead" if tried.status is AttemptStatus.SUCCESS else None
    attempt = attempted(
        stage,
        tried.status,
        tried.reason,
        started_at=started_at,
        ended_at=ended_at,
        phase="ping",
        told=told,
    )
    return joined(0, attempt, FlowStep(number=0, decisions=tried.decisions))


def _taken(stage_id: StageId, step: FlowStep, tried: _Tried) -> Evaluated:
    return Evaluated(
        step,
        stage_id=stage_id,
        offers=tried.offers,
        offers_count=tried.offers_count,
        partner_offers=tried.partner_offers,
        price_cents=tried.price_cents,
    )
