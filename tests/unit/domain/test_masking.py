import json
from urllib.parse import quote, quote_plus

from hypothesis import given
from hypothesis import strategies as st

from leadflow.domain.masking import headers_without_secrets, without_secrets

TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=4)
SECRETS = TEXTS.filter(lambda text: "*" not in text)


@given(before=TEXTS, secret=SECRETS, after=TEXTS)
def test_no_spelling_of_a_secret_is_left(before: str, secret: str, after: str) -> None:
    for spelled in (secret, json.dumps(secret)[1:-1], quote(secret, safe=""), quote_plus(secret)):
        shown = without_secrets(f"{before}{spelled}{after}", [secret])
        assert spelled not in shown
        assert "***" in shown


def test_a_secret_within_another_leaves_nothing_of_it() -> None:
    assert without_secrets("key=abcdef", ["abc", "abcdef"]) == "key=***"


def test_an_empty_secret_hides_nothing() -> None:
    assert without_secrets("text", [""]) == "text"


def test_values_of_headers_are_looked_through() -> None:
    assert headers_without_secrets({"x-echo": "Bearer t0ken", "x": "1"}, ["t0ken"]) == {
        "x-echo": "Bearer ***",
        "x": "1",
    }
