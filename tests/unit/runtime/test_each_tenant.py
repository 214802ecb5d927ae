"""One tenant that is in trouble holds up no other, and is not forgotten."""

import pytest

from leadflow.domain.errors import CorruptState
from leadflow.domain.identifiers import TenantId
from leadflow.runtime import container
from leadflow.runtime.each_tenant import for_each_tenant
from tests.builders import numbered
from tests.fakes.bookmarks import FixedTenants

TENANTS = [TenantId(numbered("tenant", number)) for number in range(3)]


@pytest.fixture(autouse=True)
def _tenants(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "configuration", lambda: FixedTenants(TENANTS))


def test_something_is_done_for_every_tenant() -> None:
    assert list(for_each_tenant(str.upper)) == [(one, one.upper()) for one in TENANTS]


def test_a_tenant_in_trouble_is_passed_over_and_told_of_in_the_end() -> None:
    def do(tenant_id: TenantId) -> int:
        if tenant_id == TENANTS[0]:
            raise CorruptState("broken")
        return 7

    done = for_each_tenant(do)
    assert [next(done), next(done)] == [(TENANTS[1], 7), (TENANTS[2], 7)]
    with pytest.raises(CorruptState):
        next(done)
