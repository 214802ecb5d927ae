"""What the source API does with every call before anything is made of it (`product.md`, 8, 9)."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from leadflow.application.intake import TEST_ZIPS
from leadflow.application.ports import Clock, ConfigurationReader, IdFactory, Submissions
from leadflow.domain.configuration import Configuration
from leadflow.domain.errors import RateLimited, Refusal, Unauthorized, ValidationFailed
from leadflow.domain.formats import Formats
from leadflow.domain.identifiers import PartnerId, SubmissionId, TenantId
from leadflow.domain.json_objects import JsonObject, parse_object
from leadflow.domain.posts import (
    Mistakes,
    Post,
    PostOptions,
    checked_size,
    options_of,
    partner_of,
)
from leadflow.domain.sources import Source
from leadflow.domain.submissions import MINUTE_SECONDS, Submission, SubmissionKind
from leadflow.domain.validation import Call, InvalidLead, ValidLead, validate

FindMistakes = Callable[[JsonObject, Post, Source, Collection[PartnerId]], Mistakes]

CALLS: dict[SubmissionKind, Call] = {SubmissionKind.PING: "ping", SubmissionKind.POST: "post"}


@dataclass(frozen=True)
class Case:
    """A call whose submission is kept, with all that it is decided on."""

    post: Post
    source: Source
    configuration: Configuration
    submission: Submission
    now: datetime

    @property
    def tenant_id(self) -> TenantId:
        """Whose source is calling."""
        return self.post.principal.tenant_id


@dataclass(frozen=True)
class Readable:
    """A call that was understood."""

    options: PostOptions
    valid: ValidLead


@dataclass(frozen=True, kw_only=True)
class Reception:
    """The ports of the source API's first steps."""

    configuration: ConfigurationReader
    submissions: Submissions
    formats: Formats
    clock: Clock
    ids: IdFactory

    def keep(self, post: Post, kind: SubmissionKind) -> Case:
        """Store the submission, word for word. Raises `Unauthorized` and `RateLimited`."""
        now = self.clock.now()
        tenant_id = post.principal.tenant_id
        configuration = self.configuration.current(tenant_id)
        source = configuration.sources[post.principal.source_id]
        if source.archived:
            # The gateway keeps the authorizer's answer for a minute; the end of a source is now.
            raise Unauthorized
        submission = Submission(
            id=SubmissionId(self.ids.new("submission")),
            kind=kind,
            source_id=source.id,
            partner_id=partner_of(post, source, configuration.live_partners),
            is_test=source.test_mode,
            received_at=now,
            raw=post.kept_body,
        )
        per_minute = configuration.settings.source_rate_limit_per_minute
        if not self.submissions.keep(tenant_id, submission, per_minute=per_minute):
            raise RateLimited(MINUTE_SECONDS - now.second)
        return Case(post, source, configuration, submission, now)

    def read(self, case: Case, mistakes_of: FindMistakes) -> Readable:
        """Parse and validate a call, options and fields together.

        Raises the refusals of `api.md`, 3.
        """
        body = parse_object(checked_size(case.post.body))
        mistakes = mistakes_of(body, case.post, case.source, case.configuration.live_partners)
        checked = validate(
            body,
            case.configuration.fields_of(case.source),
            call=CALLS[case.submission.kind],
            countries=case.configuration.settings.operating_countries,
            formats=self.formats,
            reserved_zips=TEST_ZIPS if case.source.test_mode else (),
        )
        if isinstance(checked, InvalidLead):
            raise ValidationFailed({**mistakes, **checked.errors})
        if mistakes:
            raise ValidationFailed(mistakes)
        return Readable(options_of(body), checked)

    def reject(self, case: Case, refusal: Refusal, ping_id: UUID | None = None) -> None:
        """Keep the submission as rejected; `ping_id` is that of the ping which it names."""
        errors = refusal.errors if isinstance(refusal, ValidationFailed) else None
        rejected = case.submission.rejected(refusal.status, errors, ping_id)
        self.submissions.settle(case.tenant_id, rejected)
