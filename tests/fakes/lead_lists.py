"""Leads in memory."""

from collections.abc import Mapping, Sequence

from leadflow.application.list_ports import LeadTrait, LeadWalk, Spot
from leadflow.domain.identifiers import LeadId, TenantId
from leadflow.domain.leads import Lead
from tests.fakes.spots import behind


class FakeLeadLists:
    """Implements `LeadLists`, `LeadCounts` and `LeadReader`; counts what is asked of it."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], Lead] = {}
        self.calls: list[str] = []

    def put(self, tenant_id: TenantId, *leads: Lead) -> None:
        self.kept.update({(tenant_id, lead.id): lead for lead in leads})

    def get(self, tenant_id: TenantId, lead_id: LeadId) -> Lead | None:
        return self.kept.get((tenant_id, lead_id))

    def many(self, tenant_id: TenantId, lead_ids: Sequence[str]) -> Mapping[str, Lead]:
        self.calls.append("many")
        found = {lead_id: self.kept.get((tenant_id, lead_id)) for lead_id in lead_ids}
        return {lead_id: lead for lead_id, lead in found.items() if lead}

    def spots(
        self, tenant_id: TenantId, walk: LeadWalk, *, limit: int, position: str | None
    ) -> Sequence[Spot]:
        self.calls.append("spots")
        by_name = walk.trait is LeadTrait.NAME_PREFIX
        leads = [one for (owner, _), one in self.kept.items() if owner == tenant_id]
        spots = [_spot(one, by_name) for one in leads if _has(one, walk)]
        return behind(spots, limit=limit, position=position, ascending=by_name or walk.oldest_first)

    def count(self, tenant_id: TenantId, walk: LeadWalk) -> int:
        self.calls.append("count")
        return sum(_has(one, walk) for (owner, _), one in self.kept.items() if owner == tenant_id)


def _spot(lead: Lead, by_name: bool) -> Spot:
    first = lead.search.name if by_name else lead.received_at.isoformat(timespec="microseconds")
    return Spot(lead.id, f"{first}#{lead.id}")


def _has(lead: Lead, walk: LeadWalk) -> bool:
    name = lead.search.name or ""
    if walk.trait is LeadTrait.NAME_PREFIX:
        return lead.is_test is walk.is_test and name.startswith(walk.value)
    values = {
        LeadTrait.NONE: "",
        LeadTrait.STATUS: lead.status,
        LeadTrait.SOURCE: lead.source_id,
        LeadTrait.CUSTOMER: lead.assignment.customer_id if lead.assignment else None,
        LeadTrait.LEAD_TYPE: lead.lead_type_id,
        LeadTrait.EMAIL: lead.search.email,
        LeadTrait.PHONE: lead.search.phone,
    }
    in_period = walk.period.oldest <= lead.received_at <= walk.period.newest
    return lead.is_test is walk.is_test and in_period and values[walk.trait] == walk.value
