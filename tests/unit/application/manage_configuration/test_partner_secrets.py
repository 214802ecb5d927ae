import pytest

from leadflow.domain.errors import Conflict
from tests.builders import (
    SOURCE_ID,
)
from tests.fakes.workbench import Body, Workbench, small
from tests.unit.application.manage_configuration.partner_examples import (
    BASIC,
    BEARER,
    PING,
    POST,
    STATE,
    kept_secrets,
    made,
    new,
)


def test_what_was_read_can_be_written_again() -> None:
    bench = small()
    half = {**PING, "auth": BASIC, "headers": {"X-Api-Key": "k3y", "X-Version": "2"}}
    partner_id = made(bench, ping=half, post={**POST, "auth": BEARER}, eligibility=[[STATE]])
    shown = bench.show("partners", partner_id)
    read_only = {"id", "version", "archived", "ping_configured", "post_configured"}
    written = {name: one for name, one in shown.items() if name not in read_only}
    assert bench.change("partners", partner_id, **written) == {**shown, "version": 2}
    assert kept_secrets(bench, partner_id)["ping.header:X-Api-Key"] == "k3y"


def test_secrets_are_kept_apart_and_never_read_back() -> None:
    bench = small()
    headers = {"X-Api-Key": "k3y", "X-Version": "2"}
    shown = bench.create(
        "partners",
        **new(ping={**PING, "auth": BASIC, "headers": headers}, post={**POST, "auth": BEARER}),
    )
    assert shown["ping"]["auth"] == {"type": "basic", "username": "me"}
    assert shown["ping"]["headers"] == {"X-Version": "2", "X-Api-Key": "***"}
    assert shown["post"]["auth"] == {"type": "bearer"}
    assert kept_secrets(bench, shown["id"]) == {
        "ping.password": "pa55",
        "ping.header:X-Api-Key": "k3y",
        "post.token": "t0ken",
    }
    seen = f"{bench.store.newest} {bench.store.log} {shown}"
    assert not [secret for secret in ("pa55", "k3y", "t0ken") if secret in seen]


@pytest.mark.parametrize(
    "auth", [{"type": "basic", "username": "me"}, {**BASIC, "password": "***"}]
)
def test_a_secret_that_is_masked_or_left_out_stays(auth: Body) -> None:
    bench = small()
    partner_id = made(bench, ping={**PING, "auth": BASIC, "headers": {"X-Key": "k3y"}})
    half = {**PING, "auth": auth, "headers": {"x-key": "***"}}
    bench.change("partners", partner_id, ping=half)
    assert kept_secrets(bench, partner_id) == {"ping.password": "pa55", "ping.header:x-key": "k3y"}
    bench.change("partners", partner_id, name="Other")
    assert kept_secrets(bench, partner_id)["ping.password"] == "pa55"


def test_a_new_secret_replaces_the_old_one_and_others_go() -> None:
    bench = small()
    partner_id = made(bench, ping={**PING, "auth": BASIC, "headers": {"X-Key": "k3y"}})
    bench.change("partners", partner_id, ping={**PING, "auth": {**BASIC, "password": "n3w"}})
    assert kept_secrets(bench, partner_id) == {"ping.password": "n3w"}
    changed = {**PING, "auth": {"type": "bearer"}}
    assert set(bench.mistakes_of("partners", partner_id, ping=changed)) == {"ping.auth.token"}
    bench.change("partners", partner_id, ping={**PING, "auth": BEARER})
    assert kept_secrets(bench, partner_id) == {"ping.token": "t0ken"}
    bench.change("partners", partner_id, ping=PING)
    assert kept_secrets(bench, partner_id) == {}


def test_the_audit_log_tells_which_secrets_changed_but_not_what_they_are() -> None:
    bench = small()
    partner_id = made(bench, ping={**PING, "auth": BASIC, "headers": {"X-Key": "k3y"}})
    assert last_line(bench)["secrets"] == {"ping.header:X-Key": "***", "ping.password": "***"}
    bench.change("partners", partner_id, ping={**PING, "auth": {**BASIC, "password": "n3w"}})
    assert last_line(bench)["secrets"] == {"ping.header:X-Key": "***", "ping.password": "***"}
    bench.change("partners", partner_id, ping={**PING, "auth": {**BASIC, "password": "n3wer"}})
    assert last_line(bench) == {"secrets": {"ping.password": "***"}}
    bench.change("partners", partner_id, name="Other")
    assert last_line(bench) == {"name": "Other"}
    bench.archive("partners", partner_id)
    assert last_line(bench) == {"archived": True, "secrets": {"ping.password": "***"}}


def last_line(bench: Workbench) -> dict[str, object]:
    return dict(bench.store.log[-1].after or {})


def test_a_secret_of_one_exchange_is_none_of_the_other() -> None:
    bench = small()
    partner_id = made(bench, ping={**PING, "auth": BASIC})
    half = {**POST, "auth": {"type": "basic", "username": "me"}}
    assert set(bench.mistakes_of("partners", partner_id, post=half)) == {"post.auth.password"}


def test_an_archived_partner_frees_its_sources_and_forgets_its_secrets() -> None:
    bench = small()
    partner_id = made(bench, post={**POST, "auth": BEARER})
    bench.change("sources", SOURCE_ID, partner_id=partner_id)
    bench.archive("partners", partner_id)
    freed = bench.show("sources", SOURCE_ID)
    assert ("partner_id" in freed, freed["version"]) == (False, 3)
    assert kept_secrets(bench, partner_id) == {}
    assert (bench.listed("partners"), bench.show("partners", partner_id)["archived"]) == ([], True)
    assert set(bench.mistakes_of("sources", SOURCE_ID, partner_id=partner_id)) == {"partner_id"}
    with pytest.raises(Conflict):
        bench.change("partners", partner_id, name="Back")
