"""What a post says besides the lead."""

from uuid import UUID

import pytest

from leadflow.domain.errors import PayloadTooLarge, ValidationFailed
from leadflow.domain.json_objects import JsonObject
from leadflow.domain.posts import (
    BODY_BYTES_MAX,
    Post,
    PostOptions,
    check_bid,
    checked_size,
    options_of,
    ping_mistakes,
    post_mistakes,
    referenced_ping,
)
from leadflow.domain.principals import SourcePrincipal
from leadflow.domain.sources import Source, SourceType
from tests.builders import SOURCE_ID, TENANT_ID, source

PRINCIPAL = SourcePrincipal(tenant_id=TENANT_ID, source_id=SOURCE_ID)
TESTING = source(test_mode=True)
VENDOR = source(type=SourceType.VENDOR)
PING, BID = UUID(int=7), UUID(int=8)


def mistakes(body: JsonObject, sender: Source | None = None) -> set[str]:
    """Members that are wrong in a post."""
    return set(post_mistakes(body, Post(PRINCIPAL, "{}"), sender or source(), ()))


@pytest.mark.parametrize(
    ("wish", "seconds"),
    [(None, 25.0), (1_500, 1.5), (0, 0.1), (-5, 0.1), (99, 0.1), (10**9, 25.0)],
)
def test_patience_is_kept_within_its_bounds(wish: int | None, seconds: float) -> None:
    assert not mistakes({"timeout_ms": wish})
    assert options_of({"timeout_ms": wish}).patience_seconds == seconds


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("timeout_ms", "1000"),
        ("timeout_ms", True),
        ("timeout_ms", [1]),
        ("is_test", "yes"),
        ("is_test", None),
        ("is_test", True),
        ("bid_id", "bid"),
    ],
)
def test_a_member_that_is_wrong_is_named(member: str, value: object) -> None:
    assert mistakes({member: value}) == {member}


def test_all_wrong_members_are_named_together() -> None:
    wrong = {"timeout_ms": "soon", "is_test": 1, "bid_id": "one"}
    found = post_mistakes(wrong, Post(PRINCIPAL, "{}", "partner_1"), source(), ())
    assert set(found) == {"timeout_ms", "is_test", "X-Partner-Id", "bid_id"}


def test_a_ping_has_no_reference_that_could_be_wrong() -> None:
    body = {"ping_id": 5, "bid_id": "one", "timeout_ms": "soon"}
    assert set(ping_mistakes(body, Post(PRINCIPAL, "{}"), source(), ())) == {"timeout_ms"}


@pytest.mark.parametrize("wish", [True, False])
def test_a_source_in_test_mode_may_say_so(wish: bool) -> None:
    assert not mistakes({"is_test": wish}, TESTING)


def test_a_live_source_may_say_that_it_does_not_test() -> None:
    assert not mistakes({"is_test": False})


def test_a_post_may_name_a_ping_and_one_of_its_bids() -> None:
    body: JsonObject = {"ping_id": str(PING), "bid_id": str(BID)}
    assert not mistakes(body)
    assert options_of(body) == PostOptions(ping_id=PING, bid_id=BID)


@pytest.mark.parametrize("reference", [5, "", "one", True, [1]])
def test_a_reference_that_can_be_none_names_a_ping_that_never_exists(reference: object) -> None:
    assert referenced_ping({"ping_id": reference}) == UUID(int=0)


@pytest.mark.parametrize("body", [{}, {"ping_id": None}])
def test_a_post_without_a_reference_names_no_ping(body: JsonObject) -> None:
    assert referenced_ping(body) is None


@pytest.mark.parametrize(
    ("body", "sender"),
    [
        ({"ping_id": str(PING), "bid_id": str(BID)}, VENDOR),
        ({"bid_id": str(BID)}, source()),
        ({"ping_id": str(PING), "bid_id": 5}, source()),
    ],
    ids=["of a vendor", "without a ping", "no id"],
)
def test_a_bid_that_cannot_be_chosen_is_wrong(body: JsonObject, sender: Source) -> None:
    assert mistakes(body, sender) == {"bid_id"}


def test_only_a_bid_of_the_ping_can_be_chosen() -> None:
    check_bid(None, [])
    check_bid(BID, [PING, BID])
    with pytest.raises(ValidationFailed) as refused:
        check_bid(BID, [PING])
    assert set(refused.value.errors) == {"bid_id"}


def test_a_body_of_exactly_the_limit_is_fine() -> None:
    body = "\u00e9" * (BODY_BYTES_MAX // 2)
    assert checked_size(body) == body
    with pytest.raises(PayloadTooLarge):
        checked_size(body + "x")


def test_an_oversized_body_is_not_kept() -> None:
    assert Post(PRINCIPAL, "x" * BODY_BYTES_MAX).kept_body
    assert Post(PRINCIPAL, "x" * (BODY_BYTES_MAX + 1)).kept_body == ""


def test_a_lone_surrogate_counts_like_any_other_character() -> None:
    assert checked_size("\ud800") == "\ud800"
