"""Show flows: the log of every pipeline run (`product.md`, 15.6 and 15.9; `api.md`, 4 and 8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Annotated, Literal

from leadflow.application.lead_views import VIEW_LEADS
from leadflow.application.list_filters import Flag, Since, Until, identifier, not_before
from leadflow.application.list_pages import Listing, period_of
from leadflow.application.list_ports import FlowLists, FlowReader, FlowWalk, LeadReader, Spot
from leadflow.application.ports import Clock, ConfigurationReader, Page, Window
from leadflow.application.stored_lead import stored_lead
from leadflow.domain.errors import Forbidden, NotFound
from leadflow.domain.flows import (
    Attempt,
    EventName,
    Flow,
    FlowKind,
    FlowStep,
    Recipient,
    TimelineEvent,
    folded,
    joined,
)
from leadflow.domain.identifiers import FlowId, TenantId, is_identifier
from leadflow.domain.model import Frozen
from leadflow.domain.permissions import require
from leadflow.domain.principals import TENANT_ROLES, Principal, UserPrincipal

PingStatus = Literal["matched", "no_match", "pending", "rejected", "error"]


class FlowFilters(Frozen):
    """Which flows are meant; what is left out does not restrict."""

    source_id: Annotated[str, identifier("source")] | None = None
    customer_id: Annotated[str, identifier("cus")] | None = None
    partner_id: Annotated[str, identifier("partner")] | None = None
    ping_status: PingStatus | None = None
    honored: Flag | None = None
    has_ping: Flag | None = None
    has_post: Flag | None = None
    has_lead: Flag | None = None
    assigned: Flag | None = None
    created_from: Since | None = None
    created_to: Annotated[Until, not_before("created_from")] | None = None
    test_mode: Flag = False

    def fit(self, flow: Flow) -> bool:
        """Whether the flow is meant, its time apart."""
        recipient = flow.recipient or Recipient()
        wanted = (
            (self.source_id, flow.source_id),
            (self.customer_id, recipient.customer_id),
            (self.partner_id, recipient.partner_id),
            (self.ping_status, flow.ping_status),
            (self.honored, flow.honored),
            (self.has_ping, flow.ping_id is not None),
            (self.has_post, _has_post(flow)),
            (self.has_lead, flow.lead_id is not None),
            (self.assigned, flow.channel is not None),
        )
        return flow.is_test is self.test_mode and all(
            wish is None or wish == value for wish, value in wanted
        )

    @property
    def is_narrow(self) -> bool:
        """Whether more is asked for than a time and test data."""
        given = self.model_dump(exclude_none=True, exclude={"created_from", "created_to"})
        return len(given) > 1


@dataclass(frozen=True)
class FlowSummary:
    """A flow as lists show it."""

    flow: Flow
    attempts: Sequence[Attempt]


@dataclass(frozen=True)
class FlowRecord:
    """A flow with everything that happened in it, as one step."""

    flow: Flow
    record: FlowStep


@dataclass(frozen=True, kw_only=True)
class ViewFlow:
    """The action with its ports."""

    flows: FlowReader
    clock: Clock

    def __call__(self, principal: Principal, flow_id: str) -> FlowRecord:
        """One flow. Raises `NotFound` and `Forbidden`."""
        tenant_id = _reader(principal).tenant_id
        if not is_identifier("flow", flow_id):
            raise NotFound
        flow = self.flows.get(tenant_id, FlowId(flow_id))
        if flow is None:
            raise NotFound
        record = joined(0, *self.flows.steps(tenant_id, flow.id), _end_of_lead(flow))
        shown = {
            "attempts": folded(record.attempts),
            # Refused posts are stored beside the ping, whenever they came.
            "timeline": tuple(sorted(record.timeline, key=attrgetter("at"))),
        }
        return FlowRecord(flow.as_of(self.clock.now()), record.model_copy(update=shown))


def _end_of_lead(flow: Flow) -> FlowStep:
    """What the timeline tells of a lead that was deleted: only the head of the flow knows."""
    if flow.lead_deleted_at is None:
        return FlowStep(number=0)
    event = TimelineEvent(
        at=flow.lead_deleted_at, event=EventName.LEAD_DELETED, description="The lead was deleted."
    )
    return FlowStep(number=0, timeline=(event,))


@dataclass(frozen=True, kw_only=True)
class ListFlows:
    """The action with its ports."""

    configuration: ConfigurationReader
    flows: FlowReader
    lists: FlowLists
    clock: Clock

    def __call__(
        self, principal: Principal, filters: FlowFilters, window: Window
    ) -> Page[FlowSummary]:
        """The part of the list that the window asks for, newest first. Raises `Forbidden`."""
        tenant_id = _reader(principal).tenant_id
        configuration = self.configuration.current(tenant_id)
        now = self.clock.now()
        period = period_of(configuration, now, filters.created_from, filters.created_to)
        walk = FlowWalk(filters.test_mode, period)

        def spots(*, limit: int, position: str | None) -> Sequence[Spot]:
            return self.lists.spots(tenant_id, walk, limit=limit, position=position)

        listing = Listing(
            spots=spots,
            fetch=lambda ids: {
                one.id: one.as_of(now) for one in _heads(tenant_id, ids, self.flows).values()
            },
            keep=filters.fit,
            characters=lambda _: 0,
            is_narrow=filters.is_narrow,
        )
        return _summaries(tenant_id, listing.page(window), self.lists)


@dataclass(frozen=True, kw_only=True)
class ListFlowsOfLead:
    """The action with its ports."""

    leads: LeadReader
    flows: FlowReader
    lists: FlowLists

    def __call__(self, principal: Principal, lead_id: str, window: Window) -> Page[FlowSummary]:
        """The flows of one lead, newest first. Raises `NotFound` and `Forbidden`."""
        tenant_id = _reader(principal).tenant_id
        lead = stored_lead(self.leads, tenant_id, lead_id)
        newest_first = lead.flow_ids[::-1]

        def spots(*, limit: int, position: str | None) -> Sequence[Spot]:
            start = newest_first.index(FlowId(position)) + 1 if position else 0
            return [Spot(flow_id, flow_id) for flow_id in newest_first[start : start + limit]]

        listing = Listing(
            spots=spots,
            fetch=lambda ids: _heads(tenant_id, ids, self.flows),
            keep=lambda _: True,
            characters=lambda _: 0,
            is_narrow=False,
        )
        return _summaries(tenant_id, listing.page(window), self.lists)


def _reader(principal: Principal) -> UserPrincipal:
    if not isinstance(principal, UserPrincipal) or principal.role not in TENANT_ROLES:
        raise Forbidden(VIEW_LEADS)
    require(principal.role, VIEW_LEADS)
    return principal


def _has_post(flow: Flow) -> bool:
    """Whether a post opened the flow or continued a ping's: an accepted one."""
    return flow.kind is FlowKind.POST or (flow.ping_id is not None and len(flow.submission_ids) > 1)


def _heads(tenant_id: TenantId, flow_ids: Sequence[str], flows: FlowReader) -> Mapping[str, Flow]:
    return {flow.id: flow for flow in flows.many(tenant_id, [FlowId(one) for one in flow_ids])}


def _summaries(tenant_id: TenantId, page: Page[Flow], lists: FlowLists) -> Page[FlowSummary]:
    ids = [flow.id for flow in page.items]
    attempts = lists.attempts(tenant_id, ids) if ids else {}
    shown = [FlowSummary(flow, folded(attempts.get(flow.id, ()))) for flow in page.items]
    return Page(shown, page.position)
