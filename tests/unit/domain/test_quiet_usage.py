"""A total that is quiet by itself hides nothing that its shares would tell."""

import pytest

from leadflow.application.admissions import Admission
from tests.builders import TENANT_ID, lead
from tests.fakes.plan_usage import MemoryPlanUsage
from tests.unit.domain.bidding_examples import NOW


@pytest.mark.parametrize("limit", [0, 1, 4, 40, 400])
def test_nothing_is_due_or_reached_while_the_total_is_quiet(limit: int) -> None:
    usage = MemoryPlanUsage.limited(leads=limit)
    for number in range(limit + 1):
        standing = usage.standing(TENANT_ID)
        quiet = usage.watched(TENANT_ID) is None
        assert not (quiet and (standing.due or standing.is_reached))
        for measure, level in standing.due:
            usage.announced(TENANT_ID, standing.cycle, measure, level)
        usage.admits(Admission.COUNT, lead(number).id, NOW)
    assert usage.watched(TENANT_ID)


def test_a_tenant_far_from_its_limits_is_quiet() -> None:
    usage = MemoryPlanUsage.limited(leads=1_000)
    usage.admits(Admission.COUNT, lead().id, NOW)
    assert usage.watched(TENANT_ID) is None
    assert MemoryPlanUsage().watched(TENANT_ID) is None
