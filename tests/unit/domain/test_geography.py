import pytest

from leadflow.domain.geography import county_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Maricopa County", "maricopa"),
        ("Orleans  Parish", "ORLEANS"),
        ("Manassas City", "Manassas city"),
        ("Nome Census Area", "nome"),
    ],
)
def test_two_spellings_name_the_same_county(one: str, other: str) -> None:
    assert county_key(one) == county_key(other)


def test_an_independent_city_is_not_the_county_around_it() -> None:
    assert county_key("Baltimore city") != county_key("Baltimore County")
