"""C10: withheld leads come out while there is room, none is lost, and none is released twice."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from tools.verify.observed import Lead, Observed

RELEASED_WITHIN = timedelta(minutes=15)
"""How long a lead may wait although there is room: tokens are topped up each minute."""

WITHHELD_AGAIN = "subscription_threshold"
"""The outcome of a flow at whose begin there was no room."""


def withheld_come_out(seen: Observed) -> Iterator[str]:
    """Nobody waits where there is room, and a lead that was let out is not let out again."""
    with_room = _with_room(seen)
    flows = {one.id: one for one in seen.flows}
    for lead in seen.leads:
        if lead.status == "withheld" and lead.tenant_id in with_room and _has_waited(seen, lead):
            yield f"{lead.id} is withheld since {lead.updated_at}, and there is room"
        releases = [flows.get(one) for one in lead.flow_ids]
        for before, after in pairwise(releases):
            is_twice = before and after and before.kind == after.kind == "release"
            if is_twice and before and before.outcome != WITHHELD_AGAIN:
                yield f"{lead.id} was released twice, by {before.id} and by the flow behind it"


def _has_waited(seen: Observed, lead: Lead) -> bool:
    return lead.updated_at is not None and seen.at - lead.updated_at > RELEASED_WITHIN


def _with_room(seen: Observed) -> set[str]:
    """Tenants whose plan has room for another lead, in its newest cycle."""
    leads, sales = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for share in seen.shares:
        leads[share.tenant_id, share.cycle] += share.leads_used
        sales[share.tenant_id, share.cycle] += share.sales_used_cents
    found = set()
    for total in seen.totals:
        key, limits = (total.tenant_id, total.cycle), total.terms.limits
        has_leads = limits.leads is None or leads[key] < limits.leads
        has_sales = limits.sales_cents is None or sales[key] < limits.sales_cents
        if has_leads and has_sales:
            found.add(total.tenant_id)
    return found
