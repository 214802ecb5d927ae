import pytest

from leadflow.application.manage_configuration.changes import ATTEMPTS_MAX
from leadflow.application.manage_configuration.resources import RESOURCES, resource_of
from leadflow.application.ports import Window
from leadflow.domain.errors import NotFound, PreconditionFailed, TransientFault
from leadflow.domain.permissions import PERMISSIONS
from tests.builders import CATEGORY_ID, SOURCE_ID, TYPE_ID
from tests.fakes.workbench import ADMIN, small, stale


def test_every_resource_has_its_permissions() -> None:
    needed = {f"{name}.{action}" for name in RESOURCES for action in ("view", "create", "update")}
    assert needed <= PERMISSIONS


def test_an_unknown_collection_is_not_found() -> None:
    with pytest.raises(NotFound):
        resource_of("settings")


def test_a_change_that_others_overtake_is_decided_again() -> None:
    bench = small()
    bench.store.busy = ATTEMPTS_MAX - 1
    assert bench.create("lead-categories", name="Roofs")["version"] == 1
    assert len(bench.listed("lead-categories")) == 2


def test_a_change_that_is_always_overtaken_is_given_up() -> None:
    bench = small()
    bench.store.busy = ATTEMPTS_MAX
    with pytest.raises(TransientFault):
        bench.create("lead-categories", name="Roofs")


@pytest.mark.parametrize(
    ("collection", "object_id"),
    [("lead-categories", CATEGORY_ID), ("lead-types", TYPE_ID), ("sources", SOURCE_ID)],
)
def test_a_stale_version_changes_nothing(collection: str, object_id: str) -> None:
    bench = small()
    before = bench.store.newest
    with pytest.raises(PreconditionFailed):
        bench.action.change(ADMIN, collection, object_id, {"name": "New"}, stale)
    with pytest.raises(PreconditionFailed):
        bench.action.archive(ADMIN, collection, object_id, stale)
    assert bench.store.newest is before


def test_a_list_is_walked_newest_first_and_shows_each_object_once() -> None:
    bench = small()
    made = [bench.create("duplicate-checks", fields=["email"], days=day)["id"] for day in (1, 2, 3)]
    first = bench.action.page(ADMIN, "duplicate-checks", Window(2))
    second = bench.action.page(ADMIN, "duplicate-checks", Window(2, first.position))
    walked = [one.head.id for page in (first, second) for one in page.items]
    assert (walked, second.position) == (made[::-1], None)


def test_an_exactly_full_page_is_the_last_one() -> None:
    bench = small()
    bench.create("duplicate-checks", fields=["email"], days=1)
    assert bench.action.page(ADMIN, "duplicate-checks", Window(1)).position is None


def test_each_change_leaves_a_line_that_names_who_and_what() -> None:
    bench = small()
    bench.change("sources", SOURCE_ID, name="Site")
    [line] = bench.action.audit_log(ADMIN, Window(10)).items
    assert (line.actor, line.at) == (ADMIN.user_id, bench.clock.now())
    assert (line.resource, line.resource_id) == ("sources", SOURCE_ID)
    assert (line.before, line.after) == ({"name": "Web"}, {"name": "Site"})
