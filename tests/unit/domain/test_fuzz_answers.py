"""Answers of partners and of the Real Estate API, at most 256 KiB of anything (15.4, 15.10)."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadflow.application.exchange_ports import RESPONSE_BYTES_MAX
from leadflow.domain.enrichment import EnrichedData
from leadflow.domain.errors import MalformedRequest
from leadflow.domain.exchange_answers import (
    Accepted,
    NoOffer,
    Offered,
    Refused,
    Unknown,
    read_ping,
    read_post,
    response_values,
)
from leadflow.domain.exchanges import ResponseRules
from leadflow.domain.json_objects import parse_json
from leadflow.domain.money import CENTS_MAX
from leadflow.domain.real_estate_answers import (
    Endpoint,
    EndpointFailed,
    NothingFound,
    PropertyAddress,
    read_answer,
)
from tests.unit.domain.fuzzing import JSON, NUMBERS, TEXTS, within

FULL = RESPONSE_BYTES_MAX
ASKED = PropertyAddress("12 Sample Ln", "Austin", "TX", "78701")
NAMES = ("ok", "price", "message", "0", "data", "output", "persons", "phones", "saleHistory")
PATHS = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3).map(".".join)
RULES = st.builds(
    ResponseRules,
    success_path=st.none() | PATHS,
    success_values=st.lists(st.sampled_from(["true", "1", "yes"]), max_size=2).map(tuple),
    price_path=st.none() | PATHS,
    message_path=st.none() | PATHS,
    duplicate_path=st.none() | PATHS,
    duplicate_values=st.lists(st.sampled_from(["dup"]), max_size=1).map(tuple),
)
ANSWERS = st.recursive(
    JSON,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)
    ),
    max_leaves=8,
).map(lambda value: json.dumps(value).encode())
STATUSES = st.integers(100, 599)
HOSTILE = {
    "a price of many digits": b'{"ok":1,"price":"' + b"9" * (FULL - 20) + b'"}',
    "a price with many decimals": b'{"ok":1,"price":1.' + b"3" * (FULL - 20) + b"}",
    "a message of marks": b'{"ok":0,"message":"' + b"\\u0000" * (FULL // 6 - 5) + b'"}',
    "arrays that are never closed": b"[" * FULL,
    "arrays within arrays": b"[" * (FULL // 2) + b"]" * (FULL // 2),
    "many sales": b'{"data":{"saleHistory":['
    + b'{"saleDate":"2020-01-01"},' * (FULL // 26 - 2)
    + b"{}]}}",
    "many people": b'{"persons":[' + b"{}," * (FULL // 3 - 8) + b"{}]}",
    "many phones": b'{"persons":[{"phones":[' + b'{"phone":"1"},' * (FULL // 14 - 4) + b"{}]}]}",
    "blanks in a name": b'{"persons":[{"fullName":"' + b" a" * (FULL // 2 - 20) + b'"}]}',
    "no text": b"\xff" * FULL,
}
BASIC = ResponseRules(success_path="ok", price_path="price", message_path="message")


def _read_all(body: bytes) -> None:
    _read_partners(body)
    for endpoint in Endpoint:
        read_answer(endpoint, 200, body, ASKED)


def _read_partners(body: bytes) -> None:
    read_ping(BASIC, 200, body)
    read_post(BASIC, 500, body)


@pytest.mark.parametrize("case", list(HOSTILE))
def test_a_full_answer_takes_no_more_than_its_size(case: str) -> None:
    body = HOSTILE[case]
    assert len(body) <= FULL
    within(lambda: _read_partners(body), 2 * len(body))
    slowest = Endpoint.SKIP_TRACE if b"persons" in body else Endpoint.PROPERTY_DETAIL
    within(lambda: read_answer(slowest, 200, body, ASKED), len(body))


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("member", ["ok", "price", "message", "data", "statusCode", "responseCode"])
def test_no_number_is_too_much_in_an_answer(member: str, number: str) -> None:
    body = f'{{"ok":1,"{member}":{number}}}'.encode()
    within(lambda: _read_all(body), len(body))


@given(RULES, STATUSES, ANSWERS | st.binary(max_size=40))
def test_any_answer_of_a_partner_has_a_meaning(
    rules: ResponseRules, status: int, body: bytes
) -> None:
    offer, post = read_ping(rules, status, body), read_post(rules, status, body)
    assert isinstance(offer, Offered | NoOffer)
    assert not isinstance(offer, Offered) or 0 < offer.amount_cents <= CENTS_MAX
    assert isinstance(post, Accepted | Refused | Unknown)
    json.dumps(post.detail).encode()


@given(ANSWERS, st.lists(PATHS | TEXTS, max_size=5))
def test_whatever_lies_at_a_path_is_text_that_can_be_stored(body: bytes, paths: list[str]) -> None:
    with suppress(MalformedRequest):
        for text in response_values(parse_json(body.decode()), paths).values():
            text.encode()


@given(st.sampled_from(Endpoint), STATUSES, ANSWERS | st.binary(max_size=40))
def test_any_answer_about_a_property_comes_to_a_finding(
    endpoint: Endpoint, status: int, body: bytes
) -> None:
    finding = read_answer(endpoint, status, body, ASKED)
    assert isinstance(finding, EnrichedData | NothingFound | EndpointFailed)
    if isinstance(finding, EnrichedData):
        finding.model_dump_json()
