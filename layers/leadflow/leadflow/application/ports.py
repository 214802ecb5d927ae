"""What the actions need from the outside world.

Adapters implement these; only the container knows which. Every method that writes is one
conditional transaction. Any method may raise `TransientFault`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from leadflow.application.admissions import Admission

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from leadflow.domain.bids import Bid
    from leadflow.domain.configuration import Configuration
    from leadflow.domain.customers import Customer
    from leadflow.domain.flows import Flow, FlowEnding, FlowStep
    from leadflow.domain.identifiers import FlowId, LeadId, SubmissionId, TenantId
    from leadflow.domain.leads import Lead
    from leadflow.domain.ledger import Entry
    from leadflow.domain.pings import Ping
    from leadflow.domain.plans import Plan
    from leadflow.domain.rotations import RotationState
    from leadflow.domain.submissions import Submission


class Clock(Protocol):
    """The time."""

    def now(self) -> datetime:
        """The moment in UTC, aware."""
        ...


class IdFactory(Protocol):
    """New identifiers and secrets."""

    def new(self, prefix: str) -> str:
        """A new identifier: the prefix and 26 lower-case ULID characters, growing with time."""
        ...

    def uuid(self) -> UUID:
        """A random UUID."""
        ...

    def secret(self) -> str:
        """A long random string for a credential."""
        ...


Listed = TypeVar("Listed")


@dataclass(frozen=True)
class Page(Generic[Listed]):
    """A part of a list, and the position from which the next part goes on (None: the end)."""

    items: Sequence[Listed]
    position: str | None


@dataclass(frozen=True)
class Window:
    """Which part of a list is wanted: at most `limit` objects behind `position`."""

    limit: int
    position: str | None = None


class ConfigurationReader(Protocol):
    """A tenant's configuration, kept between calls and never older than asked for."""

    def current(self, tenant_id: TenantId) -> Configuration:
        """The newest configuration."""
        ...

    def at_least(self, tenant_id: TenantId, stamp: int) -> Configuration:
        """A configuration that is not older than the stamp."""
        ...

    def plan(self, tenant_id: TenantId, version: int) -> Plan | None:
        """One version of the distribution plan."""
        ...


@dataclass(frozen=True)
class Claim:
    """A duplicate fingerprint, free unless a lead claimed it after `since`."""

    check_id: str
    fingerprint: str
    since: datetime


@dataclass(frozen=True)
class Intake:
    """A new lead with all that is stored together with it; `ping` is used up, its next version."""

    lead: Lead
    submission: Submission
    flow: Flow
    step: FlowStep
    claims: Sequence[Claim] = ()
    ping: Ping | None = None
    admission: Admission = Admission.NONE


PING_USED = "ping"
"""Stands among the taken checks for a ping that another post has used up."""

THRESHOLD_REACHED = "threshold"
"""Stands alone among the taken checks where the tenant's plan has no room for the lead."""


class Submissions(Protocol):
    """The verbatim record of calls."""

    def keep(self, tenant_id: TenantId, submission: Submission, *, per_minute: int) -> bool:
        """Store a new submission, before anything is made of it.

        False, and nothing stored, when its source has sent `per_minute` of them in this minute.
        """
        ...

    def settle(self, tenant_id: TenantId, submission: Submission) -> None:
        """Store how a submission ended."""
        ...

    def get(self, tenant_id: TenantId, submission_id: SubmissionId) -> Submission | None:
        """One submission."""
        ...


class Refused(StrEnum):
    """What had changed since it was read, so that nothing was stored."""

    LEAD = "lead"
    CUSTOMER = "customer"
    BID = "bid"
    ENTRY = "entry"
    STEP = "step"
    ROTATION = "rotation"
    THRESHOLD = "threshold"


class Leads(Protocol):
    """The leads of a tenant."""

    def accept(self, tenant_id: TenantId, intake: Intake) -> frozenset[str]:
        """Store a new lead with its submission, flow and claims, all or nothing.

        Returns the ids of the duplicate checks whose fingerprints are taken, and `PING_USED` if
        its ping is, else `THRESHOLD_REACHED` if there is no room for what its admission asks;
        nothing is stored unless that is empty.
        """
        ...

    def get(self, tenant_id: TenantId, lead_id: LeadId) -> Lead | None:
        """One lead, as of now."""
        ...

    def settle(
        self, tenant_id: TenantId, lead: Lead, *, ending: FlowEnding, step: FlowStep
    ) -> bool:
        """Store a lead that nobody bought, with the end and the last step of its newest flow.

        `lead` is the next version; False, and nothing stored, when the stored one has moved on.
        """
        ...

    def advance(
        self,
        tenant_id: TenantId,
        lead: Lead,
        step: FlowStep,
        rotation: RotationState | None = None,
    ) -> frozenset[Refused]:
        """Store a lead that its run has changed and goes on with, and the step that did so.

        With them goes a turn that is given back. Lead and rotation are the next versions; nothing
        is stored unless the answer is empty.
        """
        ...

    def reserve(
        self, tenant_id: TenantId, lead: Lead, rotation: RotationState | None = None
    ) -> frozenset[Refused]:
        """Store a lead with its reservation, and the turn that it takes.

        Both are the next versions; nothing is stored unless the answer is empty. Refused is also
        a stage whose step is recorded: an earlier execution has passed it.
        """
        ...

    def stray(self, tenant_id: TenantId, *, before: datetime, limit: int) -> Sequence[Lead]:
        """Leads received before a moment that are still processing, oldest first."""
        ...


class Flows(Protocol):
    """The records of runs."""

    def add_step(self, tenant_id: TenantId, flow_id: FlowId, step: FlowStep) -> None:
        """Add what a task did. A step of that number that is there already stays as it is."""
        ...

    def get(self, tenant_id: TenantId, flow_id: FlowId) -> Flow | None:
        """The head of one flow."""
        ...

    def many(self, tenant_id: TenantId, flow_ids: Sequence[FlowId]) -> Sequence[Flow]:
        """The heads of flows, in the order of the ids; unknown ones are left out."""
        ...

    def steps(self, tenant_id: TenantId, flow_id: FlowId) -> Sequence[FlowStep]:
        """What the tasks of one flow did, in order."""
        ...


@dataclass(frozen=True, kw_only=True)
class Sale:
    """A lead that somebody gets, with everything that changes in the same transaction.

    `lead`, `bid`, `customer` and `rotation` are the versions after the sale; each is stored only
    if the stored one is the version before. A partner has neither customer nor bid; `entry` is
    None when no wallet is charged, `rotation` where no turn is taken.
    """

    lead: Lead
    customer: Customer | None = None
    bid: Bid | None = None
    entry: Entry | None = None
    rotation: RotationState | None = None
    ending: FlowEnding
    step: FlowStep


class Sales(Protocol):
    """The one place where a lead, money, limits and plan usage change together."""

    def sell(self, tenant_id: TenantId, sale: Sale) -> frozenset[Refused]:
        """Book a sale; empty when it is booked, otherwise what had changed."""
        ...
