"""Pings: which ones are equal, how long they are good, and what a post may claim of them."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from leadflow.adapters.formats import LibraryFormats
from leadflow.domain.fields import Field, FieldType, basic_fields
from leadflow.domain.identifiers import LeadId, LeadTypeId, SourceId
from leadflow.domain.leads import FieldValues
from leadflow.domain.pings import (
    Ping,
    PingMessage,
    PingStatus,
    check_reference,
    ping_digest,
)
from leadflow.domain.posts import PingReferenceFailed
from leadflow.domain.validation import normal_values
from leadflow.domain.values import NormalValue
from tests.builders import SOURCE_ID, TYPE_ID, lead, ping, ping_offer, stage
from tests.unit.domain.bidding_examples import NOW

FORMATS = LibraryFormats()
FIELDS = (*basic_fields(), Field(title="rooms", type=FieldType.NUMERIC, deliverable=True))
NOT_FOUND = "Ping could not be found with the provided ping ID"
EXPIRED = "Ping ID has expired"
MISMATCH = "Lead data does not match ping data"
PINGED: FieldValues = {"zip": "78701", "email": "Ada@Example.com", "rooms": 3.5}


ZIP: FieldValues = {"zip": "78701"}


def referred(named: Ping | None, values: FieldValues = ZIP, *, minutes: float = 0) -> Ping:
    """The ping that a post of these values refers to, so many minutes after it."""
    return check_reference(
        named,
        SOURCE_ID,
        normal_values(values, FIELDS, FORMATS),
        fields=FIELDS,
        formats=FORMATS,
        now=NOW + timedelta(minutes=minutes),
    )


def error_of(
    named: Ping | None, values: FieldValues = ZIP, *, minutes: float = 0
) -> tuple[str, str]:
    with pytest.raises(PingReferenceFailed) as refused:
        referred(named, values, minutes=minutes)
    assert refused.value.status == 422
    return refused.value.detail, refused.value.code


@pytest.mark.parametrize(
    ("message", "status"),
    [
        (PingMessage.MATCH_FOUND, PingStatus.MATCHED),
        (PingMessage.NO_MATCH_FOUND, PingStatus.NO_MATCH),
        (PingMessage.DUPLICATE, PingStatus.REJECTED),
        (PingMessage.REJECTED, PingStatus.REJECTED),
    ],
)
def test_the_status_of_a_ping_goes_with_its_message(
    message: PingMessage, status: PingStatus
) -> None:
    assert ping(message=message).status is status


def test_a_ping_whose_plan_broke_off_is_an_error() -> None:
    assert ping(message=PingMessage.NO_MATCH_FOUND, is_error=True).status is PingStatus.ERROR


def test_a_ping_answers_an_equal_one_until_it_expires_or_is_used() -> None:
    one = ping()
    assert one.answers_again(one.expires_at - timedelta(microseconds=1))
    assert not one.answers_again(one.expires_at)
    assert not one.used(lead().id).answers_again(NOW)


OTHER: FieldValues = {"zip": "78702"}


class TestReference:
    def test_a_post_that_says_what_the_ping_said_and_more_refers_to_it(self) -> None:
        one = ping(values=PINGED)
        assert referred(one, {**PINGED, "first_name": "Ada"}) is one

    def test_values_are_compared_in_their_normal_form(self) -> None:
        spelled: FieldValues = {"zip": " 78701", "email": "ADA@example.com", "rooms": "3.50"}
        assert referred(ping(values=PINGED), spelled)

    @pytest.mark.parametrize(
        "named",
        [None, ping(source_id=SourceId("source_other")), ping(used_by=LeadId("lead_1"))],
        ids=["unknown", "of another source", "used"],
    )
    def test_a_ping_that_is_not_there_for_the_post_cannot_be_found(
        self, named: Ping | None
    ) -> None:
        assert error_of(named) == (NOT_FOUND, "ping_not_found")

    def test_a_ping_is_good_until_the_end_of_its_validity(self) -> None:
        assert referred(ping(), minutes=4.9999)
        assert error_of(ping(), minutes=5) == (EXPIRED, "ping_expired")

    @pytest.mark.parametrize(
        "post",
        [
            {"zip": "78702", "email": "ada@example.com", "rooms": 3.5},
            {"zip": "78701", "rooms": 3.5},
            {"zip": "78701", "email": "ada@example.com", "rooms": 4},
        ],
        ids=["another value", "no value", "another number"],
    )
    def test_a_post_that_says_something_else_does_not_match(self, post: FieldValues) -> None:
        assert error_of(ping(values=PINGED), post) == (MISMATCH, "ping_mismatch")

    def test_what_cannot_be_found_is_told_before_what_has_expired(self) -> None:
        used = ping(used_by=LeadId("lead_1"))
        assert error_of(used, OTHER, minutes=9)[0] == NOT_FOUND

    def test_what_has_expired_is_told_before_what_does_not_match(self) -> None:
        assert error_of(ping(), OTHER, minutes=9)[0] == EXPIRED


class TestPromise:
    BEST, SECOND, THIRD = (ping_offer(number) for number in (1, 2, 3))
    ANSWERED = ping(offers=(BEST, SECOND, THIRD), offers_count=4)

    def test_a_post_that_names_no_bid_is_promised_the_best(self) -> None:
        promise = self.ANSWERED.promise(None, TYPE_ID)
        assert promise
        assert (promise.stage_id, promise.offer, promise.better) == (stage(0).id, self.BEST, ())
        assert (promise.kept, promise.lead_type_matches, promise.offers_count) == (None, True, 4)

    def test_a_post_may_choose_a_lower_offer_and_passes_better_ones_over(self) -> None:
        promise = self.ANSWERED.promise(self.THIRD.id, TYPE_ID)
        assert promise
        assert (promise.offer, promise.better) == (self.THIRD, (self.BEST, self.SECOND))

    def test_a_post_of_another_lead_type_does_not_match_the_promise(self) -> None:
        promise = self.ANSWERED.promise(None, LeadTypeId("type_other"))
        assert promise
        assert not promise.lead_type_matches

    @pytest.mark.parametrize(
        ("one", "bid_id"),
        [(ping(offers=()), None), (ANSWERED, UUID(int=9)), (ping(stage_id=None), None)],
        ids=["no offers", "an unknown bid", "no stage"],
    )
    def test_without_an_offer_there_is_no_promise(self, one: Ping, bid_id: UUID | None) -> None:
        assert one.promise(bid_id, TYPE_ID) is None


Values = dict[str, NormalValue]


class TestDigest:
    def test_equal_values_share_a_digest_in_whatever_order_and_spelling(self) -> None:
        one: Values = {"zip": "78701", "rooms": Decimal("3.50"), "open": True}
        other: Values = {"open": True, "rooms": Decimal("3.5"), "zip": "78701"}
        assert ping_digest(one, is_test=False) == ping_digest(other, is_test=False)

    def test_zero_is_zero_whatever_its_sign(self) -> None:
        assert ping_digest({"rooms": Decimal("-0.0")}, is_test=False) == ping_digest(
            {"rooms": Decimal(0)}, is_test=False
        )

    def test_long_numbers_are_compared_to_their_last_digit(self) -> None:
        digits = "0." + "1" * 36
        assert ping_digest({"rooms": Decimal(digits + "1")}, is_test=False) != ping_digest(
            {"rooms": Decimal(digits + "2")}, is_test=False
        )

    @pytest.mark.parametrize(
        "other",
        [
            {"zip": "78702"},
            {"zip": "78701", "city": "austin"},
            {"city": "78701"},
            {},
            {"zip": True},
        ],
    )
    def test_other_values_have_another_digest(self, other: Values) -> None:
        assert ping_digest({"zip": "78701"}, is_test=False) != ping_digest(other, is_test=False)

    def test_test_data_have_another_digest(self) -> None:
        values: Values = {"zip": "78701"}
        assert ping_digest(values, is_test=False) != ping_digest(values, is_test=True)
