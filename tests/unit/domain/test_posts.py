"""What a post says besides the lead."""

import pytest

from leadflow.domain.errors import PayloadTooLarge, ValidationFailed
from leadflow.domain.posts import (
    BODY_BYTES_MAX,
    PING_NOT_FOUND,
    PingReferenceFailed,
    Post,
    PostOptions,
    checked_size,
    options_of,
)
from leadflow.domain.principals import SourcePrincipal
from tests.builders import SOURCE_ID, TENANT_ID, source

PRINCIPAL = SourcePrincipal(tenant_id=TENANT_ID, source_id=SOURCE_ID)
TESTING = source(test_mode=True)


def options(**body: object) -> PostOptions:
    return options_of(body, Post(PRINCIPAL, "{}"), source())


@pytest.mark.parametrize(
    ("wish", "seconds"),
    [(None, 25.0), (1_500, 1.5), (0, 0.1), (-5, 0.1), (99, 0.1), (10**9, 25.0)],
)
def test_patience_is_kept_within_its_bounds(wish: int | None, seconds: float) -> None:
    assert options(timeout_ms=wish).patience_seconds == seconds


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
    with pytest.raises(ValidationFailed) as refused:
        options(**{member: value})
    assert set(refused.value.errors) == {member}


def test_all_wrong_members_are_named_together() -> None:
    wrong = {"timeout_ms": "soon", "is_test": 1}
    with pytest.raises(ValidationFailed) as refused:
        options_of(wrong, Post(PRINCIPAL, "{}", "partner_1"), source())
    assert set(refused.value.errors) == {"timeout_ms", "is_test", "X-Partner-Id"}


@pytest.mark.parametrize("wish", [True, False])
def test_a_source_in_test_mode_may_say_so(wish: bool) -> None:
    assert options_of({"is_test": wish}, Post(PRINCIPAL, "{}"), TESTING) == PostOptions()


def test_a_live_source_may_say_that_it_does_not_test() -> None:
    assert options(is_test=False) == PostOptions()


@pytest.mark.parametrize("reference", ["5e7c4fd8-7b3c-4f43-8f4c-0d4b3a1f0a55", 5, ""])
def test_a_post_that_names_an_unknown_ping_is_refused(reference: object) -> None:
    with pytest.raises(PingReferenceFailed, match=PING_NOT_FOUND) as refused:
        options(ping_id=reference, bid_id="one")
    assert (refused.value.status, refused.value.code) == (422, "ping_not_found")


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
