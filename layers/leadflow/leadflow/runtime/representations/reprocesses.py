"""What a reprocess answers (`api.md`, 4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from leadflow.domain.decisions import Outcome
from leadflow.domain.identifiers import FlowId
from leadflow.domain.leads import LeadStatus
from leadflow.domain.model import Frozen
from leadflow.runtime.representations.sparse import Sparse

if TYPE_CHECKING:
    from leadflow.application.preview_reprocess import Preview


class FlowOpenedBody(Frozen):
    """The flow that was opened; its run goes on, or it has ended already."""

    flow_id: FlowId


class IneligibleLeadBody(Frozen):
    """A lead that would be left alone; null as status: there is no such lead."""

    id: str
    status: LeadStatus | None
    reason: Outcome


class PreviewBody(Sparse):
    """What a reprocess would do; `truncated` only if the filter selects more than was looked at."""

    optional: ClassVar[frozenset[str]] = frozenset({"truncated"})

    eligible: int
    ineligible: int
    by_status: Mapping[LeadStatus, int]
    ineligible_leads: tuple[IneligibleLeadBody, ...]
    truncated: bool | None


def preview_body(preview: Preview) -> PreviewBody:
    """The body of a preview."""
    listed = (
        IneligibleLeadBody(id=one.id, status=one.status, reason=one.reason)
        for one in preview.ineligible_leads
    )
    return PreviewBody(
        eligible=preview.eligible,
        ineligible=preview.ineligible,
        by_status=dict(preview.by_status),
        ineligible_leads=tuple(listed),
        truncated=None if preview.is_complete else True,
    )
