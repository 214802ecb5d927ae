"""The request that an exchange makes of a lead."""

import json
from base64 import b64decode
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadflow.domain.exchange_requests import (
    KEY_CHARACTERS_MAX,
    KEY_LEVELS_MAX,
    mapping_mistakes,
    rendered,
)
from leadflow.domain.exchanges import (
    AuthType,
    BodyFormat,
    Exchange,
    ExchangeAuth,
    HttpMethod,
    MappingRow,
)
from leadflow.domain.merge_fields import MergeValue
from leadflow.domain.target_requests import masked

SINCE = datetime(2026, 3, 11, tzinfo=UTC)
VALUES: dict[str, MergeValue] = {"name": "Ada & Söhne", "loan": 325_000, "owner": True}


def rows(*pairs: tuple[str, MergeValue]) -> tuple[MappingRow, ...]:
    return tuple(MappingRow(key=key, value=value) for key, value in pairs)


def exchange(*pairs: tuple[str, MergeValue], **members: object) -> Exchange:
    plain = {"url": "https://partner.example/ping", "timeout_seconds": 5, "active_since": SINCE}
    return Exchange.model_validate({**plain, "mapping": rows(*pairs), **members})


def json_of(one: Exchange) -> object:
    return json.loads(rendered(one, VALUES, {}).body or b"")


def test_keys_with_dots_nest_in_the_order_of_the_rows() -> None:
    body = rendered(
        exchange(("lead.name", "{{ name }}"), ("key", "k"), ("lead.loan.amount", "{{ loan }}")),
        VALUES,
        {},
    ).body
    assert body == (b'{"lead":{"name":"Ada & S\\u00f6hne","loan":{"amount":325000}},"key":"k"}')


def test_json_keeps_numbers_and_booleans() -> None:
    sent = json_of(exchange(("a", "{{ loan }}"), ("b", "{{ owner }}"), ("c", 1.5), ("d", False)))
    assert sent == {"a": 325_000, "b": True, "c": 1.5, "d": False}


def test_an_empty_merge_field_is_empty_text() -> None:
    assert json_of(exchange(("a", "{{ nothing }}"))) == {"a": ""}


def test_an_empty_mapping_is_an_empty_object() -> None:
    assert json_of(exchange()) == {}


def test_a_form_is_text_under_flat_keys() -> None:
    parts = rendered(
        exchange(("lead.name", "{{ name }}"), ("owner", "{{ owner }}"), format=BodyFormat.FORM),
        VALUES,
        {},
    )
    assert parts.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert parts.body == b"lead.name=Ada+%26+S%C3%B6hne&owner=true"


@pytest.mark.parametrize(
    ("url", "query"),
    [
        ("https://p.example/x", [("a", "325000")]),
        ("https://p.example/x?k=v", [("k", "v"), ("a", "325000")]),
        ("https://p.example/x?", [("a", "325000")]),
        ("https://p.example/x?k=v&#part", [("k", "v"), ("a", "325000")]),
    ],
)
def test_with_get_the_mapping_joins_the_query(url: str, query: list[tuple[str, str]]) -> None:
    get = exchange(("a", "{{ loan }}"), url=url, method=HttpMethod.GET)
    parts = rendered(get, VALUES, {})
    assert (parts.method, parts.body) == ("GET", None)
    assert parse_qsl(urlsplit(parts.url).query) == query
    assert "Content-Type" not in parts.headers


def test_get_without_a_mapping_leaves_the_url_alone() -> None:
    parts = rendered(exchange(url="https://p.example/x?k=v", method=HttpMethod.GET), VALUES, {})
    assert parts.url == "https://p.example/x?k=v"


def test_put_has_a_body() -> None:
    parts = rendered(exchange(("a", 1), method=HttpMethod.PUT), VALUES, {})
    assert (parts.method, parts.body) == ("PUT", b'{"a":1}')


def test_a_content_type_of_its_own_is_kept() -> None:
    parts = rendered(exchange(headers={"content-type": "application/vnd.x+json"}), VALUES, {})
    assert parts.headers == {"content-type": "application/vnd.x+json"}


def test_a_bearer_token_is_sent() -> None:
    one = exchange(auth=ExchangeAuth(type=AuthType.BEARER), headers={"authorization": "old"})
    headers = rendered(one, VALUES, {"token": "t-1"}).headers
    assert headers["Authorization"] == "Bearer t-1"
    assert "authorization" not in headers


def test_basic_authentication_is_sent() -> None:
    one = exchange(auth=ExchangeAuth(type=AuthType.BASIC, username="üser"))
    header = rendered(one, VALUES, {"password": "p:w"}).headers["Authorization"]
    assert b64decode(header.removeprefix("Basic ")).decode() == "üser:p:w"


def test_secret_headers_come_from_the_secrets() -> None:
    one = exchange(headers={"X-Plain": "1"}, secret_headers=("X-Key",))
    headers = rendered(one, VALUES, {"header:X-Key": "s-1", "token": "unused"}).headers
    assert headers == {"X-Plain": "1", "X-Key": "s-1", "Content-Type": "application/json"}


def test_secrets_that_are_missing_are_empty() -> None:
    one = exchange(auth=ExchangeAuth(type=AuthType.BASIC), secret_headers=("X-Key",))
    headers = rendered(one, VALUES, {}).headers
    assert (headers["Authorization"], headers["X-Key"]) == ("Basic Og==", "")


def test_a_request_is_shown_without_its_secrets() -> None:
    one = exchange(
        auth=ExchangeAuth(type=AuthType.BEARER),
        headers={"X-Plain": "1"},
        secret_headers=("X-Partner",),
    )
    parts = rendered(one, VALUES, {"token": "t-1", "header:X-Partner": "s-1"})
    shown = masked(parts, one)
    assert shown.headers == {
        "X-Plain": "1",
        "X-Partner": "***",
        "Content-Type": "application/json",
        "Authorization": "***",
    }
    assert (shown.url, shown.body) == (parts.url, parts.body)


@pytest.mark.parametrize(
    ("keys", "wrong"),
    [
        (("a", "b.c", "b.d"), {}),
        (("a", "b", "a"), {2: "twice"}),
        (("a", "a.b"), {1: "one holds the other"}),
        (("a.b.c", "a"), {1: "one holds the other"}),
        (("a.b", "a.b.c.d", "a.b"), {1: "one holds the other", 2: "twice"}),
        (("", " ", "a..b", ".", "a."), dict.fromkeys(range(5), "needs a name")),
        (("a" * KEY_CHARACTERS_MAX, ".".join("a" * KEY_LEVELS_MAX)), {}),
        (("a" * (KEY_CHARACTERS_MAX + 1),), {0: "at most"}),
        ((".".join("a" * (KEY_LEVELS_MAX + 1)),), {0: "at most"}),
    ],
)
def test_keys_that_clash_are_told_by_row(keys: tuple[str, ...], wrong: dict[int, str]) -> None:
    found = mapping_mistakes(rows(*((key, 1) for key in keys)))
    assert found.keys() == wrong.keys()
    assert all(word in found[number] for number, word in wrong.items())


KEYS = st.lists(st.sampled_from(["a", "b", "", "c"]), min_size=1, max_size=4).map(".".join)
TEXTS = st.text(max_size=8) | st.sampled_from(["{{ name }}", "{{ loan }}", "\ud800"])


@given(st.lists(st.tuples(KEYS, TEXTS), max_size=8), st.sampled_from(list(BodyFormat)))
def test_no_mapping_breaks_rendering(pairs: list[tuple[str, str]], form: BodyFormat) -> None:
    parts = rendered(exchange(*pairs, format=form), VALUES, {})
    assert parts.body is not None
    if form is BodyFormat.JSON and not mapping_mistakes(rows(*pairs)):
        sent = json.loads(parts.body)
        assert all(_at(sent, key) is not None for key, _ in pairs)


def _at(sent: object, key: str) -> object:
    for level in key.split("."):
        assert isinstance(sent, dict)
        sent = sent[level]
    return sent
