"""The shape of identifiers."""

import pytest

from leadflow.adapters.system import Ulids
from leadflow.domain.identifiers import is_identifier
from tests.builders import numbered


def test_a_new_identifier_has_the_shape_of_its_kind() -> None:
    assert is_identifier("lead", Ulids().new("lead"))
    assert is_identifier("lead", numbered("lead", 1))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "lead_",
        numbered("flow", 1),
        numbered("lead", 1).upper(),
        numbered("lead", 1) + "0",
        numbered("lead", 1)[:-1],
        numbered("lead", 1) + "\n",
        "lead_" + "0" * 25 + "#",
    ],
)
def test_anything_else_is_no_identifier(text: str) -> None:
    assert not is_identifier("lead", text)
