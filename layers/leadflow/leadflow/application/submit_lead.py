"""Accept a posted lead: keep it, check it, store it, sell it (`product.md`, 8.3 and 11.2)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from leadflow.application.intake import Verdict, claims_of, judge, search_keys
from leadflow.application.opening import Opening, opened, submission_id_of
from leadflow.application.ping_ports import Pings
from leadflow.application.ports import PING_USED, THRESHOLD_REACHED, Claim, Leads
from leadflow.application.reception import Case, Readable, Reception
from leadflow.application.run_ports import Distribution, Run, RunResult
from leadflow.application.runs import result_of
from leadflow.application.threshold import Threshold
from leadflow.application.withheld_ports import WithheldQueue
from leadflow.application.withholding import queue_if_withheld
from leadflow.domain.errors import Conflict, Refusal, TransientFault
from leadflow.domain.flows import EventName, FlowKind, FlowStep, TimelineEvent
from leadflow.domain.identifiers import FlowId, LeadId, SubmissionId
from leadflow.domain.json_objects import parse_object
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.pings import Ping, PingStatus, check_reference
from leadflow.domain.plans import Plan
from leadflow.domain.posts import (
    PING_NOT_FOUND,
    OverThreshold,
    PingReferenceFailed,
    Post,
    PostOptions,
    check_bid,
    post_mistakes,
    referenced_ping,
)
from leadflow.domain.repeats import GENERATIONS_MAX, derived_lead_id, is_repeatable
from leadflow.domain.sources import Result, Source, SourceType
from leadflow.domain.submissions import SubmissionKind
from leadflow.domain.validation import storable


@dataclass(frozen=True)
class Answer:
    """What the source is told; `payout_cents` is what it is owed."""

    lead: Lead
    status: LeadStatus
    payout_cents: int
    result: Result
    submission_id: SubmissionId
    flow_id: FlowId


@dataclass(frozen=True)
class _Accepted:
    """A post that passed the first gate."""

    case: Case
    lead_id: LeadId
    readable: Readable
    ping: Ping | None


@dataclass(frozen=True, kw_only=True)
class SubmitLead:
    """The action with its ports."""

    reception: Reception
    leads: Leads
    pings: Pings
    distribution: Distribution
    threshold: Threshold
    withheld: WithheldQueue

    def __call__(self, post: Post) -> Answer:
        """Accept one post and wait for its outcome within the caller's patience.

        Raises the refusals of `api.md`, 3; then the submission is kept as rejected and nothing
        else is stored. An accepted lead is stored before the wait begins, so it is safe whatever
        happens afterwards. A repeat whose first answer was lost is told of the lead that it made.
        """
        lead_id, known = self._identified(post)
        if known is not None:
            return self._told_again(post, known)
        case = self.reception.keep(post, SubmissionKind.POST)
        with self._refusing(case):
            readable = self.reception.read(case, post_mistakes)
            ping = self._referenced(case, readable)
            opening = self._store(_Accepted(case, lead_id, readable, ping))
        queue_if_withheld(self.withheld, case.tenant_id, opening.lead)
        result = self._distribute(case, opening.run, readable.options) if opening.run else None
        return _answer(case.source, opening.lead, result)

    def _identified(self, post: Post) -> tuple[LeadId, Lead | None]:
        """The id of the lead to be made, and that lead if a lost request has made it already."""
        if post.repeat is None:
            return LeadId(self.reception.ids.new("lead")), None
        now = self.reception.clock.now()
        for generation in range(GENERATIONS_MAX):
            lead_id = derived_lead_id(post.repeat, generation)
            lead = self.leads.get(post.principal.tenant_id, lead_id)
            if lead is None or is_repeatable(lead.received_at, now):
                return lead_id, lead
        raise Conflict("This Idempotency-Key has been used too often; take another one.")

    def _told_again(self, post: Post, lead: Lead) -> Answer:
        configuration = self.reception.configuration.current(post.principal.tenant_id)
        return _answer(configuration.sources[lead.source_id], lead, None)

    def _referenced(self, case: Case, readable: Readable) -> Ping | None:
        """The ping that the post names (8.4); None: it names none."""
        options = readable.options
        if options.ping_id is None:
            return None
        try:
            ping = check_reference(
                self.pings.get(case.tenant_id, options.ping_id),
                case.source.id,
                readable.valid.normal,
                fields=case.configuration.fields_of(case.source),
                formats=self.reception.formats,
                now=case.now,
            )
        except PingReferenceFailed:
            self._check_vendor(case, None)
            raise
        check_bid(options.bid_id, [offer.id for offer in ping.offers])
        return ping

    @contextmanager
    def _refusing(self, case: Case) -> Iterator[None]:
        """Keep a refused post as rejected, and tell the flow of the ping that it names (15.6)."""
        try:
            yield
        except Refusal as refusal:
            ping = self._named_ping(case)
            if ping is not None:
                step = _refusal_step(case, refusal)
                self.pings.add_refusal(case.tenant_id, ping.flow_id, case.submission.id, step)
            self.reception.reject(case, refusal, ping.id if ping else None)
            raise

    def _named_ping(self, case: Case) -> Ping | None:
        """The ping of this source that a post names, whatever else is wrong with the post."""
        try:
            ping_id = referenced_ping(parse_object(case.submission.raw))
        except Refusal:
            return None
        ping = self.pings.get(case.tenant_id, ping_id) if ping_id else None
        return ping if ping and ping.source_id == case.source.id else None

    def _store(self, post: _Accepted) -> Opening:
        """Store the lead with all that belongs to it.

        Raises `OverThreshold`, and `PingReferenceFailed` when another post has used the ping up
        meanwhile.
        """
        case, valid = post.case, post.readable.valid
        verdict = judge(valid, case.source, case.configuration, case.now)
        claims = claims_of(valid, case.source, case.configuration, case.now)
        is_counted = not case.source.test_mode
        opening, taken = self._accept(post, verdict, claims, is_counted=is_counted)
        if THRESHOLD_REACHED in taken:
            opening, taken = self._accept_at_threshold(post, verdict, claims)
        if taken and PING_USED not in taken:
            self._check_vendor(case, post.ping)
            opening, taken = self._accept(post, verdict.as_duplicate(), (), is_counted=False)
        if PING_USED in taken:
            raise PingReferenceFailed(PING_NOT_FOUND, code="ping_not_found")
        return opening

    def _accept_at_threshold(
        self, post: _Accepted, verdict: Verdict, claims: Sequence[Claim]
    ) -> tuple[Opening, frozenset[str]]:
        """Gate 7: store what has no room as Withheld, uncounted; a vendor's only by 8.5.

        What the gates before have stopped, and what its ping lets pass, stays as it is.
        """
        case = post.case
        if self.threshold.gives_way(case.tenant_id, case.configuration.settings):
            opening, taken = self._accept(post, verdict, claims, is_counted=True)
            if THRESHOLD_REACHED not in taken:
                return opening, taken
        is_vendor = case.source.type is SourceType.VENDOR
        if is_vendor and not _is_promised(post.ping):
            raise OverThreshold
        is_withheld = verdict.outcome is None and not is_vendor
        kept = verdict.as_withheld() if is_withheld else verdict
        return self._accept(post, kept, claims, is_counted=False)

    def _check_vendor(self, case: Case, ping: Ping | None) -> None:
        """Raise `OverThreshold` for a vendor's post that gate 1 would not let pass (8.5)."""
        is_exempt = case.source.type is not SourceType.VENDOR or case.source.test_mode
        if is_exempt or _is_promised(ping):
            return
        if self.threshold.stands(case.tenant_id, case.configuration.settings):
            raise OverThreshold

    def _accept(
        self, post: _Accepted, verdict: Verdict, claims: Sequence[Claim], *, is_counted: bool
    ) -> tuple[Opening, frozenset[str]]:
        case = post.case
        lead = self._lead(post, verdict).model_copy(update={"is_counted": is_counted})
        opening = self._opened(post, lead, verdict)
        intake = opening.intake(case.submission, claims, post.ping)
        return opening, self.leads.accept(case.tenant_id, intake)

    def _lead(self, post: _Accepted, verdict: Verdict) -> Lead:
        case, valid, ping = post.case, post.readable.valid, post.ping
        bid_id = post.readable.options.bid_id
        is_open = ping is not None and verdict.outcome is None
        flow_id = ping.flow_id if ping else FlowId(self.reception.ids.new("flow"))
        return Lead(
            id=post.lead_id,
            lead_uuid=self.reception.ids.uuid(),
            status=verdict.status,
            is_test=case.source.test_mode,
            source_id=case.source.id,
            partner_id=case.submission.partner_id,
            lead_category_id=case.source.lead_category_id,
            lead_type_id=verdict.lead_type_id,
            received_at=case.now,
            updated_at=case.now,
            values=storable(valid.values),
            location=valid.location,
            search=search_keys(valid),
            payout_cents=verdict.payout_cents,
            promise=ping.promise(bid_id, verdict.lead_type_id) if ping and is_open else None,
            ping_id=ping.id if ping else None,
            submission_id=case.submission.id,
            flow_ids=(flow_id,),
        )

    def _opened(self, post: _Accepted, lead: Lead, verdict: Verdict) -> Opening:
        case = post.case
        return opened(
            case.tenant_id,
            lead,
            case.configuration,
            FlowKind.POST,
            plan=self._plan(post),
            facts=verdict.facts,
            outcome=verdict.outcome,
            now=case.now,
            ping=post.ping,
        )

    def _plan(self, post: _Accepted) -> Plan:
        """The plan that the flow runs: that of the ping which opened it, else the current one."""
        case, ping = post.case, post.ping
        known = self.reception.configuration
        plan = known.plan(case.tenant_id, ping.plan_version) if ping else None
        return plan or case.configuration.plan

    def _distribute(self, case: Case, run: Run, options: PostOptions) -> RunResult | None:
        until = case.now + timedelta(milliseconds=options.patience_ms)
        patient = replace(run, patience_until_ms=int(until.timestamp() * 1000))
        try:
            return self.distribution.run(patient, patience_seconds=options.patience_seconds)
        except TransientFault:
            # The lead is stored as processing; what was left so is finished later.
            return None


def _is_promised(ping: Ping | None) -> bool:
    """Whether a post goes on at the threshold: its ping was Matched before (8.5)."""
    return ping is not None and ping.status is PingStatus.MATCHED


def _refusal_step(case: Case, refusal: Refusal) -> FlowStep:
    event = TimelineEvent(
        at=case.now,
        event=EventName.SUBMISSION_REJECTED,
        description="A post was refused.",
        reason=refusal.code,
    )
    return FlowStep(number=0, timeline=(event,))


def _answer(source: Source, lead: Lead, result: RunResult | None) -> Answer:
    """What is told of a lead; without the result of a run, what is stored of it."""
    outcome = result or result_of(lead)
    return Answer(
        lead=lead,
        status=outcome.status,
        payout_cents=outcome.payout_cents,
        result=source.result(outcome.status),
        submission_id=submission_id_of(lead),
        flow_id=lead.flow_ids[0],
    )
