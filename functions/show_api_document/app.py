"""`GET /openapi.json`: what the API is, for anybody; the file beside this one as it is."""

from functools import cache
from pathlib import Path

from aws_lambda_powertools.event_handler import Response

from leadflow.runtime.http import Api

CACHING = "public, max-age=3600"
"""A deployment is seen by everybody within the hour."""

api = Api()


@api.get("/openapi.json")
def get_document() -> Response[str]:
    """The OpenAPI document."""
    return Response(200, "application/json", document(), headers={"Cache-Control": CACHING})


@cache
def document() -> str:
    """The file, read once in the life of a process."""
    return Path(__file__).with_name("openapi.json").read_text()


handler = api.handler
