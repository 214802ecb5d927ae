"""How the demo ends."""

import pytest

from tools.demo import __main__ as demo
from tools.demo.client import ApiError
from tools.demo.display import Display


def ending(monkeypatch: pytest.MonkeyPatch, *problems: str) -> int:
    monkeypatch.setattr(demo, "demonstrate", lambda _: problems)
    return demo.main()


def test_it_succeeds_when_everything_is_as_it_should_be(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ending(monkeypatch) == 0


def test_it_fails_when_anything_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ending(monkeypatch, "Call 1: the price should be 1, is 2.") == demo.FAILED


def test_a_refused_request_is_told_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_: Display) -> list[str]:
        raise ApiError("PUT /distribution-plan: 422")

    monkeypatch.setattr(demo, "demonstrate", refuse)
    assert demo.main() == demo.FAILED
    assert "PUT /distribution-plan: 422" in capsys.readouterr().err
