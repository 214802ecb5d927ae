"""The catalogue of guards names what is there, each once."""

from itertools import chain

import pytest

from tests.guards.catalogue import GUARDS, Guard
from tools.local_stack.layout import ROOT
from tools.verify.promises import PROMISES


@pytest.mark.parametrize("guard", GUARDS, ids=lambda one: one.name)
def test_a_guard_is_in_its_file_once_and_its_tests_exist(guard: Guard) -> None:
    assert (ROOT / guard.path).read_text().count(guard.kept) == 1
    assert all((ROOT / one.split("::")[0]).is_file() for one in guard.tests)


def test_every_promise_that_is_judged_has_a_guard_but_that_nothing_is_lost() -> None:
    guarded = set(chain.from_iterable(one.promises for one in GUARDS))
    assert {one.number for one in PROMISES} - guarded <= {"C5"}
