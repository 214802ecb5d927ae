"""One stored lead of a tenant, its admin, and a state machine that runs nothing."""

import pytest

from leadflow.adapters.dynamodb.leads import DynamoLeads
from leadflow.domain.identifiers import LeadId
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.principals import Role, UserPrincipal
from leadflow.runtime import container
from tests.builders import TENANT_ID, configuration, lead, numbered
from tests.fakes.distribution import ScriptedDistribution
from tests.integration.seeds import store_configuration, store_lead

ADMIN = UserPrincipal(tenant_id=TENANT_ID, user_id=numbered("user", 1), role=Role.ADMIN)
LEAD_ID = LeadId(numbered("lead", 1))


def keep(status: LeadStatus = LeadStatus.UNASSIGNED, **changes: object) -> Lead:
    """Found the tenant and store its lead."""
    store_configuration(configuration())
    one = lead(1).model_copy(update={"status": status, **changes})
    store_lead(one, 1)
    return one


def stored() -> Lead:
    """The lead as it is now; fails where it is gone."""
    found = DynamoLeads().get(TENANT_ID, LEAD_ID)
    assert found
    return found


def scripted_machine(monkeypatch: pytest.MonkeyPatch) -> ScriptedDistribution:
    """A state machine that only notes which runs were started."""
    scripted = ScriptedDistribution()
    monkeypatch.setattr(container, "distribution", lambda: scripted)
    return scripted
