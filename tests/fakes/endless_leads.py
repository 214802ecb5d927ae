"""As many sold leads as one likes, made when they are read: their number costs no memory."""

from collections.abc import Mapping, Sequence

from leadflow.application.list_ports import LeadWalk, Spot
from leadflow.domain.identifiers import TenantId
from leadflow.domain.leads import Lead
from tests.fakes.lead_lists import FakeLeadLists
from tests.reading import identify, sold_lead


class EndlessLeads(FakeLeadLists):
    """Leads 1 to `count` of one customer, the highest number first."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count

    def spots(
        self, _tenant_id: TenantId, _walk: LeadWalk, *, limit: int, position: str | None
    ) -> Sequence[Spot]:
        first = self.count if position is None else int(position) - 1
        numbers = range(first, max(first - limit, 0), -1)
        return [Spot(identify("lead", number), str(number)) for number in numbers]

    def many(self, _tenant_id: TenantId, lead_ids: Sequence[str]) -> Mapping[str, Lead]:
        return {one: sold_lead(int(one.removeprefix("lead_"))) for one in lead_ids}
