"""Accept a posted lead: keep it, check it, store it, sell it (`product.md`, 8.3 and 11.2)."""

from dataclasses import dataclass
from datetime import datetime

from leadflow.application.intake import TEST_ZIPS, Verdict, claims_of, judge, search_keys
from leadflow.application.opening import Opening, opened
from leadflow.application.ports import Clock, ConfigurationReader, IdFactory, Leads, Submissions
from leadflow.application.run_ports import Distribution, Run, RunResult
from leadflow.application.runs import result_of
from leadflow.domain.configuration import Configuration
from leadflow.domain.errors import (
    Conflict,
    RateLimited,
    Refusal,
    TransientFault,
    Unauthorized,
    ValidationFailed,
)
from leadflow.domain.flows import FlowKind
from leadflow.domain.formats import Formats
from leadflow.domain.identifiers import FlowId, LeadId, SubmissionId
from leadflow.domain.json_objects import JsonObject, parse_object
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.posts import Post, PostOptions, checked_size, options_of
from leadflow.domain.repeats import GENERATIONS_MAX, derived_lead_id, is_repeatable
from leadflow.domain.sources import Result, Source
from leadflow.domain.submissions import MINUTE_SECONDS, Submission, SubmissionKind
from leadflow.domain.validation import InvalidLead, ValidLead, storable, validate


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
class _Case:
    """A post on its way through the gates."""

    post: Post
    lead_id: LeadId
    source: Source
    configuration: Configuration
    submission: Submission
    now: datetime


@dataclass(frozen=True, kw_only=True)
class SubmitLead:
    """The action with its ports."""

    configuration: ConfigurationReader
    submissions: Submissions
    leads: Leads
    distribution: Distribution
    formats: Formats
    clock: Clock
    ids: IdFactory

    def __call__(self, post: Post) -> Answer:
        """Accept one post and wait for its outcome within the caller's patience.

        Raises the refusals of `api.md`, 3; then the submission is kept as rejected and nothing
        else is stored. An accepted lead is stored before the wait begins, so it is safe whatever
        happens afterwards. A repeat whose first answer was lost is told of the lead that it made.
        """
        lead_id, known = self._identified(post)
        if known is not None:
            return self._told_again(post, known)
        case = self._keep(post, lead_id)
        try:
            body = parse_object(checked_size(post.body))
            options = options_of(body, post, case.source)
            valid = self._validated(body, case)
        except Refusal as refusal:
            self._reject(case, refusal)
            raise
        opening = self._store(case, valid)
        result = self._distribute(opening.run, options) if opening.run else None
        return _answer(case.source, opening.lead, result)

    def _identified(self, post: Post) -> tuple[LeadId, Lead | None]:
        """The id of the lead to be made, and that lead if a lost request has made it already."""
        if post.repeat is None:
            return LeadId(self.ids.new("lead")), None
        now = self.clock.now()
        for generation in range(GENERATIONS_MAX):
            lead_id = derived_lead_id(post.repeat, generation)
            lead = self.leads.get(post.principal.tenant_id, lead_id)
            if lead is None or is_repeatable(lead.received_at, now):
                return lead_id, lead
        raise Conflict("This Idempotency-Key has been used too often; take another one.")

    def _told_again(self, post: Post, lead: Lead) -> Answer:
        configuration = self.configuration.current(post.principal.tenant_id)
        return _answer(configuration.sources[lead.source_id], lead, None)

    def _keep(self, post: Post, lead_id: LeadId) -> _Case:
        now = self.clock.now()
        configuration = self.configuration.current(post.principal.tenant_id)
        source = configuration.sources[post.principal.source_id]
        if source.archived:
            # The gateway keeps the authorizer's answer for a minute; the end of a source is now.
            raise Unauthorized
        submission = Submission(
            id=SubmissionId(self.ids.new("submission")),
            kind=SubmissionKind.POST,
            source_id=source.id,
            partner_id=source.partner_id,
            is_test=source.test_mode,
            received_at=now,
            raw=post.kept_body,
        )
        per_minute = configuration.settings.source_rate_limit_per_minute
        tenant_id = post.principal.tenant_id
        if not self.submissions.keep(tenant_id, submission, per_minute=per_minute):
            raise RateLimited(MINUTE_SECONDS - now.second)
        return _Case(post, lead_id, source, configuration, submission, now)

    def _validated(self, body: JsonObject, case: _Case) -> ValidLead:
        checked = validate(
            body,
            case.configuration.fields_of(case.source),
            call="post",
            countries=case.configuration.settings.operating_countries,
            formats=self.formats,
            reserved_zips=TEST_ZIPS if case.source.test_mode else (),
        )
        if isinstance(checked, InvalidLead):
            raise ValidationFailed(checked.errors)
        return checked

    def _reject(self, case: _Case, refusal: Refusal) -> None:
        errors = refusal.errors if isinstance(refusal, ValidationFailed) else None
        rejected = case.submission.rejected(refusal.status, errors)
        self.submissions.settle(case.post.principal.tenant_id, rejected)

    def _store(self, case: _Case, valid: ValidLead) -> Opening:
        tenant_id = case.post.principal.tenant_id
        verdict = judge(valid, case.source, case.configuration, case.now)
        lead = self._lead(case, valid, verdict)
        claims = claims_of(valid, case.source, case.configuration, case.now)
        opening = self._opened(case, lead, verdict)
        taken = self.leads.accept(tenant_id, opening.intake(case.submission, claims))
        if not taken:
            return opening
        duplicate = verdict.as_duplicate()
        opening = self._opened(case, self._lead(case, valid, duplicate), duplicate)
        self.leads.accept(tenant_id, opening.intake(case.submission, ()))
        return opening

    def _lead(self, case: _Case, valid: ValidLead, verdict: Verdict) -> Lead:
        return Lead(
            id=case.lead_id,
            lead_uuid=self.ids.uuid(),
            status=verdict.status,
            is_test=case.source.test_mode,
            source_id=case.source.id,
            partner_id=case.source.partner_id,
            lead_category_id=case.source.lead_category_id,
            lead_type_id=verdict.lead_type_id,
            received_at=case.now,
            updated_at=case.now,
            values=storable(valid.values),
            location=valid.location,
            search=search_keys(valid),
            payout_cents=verdict.payout_cents,
            submission_id=case.submission.id,
            flow_ids=(FlowId(self.ids.new("flow")),),
        )

    def _opened(self, case: _Case, lead: Lead, verdict: Verdict) -> Opening:
        return opened(
            case.post.principal.tenant_id,
            lead,
            case.configuration,
            FlowKind.POST,
            facts=verdict.facts,
            outcome=verdict.outcome,
            now=case.now,
        )

    def _distribute(self, run: Run, options: PostOptions) -> RunResult | None:
        try:
            return self.distribution.run(run, patience_seconds=options.patience_seconds)
        except TransientFault:
            # The lead is stored as processing; what was left so is finished later.
            return None


def _answer(source: Source, lead: Lead, result: RunResult | None) -> Answer:
    """What is told of a lead; without the result of a run, what is stored of it."""
    outcome = result or result_of(lead)
    return Answer(
        lead=lead,
        status=outcome.status,
        payout_cents=outcome.payout_cents,
        result=source.result(outcome.status),
        submission_id=lead.submission_id,
        flow_id=lead.flow_ids[0],
    )
