"""`GET /openapi.json`: the document of the repository, for anybody."""

import json

from tests.integration.http import answered
from tools.local_stack.layout import ROOT
from tools.openapi.__main__ import PATH

EVENT = json.loads((ROOT / "events/show_api_document/anybody.json").read_text())


def test_anybody_is_shown_the_document_that_the_repository_has() -> None:
    answer = answered("show_api_document", EVENT)

    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.text == PATH.read_text()
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
