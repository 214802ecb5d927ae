"""The Round Robin stage: hand the lead to whose turn it is, at a flat price (15.3).

A customer is charged and assigned in one step, which also takes its turn. A partner takes its turn
with the reservation of the lead (`partner_posts.py`); if it does not take the lead, the turn is
given back with whatever is stored next.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial

from leadflow.application.contention import Overtaken, until_done
from leadflow.application.partner_posts import (
    Delivered,
    MovedOn,
    NotDelivered,
    PartnerPosts,
    once_closed,
    posts_until,
    refusals_of,
    released,
)
from leadflow.application.partner_sales import book, partner_sale
from leadflow.application.ports import Refused, Sale, Sales
from leadflow.application.rotation_ports import CustomerList, Rotations
from leadflow.application.rounds import Looked, Round
from leadflow.application.run_ports import Run, RunResult
from leadflow.application.runs import lead_of, result_of
from leadflow.application.stage_tasks import Entered, StageDesk, StageEnd
from leadflow.domain.assignments import AssignedVia
from leadflow.domain.decisions import AttemptStatus, Kind
from leadflow.domain.errors import CorruptState
from leadflow.domain.flows import Channel, FlowEnding, FlowStep, Recipient, joined
from leadflow.domain.identifiers import PartnerId
from leadflow.domain.leads import Lead
from leadflow.domain.partners import PARTNERS_MAX
from leadflow.domain.plans import RoundRobinStage
from leadflow.domain.reservations import PartnerOffer
from leadflow.domain.rotations import Taker, Turn
from leadflow.domain.round_sales import handed_out

ROUNDS_MAX = 40
"""Looks for one recipient while others keep taking turns or changing the wallet."""
_WAIT_SECONDS_MAX = 0.3


@dataclass
class _Stand:
    """How far the stage has come: the lead as it is stored or will be, and a turn to give back."""

    entered: Entered
    round: Round
    post_until: datetime
    lead: Lead
    owed: Turn | None = None


@dataclass(frozen=True, kw_only=True)
class SellRoundRobin:
    """The action with its ports."""

    desk: StageDesk
    customers: CustomerList
    rotations: Rotations
    sales: Sales
    posts: PartnerPosts

    def __call__(self, run: Run) -> RunResult | Run:
        """Hand the lead to whose turn it is, or hand it on: the run as it goes on.

        A repeated call finds the lead settled, or its own step recorded, and changes nothing; a
        partner's post that an earlier call left open is waited for and settled. Raises
        `TransientFault` when others kept taking turns for too long.
        """
        begun = once_closed(partial(self._begun, run, self.desk.clock.now()))
        if isinstance(begun, RunResult):
            return begun
        for _ in range(PARTNERS_MAX + 1):
            ended = until_done(
                partial(self._tried, begun), tries=ROUNDS_MAX, wait_seconds_max=_WAIT_SECONDS_MAX
            )
            if ended is not None:
                return ended
        raise CorruptState("More partners refused the lead than there are.")

    def _begun(self, run: Run, now: datetime) -> RunResult | _Stand:
        """Where the stage goes on; what became of the lead if there is nothing left to do."""
        entered = self.desk.entered(run)
        if isinstance(entered, RunResult):
            return entered
        delivery = self.posts.resumed(entered)
        until = posts_until(entered.lead, now)
        stand = _Stand(entered, self._round(entered), until, entered.lead)
        if isinstance(delivery, Delivered):
            return self._booked(stand, self._look(stand), delivery)
        if isinstance(delivery, NotDelivered):
            stand.lead, stand.owed = delivery.lead, _turn(delivery.offer)
        return stand

    def _round(self, entered: Entered) -> Round:
        if not isinstance(entered.stage, RoundRobinStage):
            raise CorruptState("The run names a stage of another method.")
        return Round(
            entered.run.tenant_id,
            entered.lead,
            entered.configuration,
            entered.stage,
            self.customers,
            self.rotations,
        )

    def _tried(self, stand: _Stand) -> RunResult | Run | None:
        """One look and one try; None: a partner did not take the lead. Raises `Overtaken`."""
        looked = self._look(stand)
        if looked.winner is None:
            return self._handed_on(stand, looked)
        if looked.winner.kind is Kind.CUSTOMER:
            return self._sold(stand, looked, looked.winner)
        return self._posted(stand, looked, looked.winner)

    def _look(self, stand: _Stand) -> Looked:
        now = self.desk.clock.now()
        may_post = now < stand.post_until
        return stand.round.look(now, refusals_of(stand.lead), may_post=may_post)

    def _sold(self, stand: _Stand, looked: Looked, winner: Taker) -> RunResult | Run:
        sale = _sale(stand, looked, winner)
        refused = self.sales.sell(stand.entered.run.tenant_id, sale)
        if not refused:
            return result_of(sale.lead)
        if refused & {Refused.STEP, Refused.LEAD, Refused.ENTRY}:
            return self._passed(stand, looked, passed=Refused.STEP in refused)
        if Refused.CUSTOMER in refused:
            stand.round.contested.add(winner.id)
        raise Overtaken("The rotation or the winner's wallet stayed contended.")

    def _posted(self, stand: _Stand, looked: Looked, winner: Taker) -> RunResult | Run | None:
        now = looked.terms.now
        offer = PartnerOffer(
            partner_id=PartnerId(winner.id),
            amount_cents=looked.terms.price_cents,
            penalty_percentage=Decimal(0),
            offered_at=now,
        )
        turn = looked.terms.state.passed_on(stand.owed, winner, now)
        delivery = self.posts.deliver(
            stand.entered, stand.lead, offer, AssignedVia.ROUND_ROBIN, turn
        )
        if isinstance(delivery, Delivered):
            return self._booked(stand, looked, delivery)
        if isinstance(delivery, MovedOn):
            return self._passed(stand, looked, passed=delivery.passed)
        if delivery.lead.version > stand.lead.version:
            # The lead was reserved for it, which took its turn; a partner paused since gets none.
            stand.owed = _turn(offer)
        stand.lead = delivery.lead
        return None

    def _booked(self, stand: _Stand, looked: Looked, delivered: Delivered) -> RunResult:
        tenant_id = stand.entered.run.tenant_id
        given = looked.given_to(_turn(delivered.offer).taker)
        sale = partner_sale(
            stand.entered,
            delivered,
            AssignedVia.ROUND_ROBIN,
            given.decisions,
            self.desk.clock.now(),
            offers_count=len(given.eligible),
        )
        return result_of(sale.lead) if book(self.sales, tenant_id, sale) else self._newest(stand)

    def _passed(self, stand: _Stand, looked: Looked, *, passed: bool) -> RunResult | Run:
        """An earlier execution was faster: it has passed the stage, or it has sold the lead."""
        return self._handed_on(stand, looked) if passed else self._newest(stand)

    def _handed_on(self, stand: _Stand, looked: Looked) -> Run:
        now, lead, owed = looked.terms.now, stand.lead, stand.owed
        end = StageEnd(
            AttemptStatus.FAILED,
            looked.failure,
            looked.decisions,
            released(lead, now) if lead.reservation else None,
            rotation=looked.terms.state.given_back(owed) if owed else None,
            releases=lead.reservation is not None,
        )
        return self.desk.handed_on(stand.entered, end, now)

    def _newest(self, stand: _Stand) -> RunResult:
        return result_of(lead_of(stand.entered.run, self.desk.leads))


def _turn(offer: PartnerOffer) -> Turn:
    return Turn(Taker(Kind.PARTNER, offer.partner_id), offer.offered_at)


def _sale(stand: _Stand, looked: Looked, winner: Taker) -> Sale:
    """The sale to a customer, with the turn that it takes."""
    entered, terms = stand.entered, looked.terms
    customer = looked.customers[winner.id]
    price, ladder = terms.price_cents, entered.configuration.ladder
    after = handed_out(stand.lead, entered.source, customer, price, terms.now, ladder=ladder)
    attempt = entered.attempt(AttemptStatus.SUCCESS, None, terms.now)
    return Sale(
        lead=after.lead,
        customer=after.customer,
        entry=after.entry,
        rotation=terms.state.passed_on(stand.owed, winner, terms.now),
        ending=FlowEnding(
            updated_at=terms.now,
            ended_at=terms.now,
            offers_count=len(looked.eligible),
            sold_for_cents=price,
            recipient=Recipient(customer_id=customer.id),
            channel=Channel.CUSTOMER,
            honored=stand.lead.honored,
        ),
        step=joined(entered.run.step, attempt, FlowStep(number=0, decisions=looked.decisions)),
    )
