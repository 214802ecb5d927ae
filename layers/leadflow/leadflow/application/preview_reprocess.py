"""Show what a reprocess of many leads would do, before it is confirmed (`product.md`, 11.6)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from leadflow.application.list_leads import LeadFilters, ListLeads
from leadflow.application.list_ports import LeadLists
from leadflow.application.ports import ConfigurationReader, Window
from leadflow.application.reprocess_selection import (
    PAGE_LEADS,
    READ_AT_ONCE,
    ReprocessSelection,
)
from leadflow.application.reprocessing import check_startable
from leadflow.domain.decisions import Outcome
from leadflow.domain.identifiers import TenantId, is_identifier
from leadflow.domain.leads import REPROCESSABLE, Lead, LeadStatus

PAGES_MAX = 250
"""Pages of a filter that a preview looks at, in the time that a caller waits for an answer; the
preview says so if there are more."""

LISTED_MAX = 10_000
"""Ineligible leads that are listed; all of them are counted."""


@dataclass(frozen=True)
class Ineligible:
    """A lead that would be left alone; without a status there is none of that id."""

    id: str
    status: LeadStatus | None
    reason: Outcome


@dataclass
class Preview:
    """What a reprocess would do; `is_complete`: every selected lead was looked at."""

    eligible: int = 0
    ineligible: int = 0
    by_status: Counter[LeadStatus] = field(default_factory=Counter)
    ineligible_leads: list[Ineligible] = field(default_factory=list)
    is_complete: bool = True

    def add(self, lead_id: str, lead: Lead | None) -> None:
        """Count one lead."""
        if lead is None:
            self._leave(Ineligible(lead_id, None, Outcome.NOT_FOUND))
            return
        self.by_status[lead.status] += 1
        if lead.status in REPROCESSABLE:
            self.eligible += 1
        else:
            self._leave(Ineligible(lead_id, lead.status, Outcome.STATUS_NOT_REPROCESSABLE))

    def _leave(self, one: Ineligible) -> None:
        self.ineligible += 1
        if len(self.ineligible_leads) < LISTED_MAX:
            self.ineligible_leads.append(one)


@dataclass(frozen=True, kw_only=True)
class PreviewReprocess:
    """The action with its ports."""

    configuration: ConfigurationReader
    lists: LeadLists
    list_leads: ListLeads

    def __call__(self, tenant_id: TenantId, selection: ReprocessSelection) -> Preview:
        """Which leads would be reprocessed, and which not and why; nothing is changed.

        An id that is named twice counts once; whatever is no lead of the tenant is `not_found`.
        Raises `ValidationFailed` for wrong filters, and what `check_start` raises.
        """
        filters = selection.filters
        check_startable(self.configuration.current(tenant_id), selection.start)
        if selection.ids:
            return self._of_ids(tenant_id, selection.ids)
        return self._of_filters(tenant_id, filters)

    def _of_ids(self, tenant_id: TenantId, lead_ids: Sequence[str]) -> Preview:
        preview = Preview()
        for start in range(0, len(lead_ids), READ_AT_ONCE):
            part = lead_ids[start : start + READ_AT_ONCE]
            found = self.lists.many(tenant_id, [one for one in part if is_identifier("lead", one)])
            for lead_id in part:
                preview.add(lead_id, found.get(lead_id))
        return preview

    def _of_filters(self, tenant_id: TenantId, filters: LeadFilters) -> Preview:
        preview, position = Preview(), None
        for _ in range(PAGES_MAX):
            window = Window(PAGE_LEADS, position)
            page = self.list_leads.of_tenant(tenant_id, filters, window)
            for lead in page.items:
                preview.add(lead.id, lead)
            position = page.position
            if position is None:
                return preview
        preview.is_complete = False
        return preview
