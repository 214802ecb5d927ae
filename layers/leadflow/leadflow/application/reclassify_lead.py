"""Classify a lead again, without changing its data (`product.md`, 11.5)."""

from dataclasses import dataclass

from leadflow.application.caller_scope import CallerScope
from leadflow.application.lead_desk import LeadDesk
from leadflow.application.reclassification import Reclassification, class_of, reclassified
from leadflow.application.requests import VersionCheck
from leadflow.domain.leads import Lead
from leadflow.domain.statuses import EDITABLE
from leadflow.domain.transitions import check_status


@dataclass(frozen=True)
class Reclassified:
    """A lead, and whether it is of another class than before."""

    lead: Lead
    reclassification: Reclassification


@dataclass(frozen=True, kw_only=True)
class ReclassifyLead:
    """The action with its ports."""

    desk: LeadDesk

    def __call__(
        self, scope: CallerScope, lead_id: str, check_version: VersionCheck
    ) -> Reclassified:
        """Store the class that is found now, and the status of that.

        Raises `NotFound`, `Conflict` (`invalid_status`), `PreconditionFailed`, `TransientFault`.
        """

        def change(lead: Lead) -> Lead:
            check_version(lead.version)
            check_status(lead.status, EDITABLE, is_test=lead.is_test)
            configuration = self.desk.configuration.current(scope.tenant_id)
            return reclassified(lead, configuration, self.desk.formats, self.desk.clock.now())

        stored = self.desk.changed(scope.tenant_id, lead_id, change)
        classes = Reclassification(class_of(stored.before), class_of(stored.after))
        return Reclassified(stored.after, classes)
