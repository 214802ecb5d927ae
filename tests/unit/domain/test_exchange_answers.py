"""What a partner's answer is worth."""

import json
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadflow.domain.decisions import Reason
from leadflow.domain.exchange_answers import (
    MESSAGE_CHARACTERS_MAX,
    RESPONSE_VALUE_CHARACTERS_MAX,
    RESPONSE_VALUES_MAX,
    Accepted,
    NoOffer,
    Offered,
    Refused,
    Unknown,
    price_cents,
    read_ping,
    read_post,
    response_values,
)
from leadflow.domain.exchanges import ResponseRules
from leadflow.domain.money import CENTS_MAX

RULES = ResponseRules(
    success_path="ok",
    success_values=("true", "yes"),
    price_path="offer.price",
    message_path="message",
    duplicate_path="code",
    duplicate_values=("dup", "2"),
)
PRICED = ResponseRules(price_path="price")
BARE = ResponseRules()


def body(**members: object) -> bytes:
    return json.dumps(members).encode()


def test_success_and_a_price_are_an_offer() -> None:
    outcome = read_ping(RULES, 200, body(ok=True, offer={"price": 12.5}, more=[1]))
    answer = {"ok": True, "offer": {"price": Decimal("12.5")}, "more": [1]}
    assert outcome == Offered(1_250, answer)


@pytest.mark.parametrize(
    ("status", "sent", "reason"),
    [
        (500, b"oops", Reason.PARTNER_PING_HTTP_ERROR),
        (302, body(ok=True, offer={"price": 1}), Reason.PARTNER_PING_HTTP_ERROR),
        (100, b"", Reason.PARTNER_PING_HTTP_ERROR),
        (200, b"", Reason.PARTNER_PING_INVALID_RESPONSE),
        (200, b"\xff\xfe", Reason.PARTNER_PING_INVALID_RESPONSE),
        (200, b"<html>", Reason.PARTNER_PING_INVALID_RESPONSE),
        (200, b'{"offer": {"price": NaN}}', Reason.PARTNER_PING_INVALID_RESPONSE),
        (200, b"[" * 100_000, Reason.PARTNER_PING_INVALID_RESPONSE),
        (200, body(ok=True, code="dup", offer={"price": 1}), Reason.PARTNER_PING_DUPLICATE),
        (200, body(ok=False, code=2), Reason.PARTNER_PING_DUPLICATE),
        (200, body(ok=False, offer={"price": 1}), Reason.PARTNER_PING_DECLINED),
        (200, body(ok="TRUE", offer={"price": 1}), Reason.PARTNER_PING_DECLINED),
        (200, body(offer={"price": 1}), Reason.PARTNER_PING_DECLINED),
        (200, b"[]", Reason.PARTNER_PING_DECLINED),
        (200, body(ok=True), Reason.PARTNER_PING_NO_PRICE),
        (200, body(ok=True, offer=7), Reason.PARTNER_PING_NO_PRICE),
        (200, body(ok=True, offer={"price": "12.5abc"}), Reason.PARTNER_PING_NO_PRICE),
    ],
)
def test_an_answer_without_an_offer_has_its_reason(
    status: int, sent: bytes, reason: Reason
) -> None:
    outcome = read_ping(RULES, status, sent)
    assert isinstance(outcome, NoOffer)
    assert outcome.reason is reason


def test_without_a_success_path_any_2xx_with_a_price_is_an_offer() -> None:
    assert read_ping(PRICED, 201, body(price="3.50")) == Offered(350, {"price": "3.50"})


def test_without_a_price_path_there_is_no_price() -> None:
    assert read_ping(BARE, 200, body(price=1)) == NoOffer(Reason.PARTNER_PING_NO_PRICE, {})


def test_a_byte_order_mark_is_no_hindrance() -> None:
    assert isinstance(read_ping(PRICED, 200, b"\xef\xbb\xbf" + body(price=1)), Offered)


@pytest.mark.parametrize(
    ("there", "is_success"),
    [(True, True), ("no", True), (0, True), ([], True), (False, False), (None, False), ("", False)],
)
def test_without_success_values_anything_there_is_success(there: object, is_success: bool) -> None:
    rules = ResponseRules(success_path="id")
    assert isinstance(read_post(rules, 200, body(id=there)), Accepted) is is_success


def test_duplicate_values_without_a_path_are_looked_for_where_success_is() -> None:
    rules = ResponseRules(success_path="s", success_values=("ok",), duplicate_values=("dup",))
    assert read_post(rules, 200, body(s="dup")) == Refused(Reason.PARTNER_POST_DUPLICATE, {})
    assert read_post(rules, 200, body(s="no")) == Refused(Reason.PARTNER_POST_DECLINED, {})


def test_a_duplicate_path_alone_means_a_duplicate_where_something_is() -> None:
    rules = ResponseRules(duplicate_path="duplicate_of")
    assert read_post(rules, 200, body(duplicate_of="x")) == Refused(
        Reason.PARTNER_POST_DUPLICATE, {}
    )
    assert read_post(rules, 200, body(duplicate_of=None)) == Accepted({})


@pytest.mark.parametrize(
    ("status", "sent", "outcome"),
    [
        (200, body(ok="yes"), Accepted({})),
        (200, body(ok=1), Refused(Reason.PARTNER_POST_DECLINED, {})),
        (200, body(ok=True, code="dup"), Refused(Reason.PARTNER_POST_DUPLICATE, {})),
        (200, b"{", Unknown({"failure": "the answer is no JSON"})),
        (404, b"{", Refused(Reason.PARTNER_POST_HTTP_ERROR, {"status": "404"})),
        (301, body(ok=True), Refused(Reason.PARTNER_POST_HTTP_ERROR, {"status": "301"})),
    ],
)
def test_a_post_is_accepted_refused_or_unknown(status: int, sent: bytes, outcome: object) -> None:
    assert read_post(RULES, status, sent) == outcome


def test_a_post_whose_answer_need_not_be_read_is_accepted() -> None:
    assert read_post(BARE, 204, b"") == Accepted({})
    assert read_post(ResponseRules(message_path="m"), 200, b"thanks") == Accepted({})


def test_the_message_is_kept_short_and_clean() -> None:
    sent = body(ok=False, message="No\n\x00way " + "x" * 1_000)
    outcome = read_ping(RULES, 200, sent)
    assert isinstance(outcome, NoOffer)
    assert outcome.detail
    message = outcome.detail["message"]
    assert message.startswith("No way x")
    assert len(message) < MESSAGE_CHARACTERS_MAX


@pytest.mark.parametrize("message", [None, "", " ", {"a": 1}])
def test_there_may_be_no_message(message: object) -> None:
    outcome = read_post(RULES, 200, body(ok=False, message=message))
    assert outcome == Refused(Reason.PARTNER_POST_DECLINED, {})


def test_a_refusal_by_status_tells_its_message() -> None:
    outcome = read_ping(RULES, 503, body(message="busy"))
    assert outcome == NoOffer(Reason.PARTNER_PING_HTTP_ERROR, {"status": "503", "message": "busy"})


@pytest.mark.parametrize(
    ("dollars", "cents"),
    [
        (12, 1_200),
        (Decimal("12.349"), 1_234),
        (Decimal("1e3"), 100_000),
        ("12.50", 1_250),
        ("0.019999999999999999999999999999999999999999999", 1),
        ("0.01", 1),
        (CENTS_MAX // 100, CENTS_MAX),
    ],
)
def test_a_price_is_cut_down_to_the_cent(dollars: object, cents: int) -> None:
    assert price_cents(dollars) == cents


@pytest.mark.parametrize(
    "dollars",
    [
        0,
        -1,
        Decimal("-0.5"),
        Decimal("0.009"),
        Decimal("NaN"),
        Decimal("Infinity"),
        True,
        None,
        [],
        {},
        "",
        "0",
        "-5",
        "+5",
        "12.5abc",
        "1e3",
        " 5",
        "5.",
        ".5",
        "1,000",
        "\u0665",
        "NaN",
        "Infinity",
        "$5",
        CENTS_MAX // 100 + 1,
        Decimal("1E+999999"),
        10**4_000,
        "9" * 61,
    ],
)
def test_what_is_no_plain_number_above_zero_is_no_price(dollars: object) -> None:
    assert price_cents(dollars) is None


@given(st.decimals(0, CENTS_MAX // 100, allow_nan=False))
def test_a_price_is_never_rounded_up(dollars: Decimal) -> None:
    assert (price_cents(dollars) or 0) == int(Fraction(dollars) * 100)


def test_values_of_the_answer_come_by_their_paths() -> None:
    parsed = {"a": {"b": 7}, "t": True, "none": None, "long": "x" * 5_000}
    values = response_values(parsed, ["a.b", "t", "none", "a", "gone", "long"])
    assert values == {"a.b": "7", "t": "true", "long": "x" * RESPONSE_VALUE_CHARACTERS_MAX}


def test_the_number_of_values_is_bounded() -> None:
    parsed = {str(number): number for number in range(2 * RESPONSE_VALUES_MAX)}
    assert len(response_values(parsed, parsed)) == RESPONSE_VALUES_MAX


ANY_BODY = st.binary(max_size=40) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["ok", "offer", "price", "code", "message"]), inner)
    ),
    max_leaves=10,
).map(lambda parsed: json.dumps(parsed).encode())


@given(st.integers(0, 999), ANY_BODY)
def test_no_answer_breaks_reading(status: int, sent: bytes) -> None:
    offer = read_ping(RULES, status, sent)
    assert isinstance(offer, NoOffer) or 0 < offer.amount_cents <= CENTS_MAX
    assert isinstance(read_post(RULES, status, sent), Accepted | Refused | Unknown)
