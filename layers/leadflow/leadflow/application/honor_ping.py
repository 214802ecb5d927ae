"""Keep the promise that was made to a ping, or let it lapse (`product.md`, 15.8).

The promised candidate is checked again. If it may still have the lead, the stages that change the
lead run up to the promising one, and then it gets the lead at the promised amount. Otherwise the
whole plan runs from its first stage.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from leadflow.application.contention import Overtaken, until_done
from leadflow.application.foresight import foreseen
from leadflow.application.partner_posts import (
    Delivered,
    MovedOn,
    NotDelivered,
    PartnerPosts,
    once_closed,
    refusals_of,
    released,
)
from leadflow.application.partner_sales import book, partner_sale
from leadflow.application.ports import Refused, Sales
from leadflow.application.promise_checks import (
    Broken,
    PartnerStands,
    PromiseChecks,
    Stands,
)
from leadflow.application.promise_records import (
    honored_event,
    kept_decisions,
    lapsed_decisions,
    promised_sale,
    with_kept,
)
from leadflow.application.run_ports import Run, RunResult
from leadflow.application.runs import lead_of, result_of
from leadflow.application.stage_tasks import Entered, StageDesk, StageEnd
from leadflow.application.stages import advanced
from leadflow.domain.assignments import AssignedVia
from leadflow.domain.decisions import VERDICTS, AttemptStatus, Decision, Kind, Reason, failure_of
from leadflow.domain.errors import CorruptState
from leadflow.domain.leads import Lead
from leadflow.domain.plans import Method
from leadflow.domain.promises import Promise
from leadflow.domain.reservations import PartnerOffer
from leadflow.domain.rotations import RotationState, Taker, Turn

TRIES_MAX = 40
"""Tries of one sale while others keep changing the same wallet, bid or rotation."""
_WAIT_SECONDS_MAX = 0.3


@dataclass
class _Promised:
    """A run that comes back to what its ping was promised. `delivery` is what a post came to."""

    entered: Entered
    promise: Promise
    delivery: Delivered | NotDelivered | None

    @property
    def via(self) -> AssignedVia:
        """The route by which a partner would get the lead."""
        is_round = self.entered.stage.method is Method.ROUND_ROBIN
        return AssignedVia.ROUND_ROBIN if is_round else AssignedVia.PARTNER


@dataclass(frozen=True, kw_only=True)
class HonorPing:
    """The action with its ports."""

    desk: StageDesk
    checks: PromiseChecks
    sales: Sales
    posts: PartnerPosts

    def __call__(self, run: Run) -> RunResult | Run:
        """Sell the lead as it was promised, or hand it on: to the plan, or on the way there.

        A repeated call finds the lead settled, or its own step recorded, and changes nothing.
        Raises `TransientFault` when others kept changing the same wallet for too long.
        """
        begun = once_closed(partial(self._begun, run))
        if isinstance(begun, RunResult):
            return begun
        return until_done(
            partial(self._honored, begun), tries=TRIES_MAX, wait_seconds_max=_WAIT_SECONDS_MAX
        )

    def _begun(self, run: Run) -> RunResult | _Promised:
        entered = self.desk.entered(run)
        if isinstance(entered, RunResult):
            return entered
        promise = entered.lead.promise
        if promise is None:
            raise CorruptState("The run comes back to a promise that was never made.")
        return _Promised(entered, promise, self.posts.resumed(entered))

    def _honored(self, promised: _Promised) -> RunResult | Run:
        """One check and one try. Raises `Overtaken`."""
        now = self.desk.clock.now()
        if isinstance(promised.delivery, Delivered):
            return self._sold_to_partner(promised, promised.delivery, now)
        if isinstance(promised.delivery, NotDelivered):
            return self._not_delivered(promised, promised.delivery, now)
        if promised.promise.kept is False:
            return self._from_the_first_stage(promised.entered, now)
        check = self.checks.check(self._foreseen(promised.entered, now), promised.promise, now)
        if isinstance(check, Broken):
            return self._lapsed(promised, check.decision, promised.entered.lead, now)
        way = self._on_the_way(promised, now)
        return way or self._kept(promised, check, now)

    def _foreseen(self, entered: Entered, now: datetime) -> Entered:
        """The run with its lead as the promised stage will see it, before it is on its way."""
        if entered.run.promised_stage_id is not None:
            return entered
        return replace(entered, lead=foreseen(entered, self.desk.formats, now))

    def _on_the_way(self, promised: _Promised, now: datetime) -> Run | None:
        """The run through stages that change the lead first; None: there is none left."""
        going = _going(promised.entered)
        if promised.entered.run == going.run:
            return None
        if self.desk.upcoming(going, going.lead, now, after=None).promised:
            return None
        return self.desk.sent_on(going, StageEnd(AttemptStatus.PROCESSING), now, after=None)

    def _from_the_first_stage(self, entered: Entered, now: datetime) -> Run:
        """The run as an earlier call has handed it on when the promise lapsed."""
        back = replace(entered, run=replace(entered.run, promised_stage_id=None))
        return advanced(back.run, self.desk.upcoming(back, back.lead, now, after=None))

    def _kept(self, promised: _Promised, check: Stands, now: datetime) -> RunResult | Run:
        if isinstance(check, PartnerStands):
            return self._posted(promised, check, now)
        entered = promised.entered
        sale = promised_sale(entered, promised.promise, check, now)
        refused = self.sales.sell(entered.run.tenant_id, sale)
        if not refused:
            return result_of(sale.lead)
        if refused & {Refused.STEP, Refused.LEAD, Refused.ENTRY}:
            return self._newest(promised)
        raise Overtaken("The promised wallet, bid or turn stayed contended.")

    def _posted(self, promised: _Promised, check: PartnerStands, now: datetime) -> RunResult | Run:
        entered, offer = promised.entered, _offer_of(promised.promise)
        turn = None
        if check.rotation is not None:
            offer = offer.model_copy(update={"offered_at": now})
            turn = check.rotation.taken(_taker(offer), now)
        delivery = self.posts.deliver(entered, entered.lead, offer, promised.via, turn)
        if isinstance(delivery, Delivered):
            promised.delivery = delivery
            return self._sold_to_partner(promised, delivery, now)
        if isinstance(delivery, MovedOn):
            return self._newest(promised)
        # Should storing the rest be overtaken, the partner is not posted to again.
        promised.delivery = delivery
        return self._not_delivered(promised, delivery, now)

    def _sold_to_partner(
        self, promised: _Promised, delivered: Delivered, now: datetime
    ) -> RunResult:
        kept = with_kept(delivered.lead, promised.promise, kept=True)
        sale = partner_sale(
            promised.entered,
            replace(delivered, lead=kept),
            promised.via,
            kept_decisions(promised.promise),
            now,
            offers_count=promised.promise.offers_count,
            events=[honored_event(now)],
        )
        if book(self.sales, promised.entered.run.tenant_id, sale):
            return result_of(sale.lead)
        return self._newest(promised)

    def _not_delivered(self, promised: _Promised, delivery: NotDelivered, now: datetime) -> Run:
        """The promised partner did not take the lead; a turn that it took is given back."""
        refusal = refusals_of(delivery.lead)[-1]
        update = {
            "phase": "post",
            "verdict": VERDICTS[refusal.reason],
            "reason": refusal.reason,
            "detail": refusal.detail,
        }
        decision = promised.promise.offer.decision.model_copy(update=update)
        before = promised.entered.lead
        took_turn = before.reservation is not None or delivery.lead.version > before.version
        is_round = promised.via is AssignedVia.ROUND_ROBIN
        back = self._given_back(promised, delivery.offer) if is_round and took_turn else None
        return self._lapsed(promised, decision, delivery.lead, now, back)

    def _given_back(self, promised: _Promised, offer: PartnerOffer) -> RotationState:
        entered = promised.entered
        state = self.checks.rotations.get(entered.run.tenant_id, entered.stage.id)
        return state.given_back(Turn(_taker(offer), offer.offered_at))

    def _lapsed(
        self,
        promised: _Promised,
        decision: Decision,
        lead: Lead,
        now: datetime,
        rotation: RotationState | None = None,
    ) -> Run:
        """The whole plan runs from its first stage; who failed here is not tried again."""
        decisions = lapsed_decisions(promised.promise, decision)
        after = with_kept(released(lead, now), promised.promise, kept=False)
        if decision.reason is not Reason.LEAD_TYPE_CHANGED:
            failed = (*after.tried, decision.candidate.id)
            after = after.model_copy(update={"tried": tuple(dict.fromkeys(failed))})
        end = StageEnd(
            AttemptStatus.FAILED,
            failure_of([decision]),
            decisions,
            after,
            rotation=rotation,
            releases=lead.reservation is not None,
        )
        run = replace(promised.entered.run, promised_stage_id=None)
        entered = replace(promised.entered, run=run)
        onward = self.desk.sent_on(entered, end, now, after=None)
        return self._as_recorded(promised.entered, onward, now)

    def _as_recorded(self, entered: Entered, onward: Run, now: datetime) -> Run:
        """The run as it goes on, unless an earlier call has found that the promise stood."""
        stored = lead_of(entered.run, self.desk.leads)
        if stored.promise is None or stored.promise.kept is not None:
            return onward
        going = _going(replace(entered, lead=stored))
        return advanced(going.run, self.desk.upcoming(going, stored, now, after=None))

    def _newest(self, promised: _Promised) -> RunResult:
        return result_of(lead_of(promised.entered.run, self.desk.leads))


def _going(entered: Entered) -> Entered:
    """The run on its way to the promised stage."""
    return replace(entered, run=replace(entered.run, promised_stage_id=entered.stage.id))


def _offer_of(promise: Promise) -> PartnerOffer:
    if promise.offer.offer is None:
        raise CorruptState("A partner was promised a lead without an offer.")
    return promise.offer.offer


def _taker(offer: PartnerOffer) -> Taker:
    return Taker(Kind.PARTNER, offer.partner_id)
