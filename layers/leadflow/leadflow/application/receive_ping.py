"""Answer a ping: what would a lead like this be worth (`product.md`, 8.2 and 15.7)?"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from leadflow.application.evaluate_plan import Evaluated, EvaluatePlan, Prospect
from leadflow.application.intake import (
    PING_MESSAGES,
    Verdict,
    claims_of,
    judge_ping,
    reserved_price_cents,
)
from leadflow.application.ping_ports import PingIntake, Pings, PingStored
from leadflow.application.reception import Case, Readable, Reception
from leadflow.application.threshold import Threshold
from leadflow.domain.decisions import Outcome
from leadflow.domain.errors import Refusal, TransientFault
from leadflow.domain.flows import EventName, Flow, FlowKind, FlowStep, TimelineEvent, joined
from leadflow.domain.identifiers import FlowId, LeadId
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.pings import Ping, PingMessage, PingStatus, ping_digest
from leadflow.domain.plans import HighestPriceStage
from leadflow.domain.posts import Post, ping_mistakes
from leadflow.domain.sources import Source, SourceType
from leadflow.domain.submissions import SubmissionKind
from leadflow.domain.validation import storable

_REJECTING = frozenset({Outcome.AUDIT_CONDITION, Outcome.SUBSCRIPTION_THRESHOLD})


@dataclass(frozen=True)
class PingAnswer:
    """What the source is told."""

    ping: Ping
    source: Source


@dataclass(frozen=True)
class _Asked:
    """A ping on its way to its answer."""

    case: Case
    readable: Readable
    digest: str
    ping_id: UUID
    flow_id: FlowId
    replaces: UUID | None

    @property
    def until(self) -> datetime:
        """When the caller stops waiting."""
        return self.case.now + timedelta(milliseconds=self.readable.options.patience_ms)


@dataclass(frozen=True, kw_only=True)
class ReceivePing:
    """The action with its ports."""

    reception: Reception
    pings: Pings
    evaluate: EvaluatePlan
    threshold: Threshold

    def __call__(self, call: Post) -> PingAnswer:
        """Answer a ping within the caller's patience, with the offers that have arrived by then.

        An equal ping of the source whose answer is still good gets that answer again. Raises the
        refusals of `api.md`, 3; then the submission is kept as rejected.
        """
        case = self.reception.keep(call, SubmissionKind.PING)
        readable = self._read(case)
        digest = ping_digest(readable.valid.normal, is_test=case.source.test_mode)
        earlier = self.pings.newest_equal(case.tenant_id, case.source.id, digest)
        if earlier is not None and earlier.answers_again(case.now):
            return self._again(case, earlier)
        asked = _Asked(
            case,
            readable,
            digest,
            self.reception.ids.uuid(),
            FlowId(self.reception.ids.new("flow")),
            earlier.id if earlier else None,
        )
        return self._answered(asked)

    def _read(self, case: Case) -> Readable:
        try:
            return self.reception.read(case, ping_mistakes)
        except Refusal as refusal:
            self.reception.reject(case, refusal)
            raise

    def _again(self, case: Case, earlier: Ping) -> PingAnswer:
        self.reception.submissions.settle(case.tenant_id, case.submission.answered(earlier.id))
        return PingAnswer(earlier, case.source)

    def _answered(self, asked: _Asked) -> PingAnswer:
        case = asked.case
        is_shown = _asks_partners(case)
        with self._shown_as_pending(asked) if is_shown else nullcontext():
            stored, ping = self._stored(asked)
        if stored is PingStored.STORED:
            return PingAnswer(ping, case.source)
        twin = self.pings.newest_equal(case.tenant_id, case.source.id, asked.digest)
        if twin is None:
            raise TransientFault("An equal ping was answered, and cannot be found.")
        if is_shown:
            self.pings.open(case.tenant_id, _overtaken(asked, twin, self.reception.clock.now()))
        return self._again(case, twin)

    def _stored(self, asked: _Asked) -> tuple[PingStored, Ping]:
        """Decide on the ping and store its answer, unless an equal one was faster."""
        verdict, evaluated = self._decided(asked)
        case, ping = asked.case, _ping(asked, verdict, evaluated)
        now = self.reception.clock.now()
        flow, step = _flow(asked, ping, evaluated, now), _record(asked, ping, evaluated, now)
        intake = PingIntake(ping, case.submission.answered(ping.id), flow, step, asked.replaces)
        return self.pings.answer(case.tenant_id, intake), ping

    def _decided(self, asked: _Asked) -> tuple[Verdict, Evaluated]:
        """The gates of 11.2 as far as they apply to pings, then the plan."""
        case, valid = asked.case, asked.readable.valid
        verdict = judge_ping(valid, case.source, case.configuration, case.now)
        if self._is_shut(case):
            verdict = verdict.as_withheld()
            return verdict, Evaluated(FlowStep(number=0), outcome=verdict.outcome)
        claims = claims_of(valid, case.source, case.configuration, case.now, pings=True)
        if claims and self.pings.duplicates(case.tenant_id, claims):
            verdict = verdict.as_duplicate()
        if verdict.outcome is not None:
            return verdict, Evaluated(FlowStep(number=0), outcome=verdict.outcome)
        return verdict, self.evaluate(
            Prospect(
                case.tenant_id,
                _prospect(asked, verdict),
                case.configuration,
                case.configuration.plan,
                asked.until,
            )
        )

    def _is_shut(self, case: Case) -> bool:
        """Whether the threshold keeps this vendor out (8.2); it comes before all other gates."""
        is_live_vendor = case.source.type is SourceType.VENDOR and not case.source.test_mode
        settings = case.configuration.settings
        return is_live_vendor and self.threshold.stands(case.tenant_id, settings)

    @contextmanager
    def _shown_as_pending(self, asked: _Asked) -> Iterator[None]:
        """Show the flow while partners are being asked, which may take seconds.

        Whatever breaks off leaves it as a ping that could not be answered.
        """
        tenant_id, is_answered = asked.case.tenant_id, False
        self.pings.open(tenant_id, _head(asked, PingStatus.PENDING))
        try:
            yield
            is_answered = True
        finally:
            if not is_answered:
                self.pings.open(tenant_id, _broken_off(asked, self.reception.clock.now()))


def _overtaken(asked: _Asked, twin: Ping, now: datetime) -> Flow:
    """The flow of a ping whose partners were asked while an equal one was answered."""
    ended = {"ping_id": twin.id, "updated_at": now, "ended_at": now}
    return _head(asked, twin.status).model_copy(update=ended)


def _asks_partners(case: Case) -> bool:
    stages = case.configuration.plan.stages
    asking = any(
        isinstance(stage, HighestPriceStage)
        and stage.settings.partners.enabled
        and not stage.paused
        for stage in stages
    )
    return asking and bool(case.configuration.live_partners) and not case.source.test_mode


def _prospect(asked: _Asked, verdict: Verdict) -> Lead:
    """The lead as it would be, had the ping been a post. It is never stored."""
    case, valid = asked.case, asked.readable.valid
    return Lead(
        id=LeadId("lead_" + "0" * 26),
        lead_uuid=asked.ping_id,
        status=LeadStatus.PROCESSING,
        is_test=case.source.test_mode,
        source_id=case.source.id,
        lead_category_id=case.source.lead_category_id,
        lead_type_id=verdict.lead_type_id,
        received_at=case.now,
        updated_at=case.now,
        values=storable(valid.values),
        location=valid.location,
        submission_id=case.submission.id,
        flow_ids=(asked.flow_id,),
    )


def _ping(asked: _Asked, verdict: Verdict, evaluated: Evaluated) -> Ping:
    case = asked.case
    validity = timedelta(minutes=case.configuration.settings.ping_validity_minutes)
    message = _message(asked, verdict, evaluated)
    best = evaluated.offers[0].payout_cents if evaluated.offers else evaluated.price_cents
    price = best
    if verdict.outcome is Outcome.TEST_MODE and message is PingMessage.MATCH_FOUND:
        price = reserved_price_cents(case.source)
    return Ping(
        id=asked.ping_id,
        source_id=case.source.id,
        flow_id=asked.flow_id,
        submission_id=case.submission.id,
        digest=asked.digest,
        received_at=case.now,
        expires_at=case.now + validity,
        message=message,
        is_error=evaluated.outcome is Outcome.DISTRIBUTION_ERROR,
        is_test=case.source.test_mode,
        values=storable(asked.readable.valid.values),
        lead_type_id=verdict.lead_type_id,
        plan_version=case.configuration.plan.version,
        stage_id=evaluated.stage_id,
        price_cents=price,
        offers=evaluated.offers,
        offers_count=evaluated.offers_count,
        partner_offers=evaluated.partner_offers,
    )


def _message(asked: _Asked, verdict: Verdict, evaluated: Evaluated) -> PingMessage:
    if verdict.outcome is Outcome.TEST_MODE:
        return PING_MESSAGES[asked.readable.valid.location.postal_code]
    if verdict.outcome is Outcome.DUPLICATE:
        return PingMessage.DUPLICATE
    if verdict.outcome in _REJECTING:
        return PingMessage.REJECTED
    is_match = evaluated.stage_id is not None
    return PingMessage.MATCH_FOUND if is_match else PingMessage.NO_MATCH_FOUND


def _head(asked: _Asked, status: PingStatus) -> Flow:
    case = asked.case
    return Flow(
        id=asked.flow_id,
        kind=FlowKind.PING,
        source_id=case.source.id,
        plan_version=case.configuration.plan.version,
        ping_id=asked.ping_id,
        submission_ids=(case.submission.id,),
        is_test=case.source.test_mode,
        started_at=case.now,
        updated_at=case.now,
        ping_status=status,
    )


def _broken_off(asked: _Asked, now: datetime) -> Flow:
    failed = {"updated_at": now, "ended_at": now, "outcome": Outcome.DISTRIBUTION_ERROR}
    return _head(asked, PingStatus.ERROR).model_copy(update=failed)


def _flow(asked: _Asked, ping: Ping, evaluated: Evaluated, now: datetime) -> Flow:
    update = {
        "offers_count": evaluated.offers_count,
        "updated_at": now,
        "ended_at": now,
        "outcome": evaluated.outcome,
    }
    return _head(asked, ping.status).model_copy(update=update)


def _record(asked: _Asked, ping: Ping, evaluated: Evaluated, now: datetime) -> FlowStep:
    """The flow's first step: the ping, what the stages would have done, the answer."""
    at = asked.case.now
    began = {
        EventName.INITIATED: "A ping opened the flow.",
        EventName.PING: "A source asked for a price.",
    }
    events = [TimelineEvent(at=at, event=name, description=text) for name, text in began.items()]
    responded = TimelineEvent(
        at=now,
        event=EventName.PING_RESPONDED,
        description=f"The source was answered: {ping.message}.",
        reason=evaluated.outcome,
    )
    return joined(
        0,
        FlowStep(number=0, timeline=tuple(events)),
        evaluated.step,
        FlowStep(number=0, timeline=(responded,)),
    )
