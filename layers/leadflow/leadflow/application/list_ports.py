"""What lists of leads, flows and submissions need from the stores.

Order and objects are asked for apart: an index tells where in a list each object stands, and the
objects themselves come in one batch. That keeps the indexes small and the reads of a page the same,
however long the list is.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from leadflow.domain.flows import Attempt, Flow, FlowStep
    from leadflow.domain.identifiers import FlowId, LeadId, SubmissionId, TenantId
    from leadflow.domain.leads import Lead
    from leadflow.domain.submissions import Submission


@dataclass(frozen=True)
class Spot:
    """An object's id, and its place in a list. Places never change while an object exists."""

    id: str
    position: str


@dataclass(frozen=True)
class Period:
    """From the oldest to the newest moment, both included. It may be empty."""

    oldest: datetime
    newest: datetime


class LeadTrait(StrEnum):
    """What the leads of a walk have in common."""

    NONE = "none"
    STATUS = "status"
    SOURCE = "source"
    CUSTOMER = "customer"
    LEAD_TYPE = "lead_type"
    EMAIL = "email"
    PHONE = "phone"
    NAME_PREFIX = "name_prefix"


@dataclass(frozen=True)
class LeadWalk:
    """Leads with one trait: newest first or oldest first, by name prefix in the order of the names.

    A walk by name prefix passes over the period; whoever reads it filters.
    """

    trait: LeadTrait
    value: str
    is_test: bool
    period: Period
    oldest_first: bool = False


@dataclass(frozen=True)
class SubmissionWalk:
    """Submissions of a source, or of all (None), newest first."""

    source_id: str | None
    is_test: bool
    period: Period


@dataclass(frozen=True)
class FlowWalk:
    """Flows by the time they were started, newest first."""

    is_test: bool
    period: Period


class LeadLists(Protocol):
    """Leads in their orders."""

    def spots(
        self, tenant_id: TenantId, walk: LeadWalk, *, limit: int, position: str | None
    ) -> Sequence[Spot]:
        """The next leads behind a position; fewer than `limit` only at the end of the walk."""
        ...

    def many(self, tenant_id: TenantId, lead_ids: Sequence[str]) -> Mapping[str, Lead]:
        """Leads by id, as of now; unknown ones are left out."""
        ...


class LeadCounts(Protocol):
    """How many leads have a trait."""

    def count(self, tenant_id: TenantId, walk: LeadWalk) -> int:
        """The leads of a walk, as the index has them; not of one by contact data or name."""
        ...


class SubmissionLists(Protocol):
    """Submissions in the order received."""

    def spots(
        self, tenant_id: TenantId, walk: SubmissionWalk, *, limit: int, position: str | None
    ) -> Sequence[Spot]:
        """The next submissions behind a position; fewer than `limit` only at the end."""
        ...

    def many(self, tenant_id: TenantId, submission_ids: Sequence[str]) -> Mapping[str, Submission]:
        """Submissions by id, as of now; unknown ones are left out."""
        ...


class FlowLists(Protocol):
    """Flows in the order started."""

    def spots(
        self, tenant_id: TenantId, walk: FlowWalk, *, limit: int, position: str | None
    ) -> Sequence[Spot]:
        """The next flows behind a position; fewer than `limit` only at the end."""
        ...

    def attempts(
        self, tenant_id: TenantId, flow_ids: Sequence[str]
    ) -> Mapping[str, Sequence[Attempt]]:
        """The attempts of several flows, each flow's in order; none for an unknown flow."""
        ...


class LeadReader(Protocol):
    """Single leads."""

    def get(self, tenant_id: TenantId, lead_id: LeadId) -> Lead | None:
        """One lead, as of now."""
        ...


class SubmissionReader(Protocol):
    """Single submissions."""

    def get(self, tenant_id: TenantId, submission_id: SubmissionId) -> Submission | None:
        """One submission, as of now."""
        ...


class FlowReader(Protocol):
    """Flows by id."""

    def get(self, tenant_id: TenantId, flow_id: FlowId) -> Flow | None:
        """The head of one flow."""
        ...

    def many(self, tenant_id: TenantId, flow_ids: Sequence[FlowId]) -> Sequence[Flow]:
        """The heads of flows; unknown ones are left out."""
        ...

    def steps(self, tenant_id: TenantId, flow_id: FlowId) -> Sequence[FlowStep]:
        """What the tasks of one flow did, in order."""
        ...
