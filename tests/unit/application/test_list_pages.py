from collections.abc import Mapping, Sequence

import pytest

from leadflow.application.list_pages import (
    PAGE_CHARACTERS_MAX,
    ROUND_OBJECTS,
    ROUNDS_MAX,
    Listing,
    period_of,
)
from leadflow.application.list_ports import Spot
from leadflow.application.ports import Page, Window
from tests.fakes.spots import behind
from tests.reading import CREATED, NOON, configuration


class Numbers:
    """A list of numbers; those in `gone` are in the index only."""

    def __init__(self, count: int, *, gone: frozenset[int] = frozenset()) -> None:
        self.numbers, self.gone, self.queries = list(range(count)), gone, 0

    def spots(self, *, limit: int, position: str | None) -> Sequence[Spot]:
        self.queries += 1
        spots = (Spot(str(number), f"{number:09d}") for number in self.numbers)
        return behind(spots, limit=limit, position=position)

    def fetch(self, ids: Sequence[str]) -> Mapping[str, int]:
        return {one: int(one) for one in ids if int(one) not in self.gone}

    def listing(
        self, every: int = 1, *, is_narrow: bool = False, characters: int = 0
    ) -> Listing[int]:
        return Listing(
            spots=self.spots,
            fetch=self.fetch,
            keep=lambda number: number % every == 0,
            characters=lambda _: characters,
            is_narrow=is_narrow,
        )


def walk(listing: Listing[int], limit: int) -> list[Page[int]]:
    pages = [listing.page(Window(limit))]
    while pages[-1].position is not None:
        pages.append(listing.page(Window(limit, pages[-1].position)))
    return pages


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 20, 21])
def test_a_walk_ends_with_the_page_that_holds_the_last_object(count: int) -> None:
    pages = walk(Numbers(count).listing(), 10)
    assert [number for page in pages for number in page.items] == list(range(count))[::-1]
    assert len(pages) == max(1, -(-count // 10))


@pytest.mark.parametrize("every", [2, 7, 150, 1_500])
def test_a_filtered_walk_shows_each_object_that_fits_once(every: int) -> None:
    pages = walk(Numbers(1_200).listing(every, is_narrow=True), 10)
    shown = [number for page in pages for number in page.items]
    assert shown == [number for number in range(1_200) if number % every == 0][::-1]


def test_a_page_looks_at_a_bounded_number_of_objects_and_says_that_there_may_be_more() -> None:
    numbers = Numbers(3_000)
    page = numbers.listing(1_000_000, is_narrow=True).page(Window(50))
    assert (list(page.items), numbers.queries) == ([], ROUNDS_MAX)
    assert page.position == f"{3_000 - ROUNDS_MAX * ROUND_OBJECTS:09d}"


def test_what_was_deleted_leaves_no_gap_in_the_page() -> None:
    page = Numbers(20, gone=frozenset({19, 18, 15})).listing().page(Window(3))
    assert (list(page.items), page.position) == ([17, 16, 14], f"{14:09d}")


def test_objects_added_or_removed_meanwhile_do_not_disturb_a_walk() -> None:
    numbers = Numbers(10)
    first = numbers.listing().page(Window(4))
    numbers.numbers += [10, 11]
    numbers.numbers.remove(7)
    numbers.numbers.remove(4)
    rest = numbers.listing().page(Window(9, first.position))
    assert (list(first.items), list(rest.items)) == ([9, 8, 7, 6], [5, 3, 2, 1, 0])


def test_a_page_of_large_objects_is_cut_short_and_nothing_is_lost() -> None:
    pages = walk(Numbers(7).listing(characters=PAGE_CHARACTERS_MAX // 2), 5)
    assert [list(page.items) for page in pages] == [[6, 5], [4, 3], [2, 1], [0]]


def test_an_object_larger_than_a_page_has_one_of_its_own() -> None:
    pages = walk(Numbers(3).listing(characters=PAGE_CHARACTERS_MAX + 1), 5)
    assert [list(page.items) for page in pages] == [[2], [1], [0]]


def test_a_period_reaches_back_to_the_tenants_first_day_and_no_further() -> None:
    long_ago = CREATED.replace(year=2001)
    assert period_of(configuration(), NOON, None, None).oldest == CREATED
    assert period_of(configuration(), NOON, long_ago, None).oldest == CREATED
    assert period_of(configuration(), NOON, NOON, CREATED).newest == CREATED
