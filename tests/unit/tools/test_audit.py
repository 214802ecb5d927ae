"""What the end of a tool that looks for vulnerabilities means."""

import pytest

from tools.audit import FOUND, UNKNOWN, outcome


@pytest.mark.parametrize(
    ("code", "said", "meaning"),
    [
        (0, "No known vulnerabilities found", 0),
        (1, "Found 1 known vulnerability in 1 package", FOUND),
        (1, "requests.exceptions.ConnectionError: name or service not known", UNKNOWN),
        (0, "No known vulnerabilities found. uv not found and could not be audited", UNKNOWN),
        (1, "npm error audit endpoint returned an error", UNKNOWN),
    ],
)
def test_not_having_been_able_to_ask_is_no_good_news(code: int, said: str, meaning: int) -> None:
    assert outcome(code, said) == meaning
