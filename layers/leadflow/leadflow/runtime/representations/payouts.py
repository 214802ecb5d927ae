"""Payout reports over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from leadflow.domain.model import Frozen
from leadflow.domain.supplied_leads import SourcePayout

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leadflow.application.report_payouts import PayoutReport


class PayoutReportBody(Frozen):
    """How many sold leads of a period count, and what is owed for them, in all and by source."""

    object: Literal["payout_report"] = "payout_report"
    partner_id: str
    since: datetime = Field(serialization_alias="from")
    until: datetime = Field(serialization_alias="to")
    excludes_returned: bool
    leads: int
    payout_cents: int
    by_source: tuple[SourcePayout, ...]


def payouts_body(report: PayoutReport) -> Mapping[str, object]:
    """The body of a report."""
    body = PayoutReportBody(
        partner_id=report.partner.id,
        since=report.since,
        until=report.until,
        excludes_returned=report.partner.exclude_returned_from_payout,
        leads=report.leads,
        payout_cents=report.payout_cents,
        by_source=tuple(report.by_source),
    )
    return body.model_dump(mode="json", by_alias=True)
