"""What becomes of a reprocessed lead: the gates it passes, and its flow (`product.md`, 11.6).

Duplicate checks are not repeated. Gate 5 is for Pending and Uncategorized leads, gate 6 for those
of them that never passed it, gate 7 for all that go on to distribution; the table of 7.6 decides
about test leads again.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from leadflow.application.facts import facts_of_lead
from leadflow.application.intake import TEST_ZIPS, is_audited, reserved_price_cents
from leadflow.application.lead_ports import NewFlow
from leadflow.application.reclassification import found_class, with_class
from leadflow.application.reopening import ended_at_once, reopened, without_room
from leadflow.domain.conditions import Fact
from leadflow.domain.configuration import Configuration
from leadflow.domain.decisions import Outcome
from leadflow.domain.flows import FlowKind
from leadflow.domain.formats import Formats
from leadflow.domain.identifiers import FlowId, TenantId
from leadflow.domain.leads import Lead
from leadflow.domain.starts import Start, check_start
from leadflow.domain.statuses import BEFORE_AUDIT, REPROCESSABLE, LeadStatus
from leadflow.domain.transitions import check_status


class _Judged(NamedTuple):
    """A lead with what the gates found, the status that they settle it in, and why.

    Without an outcome it goes on to distribution.
    """

    lead: Lead
    facts: Mapping[str, Fact]
    status: LeadStatus = LeadStatus.PROCESSING
    outcome: Outcome | None = None


def reprocessed(
    tenant_id: TenantId,
    lead: Lead,
    configuration: Configuration,
    *,
    start: Start,
    flow_id: FlowId,
    formats: Formats,
    now: datetime,
    has_room: bool = True,
) -> NewFlow:
    """Another flow of a stored lead: a `Reopening` with its run, unless a gate ends it at once.

    `lead` is the stored version, or what an edit makes of it in the same write; `has_room` is what
    gate 7 has found. Raises `Conflict` (`invalid_status`) in a status without reprocess, and what
    `check_start` and `without_room` raise.
    """
    check_reprocess(lead, configuration, start)
    judged = _judged(lead, configuration, formats, now)
    if judged.outcome is None and not has_room:
        return without_room(
            judged.lead,
            configuration,
            FlowKind.REPROCESS,
            flow_id=flow_id,
            now=now,
            start=start,
        )
    if judged.outcome is None:
        return reopened(
            tenant_id,
            judged.lead,
            configuration,
            FlowKind.REPROCESS,
            facts=judged.facts,
            flow_id=flow_id,
            now=now,
            start=start,
        )
    return ended_at_once(
        judged.lead,
        configuration,
        FlowKind.REPROCESS,
        status=judged.status,
        outcome=judged.outcome,
        flow_id=flow_id,
        now=now,
        start=start,
    )


def check_reprocess(lead: Lead, configuration: Configuration, start: Start) -> None:
    """Raise what `reprocessed` raises, before anything is changed."""
    check_status(lead.status, REPROCESSABLE, is_test=lead.is_test)
    check_startable(configuration, start)


def check_startable(configuration: Configuration, start: Start) -> None:
    """Raise what `check_start` raises for the tenant as it is configured."""
    has_direct_post = configuration.settings.direct_post.enabled
    check_start(configuration.plan, start, has_direct_post=has_direct_post)


def _judged(lead: Lead, configuration: Configuration, formats: Formats, now: datetime) -> _Judged:
    """Gates 3, 5 and 6, where they apply."""
    facts = facts_of_lead(lead, configuration, formats)
    if lead.is_test:
        return _judged_test(lead, configuration, facts)
    if lead.status not in BEFORE_AUDIT:
        return _Judged(lead, facts)
    found = found_class(lead, configuration, formats, now)
    if found.lead_type_id is None:
        untyped = lead.model_copy(update={"lead_type_id": None})
        return _Judged(untyped, facts, LeadStatus.UNCATEGORIZED, Outcome.NO_LEAD_TYPE)
    typed, source = with_class(lead, found), configuration.sources[lead.source_id]
    facts = {**facts, "lead_type": found.lead_type_id}
    if not lead.has_passed_audit and is_audited(source, configuration, facts, now):
        return _Judged(typed, facts, LeadStatus.AUDIT, Outcome.AUDIT_CONDITION)
    return _Judged(typed, facts)


def _judged_test(lead: Lead, configuration: Configuration, facts: Mapping[str, Fact]) -> _Judged:
    status = TEST_ZIPS.get(lead.location.postal_code, LeadStatus.AUDIT)
    source = configuration.sources[lead.source_id]
    price_cents = reserved_price_cents(source) if status is LeadStatus.ASSIGNED else 0
    priced = lead.model_copy(update={"payout_cents": price_cents})
    return _Judged(priced, facts, status, Outcome.TEST_MODE)
