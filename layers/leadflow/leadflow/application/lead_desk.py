"""What every action on a stored lead does: find it, decide, store it on the version it saw."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from leadflow.application.contention import Overtaken, until_done
from leadflow.application.lead_ports import StoredLeads
from leadflow.application.ports import Clock, ConfigurationReader
from leadflow.application.stored_lead import stored_lead
from leadflow.domain.formats import Formats
from leadflow.domain.identifiers import TenantId
from leadflow.domain.leads import Lead

Done = TypeVar("Done")

UPDATE_LEADS = "leads.update"

TRIES_MAX = 10
"""Looks at one lead while others keep changing it."""
_WAIT_SECONDS_MAX = 0.2


@dataclass(frozen=True)
class Stored:
    """A lead before and after an action; alike where there was nothing to change."""

    before: Lead
    after: Lead


@dataclass(frozen=True, kw_only=True)
class LeadDesk:
    """The ports that these actions share."""

    configuration: ConfigurationReader
    leads: StoredLeads
    formats: Formats
    clock: Clock

    def changed(self, tenant_id: TenantId, lead_id: str, change: Callable[[Lead], Lead]) -> Stored:
        """Store what `change` makes of a lead, in one conditional write; nothing if it is alike.

        `change` returns the version that it was given, and is asked again when another one was
        stored meanwhile. Raises `NotFound`, what `change` raises, and `TransientFault`.
        """

        def once(lead: Lead) -> Stored:
            after = change(lead)
            if after == lead:
                return Stored(lead, lead)
            after = after.changed(self.clock.now())
            if not self.leads.change(tenant_id, after):
                raise Overtaken("The lead kept changing.")
            return Stored(lead, after)

        return self.tried(tenant_id, lead_id, once)

    def tried(self, tenant_id: TenantId, lead_id: str, do: Callable[[Lead], Done]) -> Done:
        """Call `do` with the lead as it is stored, until it is not `Overtaken`.

        Raises `NotFound`, what `do` raises, and `TransientFault` when it always was.
        """
        return until_done(
            lambda: do(stored_lead(self.leads, tenant_id, lead_id)),
            tries=TRIES_MAX,
            wait_seconds_max=_WAIT_SECONDS_MAX,
        )
