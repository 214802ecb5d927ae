import json
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from leadflow.application.ports import Page
from leadflow.domain.errors import Unprocessable, ValidationFailed
from leadflow.domain.identifiers import TenantId
from leadflow.domain.settings import Tenant
from leadflow.runtime.http import Api
from leadflow.runtime.pagination import ListWindow, list_reply, page_window

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def tenant(name: str = "one", cursor_key: str = "key") -> Tenant:
    return Tenant(id=TenantId(f"tenant_{name}"), name=name, cursor_key=cursor_key, created_at=NOON)


class Asking(Api):
    """A request that has query parameters and nothing else."""

    def __init__(self, parameters: Mapping[str, str]) -> None:
        super().__init__()
        self._parameters = parameters

    def query(self, name: str) -> str | None:
        return self._parameters.get(name)


def window(
    owner: Tenant | None = None, filters: Mapping[str, str | None] | None = None, **query: str
) -> ListWindow:
    return page_window(Asking(query), owner or tenant(), "things", filters)


def test_a_list_has_fifty_objects_unless_asked_otherwise() -> None:
    assert (window().limit, window().position) == (50, None)
    assert [window(limit=text).limit for text in ("1", "200")] == [1, 200]


@pytest.mark.parametrize("limit", ["0", "201", "-1", "1.5", "ten", "", "9" * 5000, "\u0661"])
def test_a_limit_outside_its_range_is_refused_by_name(limit: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        window(limit=limit)
    assert "limit" in refused.value.errors


def test_a_cursor_leads_back_to_its_position() -> None:
    cursor = window(filters={"q": "x"}).cursor("lead_1")
    assert window(filters={"q": "x", "absent": None}, cursor=str(cursor)).position == "lead_1"


@pytest.mark.parametrize(
    ("owner", "filters"),
    [
        (tenant("two"), {}),
        (tenant(cursor_key="another"), {}),
        (tenant(), {"status": "assigned"}),
    ],
)
def test_a_cursor_of_another_tenant_key_or_filter_is_refused(
    owner: Tenant, filters: Mapping[str, str | None]
) -> None:
    cursor = str(window().cursor("lead_1"))
    with pytest.raises(Unprocessable) as refused:
        window(owner, filters, cursor=cursor)
    assert refused.value.code == "invalid_cursor"


@pytest.mark.parametrize("damage", ["", "x", "\u00e9", "\ud800", "a.b", "lead_1"])
def test_a_damaged_cursor_is_refused(damage: str) -> None:
    with pytest.raises(Unprocessable) as refused:
        window(cursor=damage)
    assert refused.value.code == "invalid_cursor"


def test_a_page_tells_whether_there_is_more() -> None:
    asked = window(limit="2")
    more = json.loads(list_reply(Page([1, 2], "2"), asked, str).body or "")
    last = json.loads(list_reply(Page([3], None), asked, str).body or "")
    assert (more["object"], more["data"], more["has_more"]) == ("list", ["1", "2"], True)
    assert window(cursor=more["next_cursor"]).position == "2"
    assert (last["data"], last["has_more"], last["next_cursor"]) == (["3"], False, None)
