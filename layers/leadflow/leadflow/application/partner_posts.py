"""Deliver a lead to a partner in two phases, so that nobody else can get it meanwhile (15.10).

First the lead is stored as reserved for the partner, then the partner is posted to. Whatever
happens in between, the reservation says who may have the lead: a task that begins again finds it,
waits until the post cannot be open any more, and settles it by the partner's rule.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from leadflow.application.contention import Overtaken, until_done
from leadflow.application.exchange_calls import Accepted, Refused, post_outcome
from leadflow.application.exchange_ports import (
    Call,
    CallCounts,
    NoAnswer,
    Outbound,
    OutboundRequest,
    SecretReader,
)
from leadflow.application.merge_values import merge_values
from leadflow.application.partner_requests import partner_request, repeatable, secrets_owner
from leadflow.application.ports import Clock, ConfigurationReader, Leads
from leadflow.application.ports import Refused as NotStored
from leadflow.application.stage_tasks import Entered
from leadflow.domain.assignments import AssignedVia
from leadflow.domain.decisions import Reason
from leadflow.domain.errors import CorruptState
from leadflow.domain.exchanges import PostExchange, TreatUnknownAs
from leadflow.domain.leads import Lead
from leadflow.domain.partners import Partner
from leadflow.domain.reservations import (
    PartnerOffer,
    PingRound,
    PostRefusal,
    Reservation,
    worth_keeping,
)
from leadflow.domain.rotations import RotationState

Begun = TypeVar("Begun")

POSTING_MAX = timedelta(seconds=95)
"""How long after its start a stage still posts to partners; its task is cut off at 140 s."""

POSTED_WITHIN = timedelta(minutes=10)
"""How long after its run began a lead is posted to partners: it has to settle within 15 minutes."""

OPEN_LOOKS_MAX = 90
"""How often a task that begins again looks whether an unfinished post may still be open."""
_OPEN_WAIT_SECONDS_MAX = 1.0

OPEN_MARGIN = timedelta(seconds=2)
"""How much longer than its timeout a post counts as open: for clocks, and for the way there."""


@dataclass(frozen=True)
class Delivered:
    """The partner has the lead, or counts as having it; the lead is still reserved for it."""

    lead: Lead
    offer: PartnerOffer
    settled_as_unknown: bool = False


@dataclass(frozen=True)
class NotDelivered:
    """The partner does not have the lead; its reservation lists why, and is open no longer."""

    lead: Lead
    offer: PartnerOffer
    reason: Reason


@dataclass(frozen=True)
class MovedOn:
    """Another execution was faster, and nothing was sent.

    `passed`: it has passed this stage; otherwise the lead itself has changed.
    """

    passed: bool


Delivery = Delivered | NotDelivered | MovedOn


@dataclass(frozen=True, kw_only=True)
class PartnerPosts:
    """The ports of a delivery."""

    configuration: ConfigurationReader
    leads: Leads
    outbound: Outbound
    secrets: SecretReader
    calls: CallCounts
    clock: Clock

    def deliver(
        self,
        entered: Entered,
        lead: Lead,
        offer: PartnerOffer,
        via: AssignedVia,
        rotation: RotationState | None = None,
    ) -> Delivery:
        """Reserve the lead for the partner and post it; `rotation` is the turn that this takes.

        The partner's configuration is read anew: one that is paused or archived since it made its
        offer gets nothing. Raises `Overtaken` when another turn was taken meanwhile.
        """
        partner = self._partner(entered, offer)
        if partner is None or partner.archived:
            return _not_posted(entered, lead, offer, via, Reason.PARTNER_ARCHIVED)
        if partner.post is None:
            return _not_posted(entered, lead, offer, via, Reason.PARTNER_POST_NOT_CONFIGURED)
        if not partner.post.active:
            return _not_posted(entered, lead, offer, via, Reason.PARTNER_POST_PAUSED)
        reserved = self._reserved(entered, lead, offer, via, partner.post)
        # Made before the lead is reserved: a fault in it must not look like an unfinished post.
        request = self._request(entered, reserved, offer, partner, partner.post)
        moved_on = self._stored(entered, reserved, rotation)
        if moved_on is not None:
            return moved_on
        delivery = self._posted(entered, reserved, offer, request, partner.post)
        return delivery if isinstance(delivery, Delivered) else self._noted(entered, delivery)

    def _noted(self, entered: Entered, refused: NotDelivered) -> NotDelivered | MovedOn:
        """Store a refusal at once: an execution that breaks off behind it must not forget it.

        Where another execution has passed the stage, the next write finds that out and releases
        the lead.
        """
        lead = refused.lead.changed(self.clock.now())
        moved_on = self._stored(entered, lead, None)
        if moved_on is None:
            return replace(refused, lead=lead)
        return refused if moved_on.passed else moved_on

    def resumed(self, entered: Entered) -> Delivered | NotDelivered | None:
        """What the last post of an earlier execution of this stage came to.

        One that it did not finish is settled. None: there was none. Raises `Overtaken` while it
        may still be open.
        """
        reservation = entered.lead.reservation
        if reservation is None:
            return None
        if reservation.offer is None:
            last = reservation.refusals[-1]
            return NotDelivered(entered.lead, last.offer, last.reason)
        if self.clock.now() < reservation.open_until:
            raise Overtaken("A partner is still being posted to.")
        return settled(entered.lead, reservation, reservation.offer)

    def _stored(
        self, entered: Entered, lead: Lead, rotation: RotationState | None
    ) -> MovedOn | None:
        refused = self.leads.reserve(entered.run.tenant_id, lead, rotation)
        if NotStored.ROTATION in refused:
            raise Overtaken("The rotation stayed contended.")
        return MovedOn(passed=NotStored.STEP in refused) if refused else None

    def _partner(self, entered: Entered, offer: PartnerOffer) -> Partner | None:
        newest = self.configuration.current(entered.run.tenant_id)
        return newest.partners.get(offer.partner_id)

    def _reserved(
        self,
        entered: Entered,
        lead: Lead,
        offer: PartnerOffer,
        via: AssignedVia,
        exchange: PostExchange,
    ) -> Lead:
        now = self.clock.now()
        timeout = timedelta(seconds=exchange.timeout_seconds)
        reservation = Reservation(
            stage_id=entered.stage.id,
            step=entered.run.step,
            via=via,
            offer=offer,
            open_until=now + timeout + OPEN_MARGIN,
            treat_unknown_as=exchange.treat_unknown_as,
            refusals=refusals_of(lead),
            round=lead.reservation.round if lead.reservation else PingRound(),
        )
        return lead.changed(now, reservation=reservation)

    def _posted(
        self,
        entered: Entered,
        lead: Lead,
        offer: PartnerOffer,
        request: OutboundRequest,
        exchange: PostExchange,
    ) -> Delivered | NotDelivered:
        reply = self.outbound.send(request)
        now = self.clock.now()
        timed_out = isinstance(reply, NoAnswer) and reply.timed_out
        self.calls.count(entered.run.tenant_id, [Call(offer.partner_id, "post", timed_out)], now)
        match post_outcome(exchange, reply):
            case Accepted():
                return Delivered(lead, offer)
            case Refused(reason, detail):
                told = repeatable(detail, request, lead)
                refusal = PostRefusal(offer=offer, reason=reason, detail=told)
                return NotDelivered(_closed(lead, refusal), offer, reason)
        return settled(lead, _reservation_of(lead), offer)

    def _request(
        self,
        entered: Entered,
        lead: Lead,
        offer: PartnerOffer,
        partner: Partner,
        exchange: PostExchange,
    ) -> OutboundRequest:
        told = {f"response.{path}": value for path, value in offer.response.items()}
        values = {**merge_values(lead, entered.configuration), **told}
        owner = secrets_owner(partner.id)
        secrets = self.secrets.of(entered.run.tenant_id, owner, partner.version)
        return partner_request("post", exchange, values, secrets)


def posts_until(lead: Lead, now: datetime) -> datetime:
    """Until when a stage that begins now posts a lead to partners."""
    return min(now + POSTING_MAX, lead.run_started_at + POSTED_WITHIN)


def once_closed(begin: Callable[[], Begun]) -> Begun:
    """Begin a stage as soon as no post of an earlier execution may be open any more.

    Raises `TransientFault` when one was for too long.
    """
    return until_done(begin, tries=OPEN_LOOKS_MAX, wait_seconds_max=_OPEN_WAIT_SECONDS_MAX)


def settled(lead: Lead, reservation: Reservation, offer: PartnerOffer) -> Delivered | NotDelivered:
    """A post whose outcome stayed unknown, as the partner's rule counts it."""
    if reservation.treat_unknown_as is TreatUnknownAs.SOLD:
        return Delivered(lead, offer, settled_as_unknown=True)
    refusal = PostRefusal(offer=offer, reason=Reason.PARTNER_POST_UNKNOWN)
    return NotDelivered(_closed(lead, refusal), offer, refusal.reason)


def refusals_of(lead: Lead) -> tuple[PostRefusal, ...]:
    """Who did not take the lead in the stage that is posting it."""
    return lead.reservation.refusals if lead.reservation else ()


def with_round(entered: Entered, via: AssignedVia, round_: PingRound) -> Lead:
    """The lead as it will be reserved, with what its stage knows of all partners."""
    kept = round_.model_copy(update={"offers": worth_keeping(round_.offers)})
    begun = Reservation(
        stage_id=entered.stage.id,
        step=entered.run.step,
        via=via,
        open_until=entered.started_at,
        round=kept,
    )
    return entered.lead.model_copy(update={"reservation": begun})


def released(lead: Lead, now: datetime) -> Lead:
    """The lead in its next version, kept for nobody; who refused it is not tried again."""
    refused = tuple(refusal.offer.partner_id for refusal in refusals_of(lead))
    return lead.changed(now, reservation=None, tried=(*lead.tried, *refused))


def _not_posted(
    entered: Entered, lead: Lead, offer: PartnerOffer, via: AssignedVia, reason: Reason
) -> NotDelivered:
    kept = lead if lead.reservation else with_round(entered, via, PingRound())
    return NotDelivered(_closed(kept, PostRefusal(offer=offer, reason=reason)), offer, reason)


def _closed(lead: Lead, refusal: PostRefusal) -> Lead:
    """The lead in memory once a partner did not take it; the next write stores it."""
    before = _reservation_of(lead)
    after = before.model_copy(update={"offer": None, "refusals": (*before.refusals, refusal)})
    return lead.model_copy(update={"reservation": after})


def _reservation_of(lead: Lead) -> Reservation:
    if lead.reservation is None:
        raise CorruptState("A lead that is posted to a partner is not reserved for it.")
    return lead.reservation
