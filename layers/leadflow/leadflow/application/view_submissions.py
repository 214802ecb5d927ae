"""Show submissions and what became of them (`product.md`, 9; `api.md`, 3)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated

from leadflow.application.list_filters import Flag, Since, Until, identifier, not_before
from leadflow.application.list_pages import Listing, period_of
from leadflow.application.list_ports import (
    LeadLists,
    Spot,
    SubmissionLists,
    SubmissionReader,
    SubmissionWalk,
)
from leadflow.application.ports import Clock, ConfigurationReader, Page, Window
from leadflow.domain.errors import Forbidden, NotFound
from leadflow.domain.identifiers import SubmissionId, TenantId, is_identifier
from leadflow.domain.leads import Lead
from leadflow.domain.model import Frozen
from leadflow.domain.permissions import require
from leadflow.domain.principals import TENANT_ROLES, Principal, SourcePrincipal, UserPrincipal
from leadflow.domain.submissions import Submission, SubmissionStatus

VIEW_SUBMISSIONS = "submissions.view"


class SubmissionFilters(Frozen):
    """Which submissions are meant; what is left out does not restrict."""

    status: SubmissionStatus | None = None
    source_id: Annotated[str, identifier("source")] | None = None
    test_mode: Flag = False
    received_from: Since | None = None
    received_to: Annotated[Until, not_before("received_from")] | None = None

    def fit(self, submission: Submission) -> bool:
        """Whether the submission is meant, its time apart."""
        return (
            submission.is_test is self.test_mode
            and self.status in {None, submission.status}
            and self.source_id in {None, submission.source_id}
        )


def reader_of_submissions(principal: Principal) -> Principal:
    """The source or tenant user who wants to see submissions. Raises `Forbidden` for others."""
    if isinstance(principal, UserPrincipal):
        if principal.role not in TENANT_ROLES:
            raise Forbidden(VIEW_SUBMISSIONS)
        require(principal.role, VIEW_SUBMISSIONS)
    return principal


@dataclass(frozen=True)
class SubmissionView:
    """A submission, and its lead if it has one that still exists."""

    submission: Submission
    lead: Lead | None


@dataclass(frozen=True, kw_only=True)
class ViewSubmission:
    """The action with its ports."""

    submissions: SubmissionReader
    leads: LeadLists
    clock: Clock

    def __call__(self, principal: Principal, submission_id: str) -> SubmissionView:
        """One submission. Raises `NotFound`, also for another source's, and `Forbidden`."""
        source_id = _only_source(reader_of_submissions(principal))
        known = is_identifier("submission", submission_id)
        tenant_id = principal.tenant_id
        found = self.submissions.get(tenant_id, SubmissionId(submission_id)) if known else None
        if found is None or source_id not in {None, found.source_id}:
            raise NotFound
        return _with_leads(tenant_id, [found.as_of(self.clock.now())], self.leads)[0]


@dataclass(frozen=True, kw_only=True)
class ListSubmissions:
    """The action with its ports."""

    configuration: ConfigurationReader
    submissions: SubmissionLists
    leads: LeadLists
    clock: Clock

    def __call__(
        self, principal: Principal, filters: SubmissionFilters, window: Window
    ) -> Page[SubmissionView]:
        """The part of the list that the window asks for, newest first.

        A source lists its own and finds nothing under another's id. Raises `Forbidden`.
        """
        own = _only_source(reader_of_submissions(principal))
        if own is not None and filters.source_id not in {None, own}:
            return Page((), None)
        wanted = filters.model_copy(update={"source_id": own or filters.source_id})
        tenant_id = principal.tenant_id
        page = self._listing(tenant_id, wanted).page(window)
        return Page(_with_leads(tenant_id, page.items, self.leads), page.position)

    def _listing(self, tenant_id: TenantId, filters: SubmissionFilters) -> Listing[Submission]:
        configuration = self.configuration.current(tenant_id)
        now = self.clock.now()
        period = period_of(configuration, now, filters.received_from, filters.received_to)
        walk = SubmissionWalk(filters.source_id, filters.test_mode, period)

        def spots(*, limit: int, position: str | None) -> Sequence[Spot]:
            return self.submissions.spots(tenant_id, walk, limit=limit, position=position)

        return Listing(
            spots=spots,
            fetch=lambda ids: {
                one.id: one.as_of(now) for one in self.submissions.many(tenant_id, ids).values()
            },
            keep=filters.fit,
            characters=lambda submission: len(submission.raw),
            is_narrow=filters.status is not None,
        )


def _only_source(principal: Principal) -> str | None:
    """The source whose submissions alone may be seen; None: all may be."""
    return principal.source_id if isinstance(principal, SourcePrincipal) else None


def _with_leads(
    tenant_id: TenantId, submissions: Iterable[Submission], lists: LeadLists
) -> Sequence[SubmissionView]:
    listed = list(submissions)
    lead_ids = [one.lead_id for one in listed if one.lead_id]
    leads = lists.many(tenant_id, lead_ids) if lead_ids else {}
    return [SubmissionView(one, leads.get(one.lead_id or "")) for one in listed]
