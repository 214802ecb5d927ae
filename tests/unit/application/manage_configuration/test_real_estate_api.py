from datetime import timedelta

import pytest

from leadflow.application.configuration_ports import REAL_ESTATE_API_SECRETS
from leadflow.application.manage_configuration.real_estate_api import ManageRealEstateApi
from leadflow.domain.configuration import RealEstateApi
from leadflow.domain.errors import NotFound, PreconditionFailed, ValidationFailed
from tests.builders import STAMP
from tests.fakes.workbench import ADMIN, Body, Workbench, any_version, small, stale

BODY: Body = {"base_url": "https://api.example.com/", "api_key": "r3al-k3y"}


def action(bench: Workbench) -> ManageRealEstateApi:
    return ManageRealEstateApi(changes=bench.changes)


def put(bench: Workbench, **members: object) -> RealEstateApi:
    return action(bench).replace(ADMIN, {**BODY, **members}, any_version)


def keys(bench: Workbench) -> dict[str, str]:
    return dict(bench.store.secrets.kept[REAL_ESTATE_API_SECRETS])


def test_there_is_none_until_it_is_put() -> None:
    with pytest.raises(NotFound):
        action(small()).show(ADMIN)


def test_the_keys_are_kept_apart_and_not_logged() -> None:
    bench = small()
    stored = put(bench, skip_trace_api_key="sk1p")
    assert (stored.base_url, stored.skip_traces) == ("https://api.example.com", True)
    assert keys(bench) == {"api_key": "r3al-k3y", "skip_trace_api_key": "sk1p"}
    assert [(entry.resource, entry.resource_id) for entry in bench.store.log] == [
        ("integrations", "real-estate-api")
    ]
    seen = f"{bench.store.newest} {bench.store.log}"
    assert not [key for key in keys(bench).values() if key in seen]


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({"base_url": "http://api.example.com"}, "base_url"),
        ({"base_url": "https://localhost"}, "base_url"),
        ({"base_url": "https://api.example.com/?a=1"}, "base_url"),
        ({"base_url": "https://api.example.com/#a"}, "base_url"),
        ({"base_url": ""}, "base_url"),
        ({"api_key": None}, "api_key"),
        ({"api_key": ""}, "api_key"),
        ({"api_key": "a b"}, "api_key"),
        ({"api_key": "k" * 1_001}, "api_key"),
        ({"api_key": "***"}, "api_key"),
        ({"skip_trace_api_key": "***"}, "skip_trace_api_key"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_member_that_breaks_a_rule_is_named(members: Body, path: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        put(small(), **members)
    assert set(refused.value.errors) == {path}


def test_a_masked_key_stays_and_one_that_is_left_out_goes() -> None:
    bench = small()
    put(bench, skip_trace_api_key="sk1p")
    kept = put(bench, api_key="***", skip_trace_api_key="***")
    assert (keys(bench)["api_key"], kept.skip_traces) == ("r3al-k3y", True)
    gone = put(bench, api_key="n3w")
    assert (keys(bench), gone.skip_traces) == ({"api_key": "n3w"}, False)


def test_the_address_is_looked_at_when_it_changes_only() -> None:
    bench = small()
    put(bench)
    bench.clock.at += timedelta(hours=1)
    bench.addresses.private |= {"api.example.com"}
    second = put(bench, api_key="n3w")
    assert second.updated_at - second.created_at == timedelta(hours=1)
    with pytest.raises(ValidationFailed):
        put(bench, base_url="https://api.example.com/v3")


def test_it_is_removed_with_its_keys() -> None:
    bench = small()
    put(bench)
    action(bench).remove(ADMIN, any_version)
    assert keys(bench) == {}
    with pytest.raises(NotFound):
        action(bench).show(ADMIN)
    with pytest.raises(NotFound):
        action(bench).remove(ADMIN, any_version)
    assert bench.store.log[-1].after is None


def test_no_version_comes_twice_even_if_it_was_removed_meanwhile() -> None:
    bench = small()
    first, second = put(bench), put(bench)
    action(bench).remove(ADMIN, any_version)
    versions = [first.version, second.version, put(bench).version]
    assert versions == [STAMP + 1, STAMP + 2, STAMP + 4]


def test_a_stale_version_changes_nothing() -> None:
    bench = small()
    before = put(bench)
    with pytest.raises(PreconditionFailed):
        action(bench).replace(ADMIN, BODY, stale)
    with pytest.raises(PreconditionFailed):
        action(bench).remove(ADMIN, stale)
    assert action(bench).show(ADMIN) == before
