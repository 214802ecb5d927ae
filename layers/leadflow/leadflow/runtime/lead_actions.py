"""The actions that change a stored lead, each with the adapters that stand behind its ports.

Everything is made at its first use and kept for the life of the process.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from leadflow.runtime import actions, container, marketplace_actions

if TYPE_CHECKING:
    from leadflow.application.delete_lead import DeleteLead
    from leadflow.application.edit_lead import EditLead
    from leadflow.application.enrich_lead import EnrichLead
    from leadflow.application.flow_opening import FlowOpening
    from leadflow.application.lead_desk import LeadDesk
    from leadflow.application.reclassify_lead import ReclassifyLead
    from leadflow.application.release_audited_lead import ReleaseAuditedLead
    from leadflow.application.report_payouts import ReportPayouts


@cache
def lead_desk() -> LeadDesk:
    """What every action on a stored lead needs."""
    from leadflow.application.lead_desk import LeadDesk

    return LeadDesk(
        configuration=container.configuration(),
        leads=container.leads(),
        formats=container.formats(),
        clock=container.clock(),
    )


@cache
def flow_opening() -> FlowOpening:
    """How requests open flows of stored leads."""
    from leadflow.application.flow_ids import FlowIds
    from leadflow.application.flow_opening import FlowOpening

    return FlowOpening(
        desk=lead_desk(),
        flow_ids=FlowIds(flows=container.flows(), ids=container.ids()),
        distribution=container.distribution(),
        threshold=actions.threshold(),
        withheld=container.withheld_queue(),
    )


@cache
def edit_lead() -> EditLead:
    """The action behind `PATCH /leads/{id}`."""
    from leadflow.application.edit_lead import EditLead

    return EditLead(desk=lead_desk(), opening=flow_opening())


@cache
def reclassify_lead() -> ReclassifyLead:
    """The action behind `POST /leads/{id}/reclassify`."""
    from leadflow.application.reclassify_lead import ReclassifyLead

    return ReclassifyLead(desk=lead_desk())


@cache
def release_audited_lead() -> ReleaseAuditedLead:
    """The action behind `POST /leads/{id}/release`."""
    from leadflow.application.release_audited_lead import ReleaseAuditedLead

    return ReleaseAuditedLead(desk=lead_desk(), opening=flow_opening())


@cache
def delete_lead() -> DeleteLead:
    """The action behind `DELETE /leads/{id}`."""
    from leadflow.application.delete_lead import DeleteLead

    return DeleteLead(
        desk=lead_desk(),
        flows=container.flows(),
        auctions=container.marketplace(),
        holds=marketplace_actions.free_holds(),
    )


@cache
def enrich_lead() -> EnrichLead:
    """The action behind `POST /leads/{id}/enrich`."""
    from leadflow.application.enrich_lead import EnrichLead

    return EnrichLead(desk=lead_desk(), api=container.real_estate_api())


@cache
def report_payouts() -> ReportPayouts:
    """The action behind `GET /partners/{id}/payouts`."""
    from leadflow.application.report_payouts import ReportPayouts

    return ReportPayouts(
        configuration=container.configuration(),
        lists=container.lead_lists(),
        clock=container.clock(),
    )
