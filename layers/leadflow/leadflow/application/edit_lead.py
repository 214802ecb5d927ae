"""Change contact data and details of a lead, and classify it again (`product.md`, 11.5)."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import Field

from leadflow.application.caller_scope import CallerScope
from leadflow.application.flow_opening import FlowOpening
from leadflow.application.intake import TEST_ZIPS
from leadflow.application.lead_desk import LeadDesk
from leadflow.application.lead_ports import NewFlow
from leadflow.application.reclassification import Reclassification, class_of, reclassified
from leadflow.application.reprocess_lead import ReprocessRequest
from leadflow.application.reprocessing import reprocessed
from leadflow.application.requests import VersionCheck
from leadflow.domain.configuration import Configuration
from leadflow.domain.edits import EditRules, edited
from leadflow.domain.identifiers import FlowId
from leadflow.domain.leads import Lead
from leadflow.domain.model import Request
from leadflow.domain.permissions import require
from leadflow.domain.statuses import EDITABLE
from leadflow.domain.transitions import check_status

REPROCESS_LEADS = "leads.reprocess"


class LeadEdit(Request):
    """What a person changes; an empty value takes one away. All other members are refused."""

    contact: dict[str, object] = Field(default_factory=dict)
    details: dict[str, object] = Field(default_factory=dict)
    reprocess: ReprocessRequest | None = None


@dataclass(frozen=True)
class Edited:
    """The lead as it is stored now; `flow_id` is that of the run that was started with it."""

    lead: Lead
    reclassification: Reclassification
    flow_id: FlowId | None = None


@dataclass(frozen=True, kw_only=True)
class EditLead:
    """The action with its ports."""

    desk: LeadDesk
    opening: FlowOpening

    def __call__(
        self,
        scope: CallerScope,
        lead_id: str,
        edit: LeadEdit,
        check_version: VersionCheck,
        repeat: str | None = None,
    ) -> Edited:
        """Store the changed lead, and with `reprocess` its new flow, in one conditional write.

        Raises `NotFound`, `Conflict` (`invalid_status`), `PreconditionFailed`, `ValidationFailed`
        (`contact.email`), `TransientFault`, and for `reprocess` `Forbidden` and what
        `reprocessed` raises. Nothing is stored then.
        """
        tenant_id = scope.tenant_id

        def change(lead: Lead) -> Lead:
            check_version(lead.version)
            check_status(lead.status, EDITABLE, is_test=lead.is_test)
            return self._edited(lead, edit, self.desk.configuration.current(tenant_id))

        if edit.reprocess is None:
            stored = self.desk.changed(tenant_id, lead_id, change)
            return Edited(stored.after, _classes(stored.before, stored.after))
        require(scope.role, REPROCESS_LEADS)
        start = edit.reprocess.start

        def make(lead: Lead, flow_id: FlowId, now: datetime, *, has_room: bool) -> NewFlow:
            return reprocessed(
                tenant_id,
                change(lead),
                self.desk.configuration.current(tenant_id),
                start=start,
                flow_id=flow_id,
                formats=self.desk.formats,
                now=now,
                has_room=has_room,
            )

        opened = self.opening(tenant_id, lead_id, repeat, make)
        return Edited(opened.after, _classes(opened.before, opened.after), opened.flow_id)

    def _edited(self, lead: Lead, edit: LeadEdit, configuration: Configuration) -> Lead:
        rules = EditRules(
            configuration.fields_of(configuration.sources[lead.source_id]),
            configuration.settings.operating_countries,
            self.desk.formats,
            TEST_ZIPS if lead.is_test else (),
        )
        changed = edited(lead, edit.contact, edit.details, rules)
        return reclassified(changed, configuration, self.desk.formats, self.desk.clock.now())


def _classes(before: Lead, after: Lead) -> Reclassification:
    return Reclassification(class_of(before), class_of(after))
