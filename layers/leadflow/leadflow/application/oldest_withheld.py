"""Release the withheld lead that has waited longest, if there is room (`product.md`, 19.3)."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from leadflow.application.admissions import admission_of
from leadflow.application.contention import Overtaken
from leadflow.application.lead_desk import LeadDesk
from leadflow.application.lead_ports import NewFlow
from leadflow.application.ports import IdFactory, Refused
from leadflow.application.releasing import released
from leadflow.application.reopening import Reopening
from leadflow.application.run_ports import Distribution
from leadflow.application.threshold import Threshold
from leadflow.application.withheld_ports import WithheldLeads
from leadflow.domain.configuration import Configuration
from leadflow.domain.errors import Conflict, NotFound, TransientFault
from leadflow.domain.identifiers import FlowId, LeadId, TenantId
from leadflow.domain.leads import Lead, LeadStatus

LOOKED_AT_MAX = 20
"""Leads that one try looks at; those released a moment ago may still stand in front."""

RUN_SECONDS_MAX = 25
"""How long one run is waited for, so that its sale is known before the next lead is released."""

RUN_SECONDS_MIN = 3
"""With less time left no lead is released: its run would end behind the function."""

REPLY_SECONDS = 1
"""Kept for what follows a run."""


class Try(StrEnum):
    """What a try to release a lead came to."""

    RELEASED = "released"
    NONE_WAITING = "none_waiting"
    BLOCKED = "blocked"
    POSTPONED = "postponed"


class _Left(StrEnum):
    """Why a lead was not released."""

    BLOCKED = "blocked"
    GONE = "gone"
    STUCK = "stuck"


@dataclass(frozen=True)
class Tried:
    """A try, and the lead with its new flow if it was released.

    `more_waiting`: others wait behind it, or did a moment ago. `stuck` are leads that cannot be
    released at all and were passed over: a person has to look.
    """

    outcome: Try
    lead_id: LeadId | None = None
    flow_id: FlowId | None = None
    more_waiting: bool = False
    stuck: tuple[LeadId, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ReleaseOldest:
    """The action with its ports."""

    desk: LeadDesk
    waiting: WithheldLeads
    ids: IdFactory
    distribution: Distribution
    threshold: Threshold

    def __call__(self, tenant_id: TenantId, until: datetime) -> Tried:
        """Release one lead in one conditional write, and wait for its run until shortly before.

        The room is taken in that write, so that nobody is released twice or beyond the limit, in
        whatever order tokens come. Raises `TransientFault`.
        """
        seconds = _patience(self.desk.clock.now(), until)
        if seconds < RUN_SECONDS_MIN:
            return Tried(Try.POSTPONED)
        lead_ids = self.waiting.oldest(tenant_id, limit=LOOKED_AT_MAX)
        return self._tried(tenant_id, lead_ids, seconds)

    def _tried(self, tenant_id: TenantId, lead_ids: Sequence[LeadId], seconds: int) -> Tried:
        stuck: list[LeadId] = []
        for number, lead_id in enumerate(lead_ids, start=1):
            opened = self._reopened(tenant_id, lead_id)
            if opened is _Left.BLOCKED:
                return Tried(Try.BLOCKED, stuck=tuple(stuck))
            if isinstance(opened, NewFlow):
                self._run(opened, seconds)
                more = number < len(lead_ids)
                return Tried(Try.RELEASED, lead_id, opened.flow.id, more, tuple(stuck))
            stuck += [lead_id] if opened is _Left.STUCK else []
        all_seen = len(lead_ids) < LOOKED_AT_MAX
        return Tried(Try.NONE_WAITING if all_seen else Try.POSTPONED, stuck=tuple(stuck))

    def _reopened(self, tenant_id: TenantId, lead_id: LeadId) -> NewFlow | _Left:
        def once(lead: Lead) -> NewFlow | _Left:
            if lead.status is not LeadStatus.WITHHELD:
                return _Left.GONE
            configuration = self.desk.configuration.current(tenant_id)
            opened = self._released(tenant_id, lead, configuration)
            refused = self.desk.leads.reopen(tenant_id, opened)
            if not refused:
                return opened
            if Refused.THRESHOLD in refused and not self.threshold.gives_way(
                tenant_id, configuration.settings
            ):
                return _Left.BLOCKED
            raise Overtaken("The lead or the threshold kept changing.")

        try:
            return self.desk.tried(tenant_id, lead_id, once)
        except NotFound:
            return _Left.GONE
        except Conflict:
            return _Left.STUCK

    def _released(self, tenant_id: TenantId, lead: Lead, configuration: Configuration) -> NewFlow:
        """The lead past gate 5; whatever that makes of it, it counts from now on (19.2)."""
        opened = released(
            tenant_id,
            lead,
            configuration,
            formats=self.desk.formats,
            flow_id=FlowId(self.ids.new("flow")),
            now=self.desk.clock.now(),
        )
        counted = opened.lead.model_copy(update={"is_counted": True})
        return replace(opened, lead=counted, admission=admission_of(is_counted=lead.is_counted))

    def _run(self, opened: NewFlow, seconds: int) -> None:
        """Wait for the run; one that could not be started is finished by `reconcile`."""
        if isinstance(opened, Reopening):
            with suppress(TransientFault):
                self.distribution.run(opened.run, patience_seconds=seconds)


def _patience(now: datetime, until: datetime) -> int:
    """Whole seconds, so that few different clients are made."""
    return min(RUN_SECONDS_MAX, int((until - now).total_seconds()) - REPLY_SECONDS)
