import pytest

from leadflow.domain.public_rates import caller_of


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.7", "203.0.113.7", True),
        ("203.0.113.7", "203.0.113.8", False),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::9", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("", "", True),
        ("unknown", "", False),
    ],
)
def test_a_subscriber_is_one_caller(one: str, other: str, same: bool) -> None:
    assert (caller_of(one) == caller_of(other)) is same


def test_the_address_cannot_be_read_from_the_name() -> None:
    assert "203.0.113.7" not in caller_of("203.0.113.7")
