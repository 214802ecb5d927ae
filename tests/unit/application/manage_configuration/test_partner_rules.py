import pytest

from leadflow.application.manage_configuration.partners import PARTNER_BYTES_MAX
from tests.builders import (
    CATEGORY_ID,
    SOURCE_ID,
    TYPE_ID,
)
from tests.fakes.workbench import Body, small
from tests.unit.application.manage_configuration.partner_examples import (
    BASIC,
    BEARER,
    PING,
    POST,
    STATE,
    made,
    mapped,
    new,
    ping,
    post,
)


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({"name": " "}, "name"),
        ({"colour": "red"}, "colour"),
        ({"offer_penalty_percentage": 100.01}, "offer_penalty_percentage"),
        ({"offer_penalty_percentage": -1}, "offer_penalty_percentage"),
        ({"offer_penalty_percentage": 1.234}, "offer_penalty_percentage"),
        ({"offer_penalty_percentage": "5"}, "offer_penalty_percentage"),
        ({"eligibility": [[{**STATE, "property": "email"}]]}, "eligibility.0.0.property"),
        ({"eligibility": [[{**STATE, "operator": "less_than"}]]}, "eligibility.0.0.operator"),
        (
            {"eligibility": [[{**STATE, "property": "source", "value": "source_x"}]]},
            "eligibility.0.0.value",
        ),
        ({"eligibility": [[]]}, "eligibility.0"),
        ({"auto_pause": {"share_percentage": 0}}, "auto_pause.share_percentage"),
        ({"auto_pause": {"share_percentage": "5"}}, "auto_pause.share_percentage"),
        ({"auto_pause": {"minimum_calls": 0}}, "auto_pause.minimum_calls"),
        ({"auto_pause": {"window_minutes": 61}}, "auto_pause.window_minutes"),
        (ping(method="DELETE"), "ping.method"),
        (ping(format="xml"), "ping.format"),
        (ping(active="yes"), "ping.active"),
        (ping(timeout_seconds=0), "ping.timeout_seconds"),
        (ping(timeout_seconds=31), "ping.timeout_seconds"),
        (ping(timeout_seconds=1.5), "ping.timeout_seconds"),
        (ping(treat_unknown_as="sold"), "ping.treat_unknown_as"),
        (post(treat_unknown_as="maybe"), "post.treat_unknown_as"),
        (ping(url=""), "ping.url"),
        (ping(url="http://buyer.example.com"), "ping.url"),
        (post(url="https://127.0.0.1/"), "post.url"),
        (post(url="https://x.com/" + "x" * 2_048), "post.url"),
        (ping(auth={"type": "digest"}), "ping.auth.type"),
        (ping(auth={"type": "basic", "password": "pa55"}), "ping.auth.username"),
        (ping(auth={"type": "basic", "username": "me"}), "ping.auth.password"),
        (ping(auth={**BASIC, "username": "m:e"}), "ping.auth.username"),
        (ping(auth={**BASIC, "password": ""}), "ping.auth.password"),
        (ping(auth={**BASIC, "token": "t"}), "ping.auth.token"),
        (ping(auth={"type": "bearer"}), "ping.auth.token"),
        (ping(auth={"type": "bearer", "token": "t t"}), "ping.auth.token"),
        (ping(auth={**BEARER, "username": "me"}), "ping.auth.username"),
        (ping(auth={"password": "pa55"}), "ping.auth.password"),
        (post(auth={"type": "basic", "username": "me", "password": "***"}), "post.auth.password"),
        (ping(headers={"X A": "1"}), "ping.headers.X A"),
        (ping(headers={"": "1"}), "ping.headers."),
        (ping(headers={"X-A": "1\r\nX-B: 2"}), "ping.headers.X-A"),
        (ping(headers={"X-A": "ä"}), "ping.headers.X-A"),
        (ping(headers={"X-A": "1", "x-a": "2"}), "ping.headers.x-a"),
        (ping(headers={"Host": "x"}), "ping.headers.Host"),
        (ping(headers={"content-length": "1"}), "ping.headers.content-length"),
        (ping(headers={"Transfer-Encoding": "chunked"}), "ping.headers.Transfer-Encoding"),
        (ping(headers={"Connection": "close"}), "ping.headers.Connection"),
        (ping(headers={"Authorization": "x"}, auth=BEARER), "ping.headers.Authorization"),
        (ping(headers={"X-Api-Key": "***"}), "ping.headers.X-Api-Key"),
        (ping(headers={f"X-{number}": "" for number in range(51)}), "ping.headers"),
        (ping(mapping=mapped("{{ zip }}", 1, "{{ roof }}")), "ping.mapping.2.value"),
        (ping(mapping=mapped("{{ zip")), "ping.mapping.0.value"),
        (ping(mapping=mapped("{{ response.id }}")), "ping.mapping.0.value"),
        (post(mapping=mapped("{{ response. }}")), "post.mapping.0.value"),
        (ping(mapping=mapped(None)), "ping.mapping.0.value"),
        (ping(mapping=mapped([1])), "ping.mapping.0.value"),
        (ping(mapping=mapped(2**60)), "ping.mapping.0.value"),
        (ping(mapping=mapped("x" * 4_001)), "ping.mapping.0.value"),
        (ping(mapping=[*mapped(1), *mapped(2)]), "ping.mapping.1.key"),
        (ping(mapping=[{"key": "", "value": 1}]), "ping.mapping.0.key"),
        (
            ping(mapping=[{"key": "a", "value": 1}, {"key": "a.b", "value": 1}]),
            "ping.mapping.1.key",
        ),
        (ping(mapping=mapped(*range(201))), "ping.mapping"),
        (ping(mapping=[{"key": "k" * 201, "value": 1}]), "ping.mapping.0.key"),
        (post(response={"message_path": "a" * 201}), "post.response.message_path"),
        (
            post(response={"success_path": "a", "success_values": ["x"] * 101}),
            "post.response.success_values",
        ),
        (
            post(response={"duplicate_path": "a", "duplicate_values": ["x" * 256]}),
            "post.response.duplicate_values.0",
        ),
        (ping(response={}), "ping.response.price_path"),
        (ping(response={"price_path": "a..b"}), "ping.response.price_path"),
        (post(response={"success_path": " "}), "post.response.success_path"),
        (post(response={"message_path": "{{ a }}"}), "post.response.message_path"),
        (post(response={"success_values": ["ok"]}), "post.response.success_path"),
        (post(response={"duplicate_values": ["dup"]}), "post.response.duplicate_path"),
        (
            post(response={"success_path": "a", "success_values": [{}]}),
            "post.response.success_values.0",
        ),
        (
            post(response={"success_path": "a", "success_values": [""]}),
            "post.response.success_values.0",
        ),
    ],
)
def test_a_member_that_breaks_a_rule_is_named(members: Body, path: str) -> None:
    assert set(small().mistakes_of_new("partners", **new(**members))) == {path}


def test_all_mistakes_are_told_of_together() -> None:
    bench = small()
    made(bench)
    wrong = {
        "ping": {"url": "http://x", "mapping": mapped("{{ roof }}"), "auth": {"type": "bearer"}},
        "post": {"url": "https://localhost"},
        "eligibility": [[{**STATE, "value": 5}]],
    }
    assert set(bench.mistakes_of_new("partners", **new(**wrong))) == {
        "name",
        "ping.url",
        "ping.mapping.0.value",
        "ping.auth.token",
        "ping.response.price_path",
        "post.url",
        "eligibility.0.0.value",
    }


def test_every_field_of_any_lead_and_what_a_lead_belongs_to_may_be_merged() -> None:
    bench = small()
    bench.change("lead-categories", CATEGORY_ID, fields=[{"title": "roof", "type": "text"}])
    bench.change("sources", SOURCE_ID, fields=[{"title": "tag", "type": "text"}])
    names = ("roof", "tag", "zip", "lead_public_id", "lead_type", "lead_category", "source")
    rows = mapped(*(f"<{{{{ {name} }}}}>" for name in names))
    shown = bench.create("partners", **new(post={**POST, "mapping": rows}))
    assert shown["post"]["mapping"] == rows


def test_literals_keep_their_types_and_values_to_compare_become_text() -> None:
    values = ["ok", True, 1]
    rules = {"success_path": "a", "success_values": values, "duplicate_values": ["dup"]}
    rows = mapped("5", 5, 1.5, True)
    shown = small().create("partners", **new(post={**POST, "mapping": rows, "response": rules}))
    assert shown["post"]["mapping"] == rows
    assert shown["post"]["response"]["success_values"] == ["ok", "true", "1"]


def test_a_partner_that_is_too_large_to_be_stored_is_refused() -> None:
    rows = mapped(*("x" * 4_000 for _ in range(PARTNER_BYTES_MAX // 4_000)))
    assert set(small().mistakes_of_new("partners", **new(post={**POST, "mapping": rows}))) == {
        "body"
    }


def test_the_address_is_looked_at_when_it_changes_only() -> None:
    bench = small()
    partner_id = made(bench, ping=PING)
    bench.addresses.private |= {"buyer.example.com"}
    assert bench.change("partners", partner_id, ping={**PING, "timeout_seconds": 9})["version"] == 2
    moved = {**PING, "url": "https://buyer.example.com/v2"}
    assert set(bench.mistakes_of("partners", partner_id, ping=moved)) == {"ping.url"}


def test_the_address_is_looked_up_once_however_often_the_change_is_decided() -> None:
    bench = small()
    bench.store.busy = 3
    made(bench, ping=PING)
    assert bench.addresses.asked == [PING["url"]]


def test_merge_fields_of_what_has_been_archived_since_may_stay() -> None:
    bench = small()
    bench.change("sources", SOURCE_ID, fields=[{"title": "tag", "type": "text"}])
    half = {**POST, "mapping": mapped("{{ tag }}", 5)}
    partner_id = made(bench, post=half)
    bench.archive("sources", SOURCE_ID)
    assert bench.change("partners", partner_id, name="Other", post=half)["version"] == 2
    assert "post.mapping.0.value" in bench.mistakes_of_new("partners", **new(post=half))


@pytest.mark.parametrize("prop", ["state", "zip", "source", "lead_category", "lead_type"])
def test_eligibility_looks_at_what_is_known_of_every_lead(prop: str) -> None:
    values = {
        "state": "tx",
        "zip": "78701",
        "source": SOURCE_ID,
        "lead_category": CATEGORY_ID,
        "lead_type": TYPE_ID,
    }
    row = {"property": prop, "operator": "equals", "value": values[prop]}
    assert small().create("partners", **new(eligibility=[[row]]))["eligibility"] == [[row]]
