"""The API on loopback, served by the real handlers in this process: what API Gateway does is here.

One request is answered after the other, for handlers keep the event at hand in their router.
"""

import base64
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import parse_qs, unquote, urlsplit

from tests.api_contract import operation_at
from tests.integration.http import REQUEST_ID, invoked

_ONE_BY_ONE = threading.Lock()
_UNAUTHORIZED = {"type": "urn:leadflow:problem:unauthorized", "title": "Unauthorized"} | {
    "status": 401,
    "detail": "Unauthorized",
    "message": "Unauthorized",
    "code": "unauthorized",
    "request_id": REQUEST_ID,
}
_UNKNOWN = _UNAUTHORIZED | {
    "type": "urn:leadflow:problem:not_found",
    "title": "Not Found",
    "status": 404,
    "detail": "There is no such resource.",
    "message": "There is no such resource.",
    "code": "not_found",
}
_ARN = "arn:aws:execute-api:us-east-1:000000000000:api/local/GET/any"


class _Handler(BaseHTTPRequestHandler):
    """Hands every request to the function that the API's document names."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # its name there
        """Say nothing."""

    def _answer(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(size)
        with _ONE_BY_ONE:
            raw = self._handled(body)
        text = (raw.get("body") or "").encode()
        self.send_response(raw["statusCode"])
        for name, values in raw["multiValueHeaders"].items():
            self.send_header(name, values[0])
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815 # its names there

    def _handled(self, body: bytes) -> dict[str, Any]:
        parts = urlsplit(self.path)
        operation = operation_at(self.command, parts.path)
        if operation is None:
            return _problem(_UNKNOWN)
        context: dict[str, Any] = {"requestId": REQUEST_ID, "identity": {"sourceIp": "127.0.0.1"}}
        if operation["x-callers"]:
            try:
                context["authorizer"] = self._authorized()
            except Exception:  # what the function raises for API Gateway
                return _problem(_UNAUTHORIZED)
        event = self._event(parts.path, parts.query, body) | {"requestContext": context}
        return cast("dict[str, Any]", invoked(operation["x-function"], event))

    def _authorized(self) -> Mapping[str, str]:
        asked = {"headers": dict(self.headers.items()), "methodArn": _ARN}
        found = cast("dict[str, Any]", invoked("authorize_request", asked))
        return cast("Mapping[str, str]", found["context"])

    def _event(self, path: str, query: str, body: bytes) -> dict[str, Any]:
        given = parse_qs(query, keep_blank_values=True)
        try:
            text, is_coded = body.decode(), False
        except UnicodeDecodeError:
            text, is_coded = base64.b64encode(body).decode(), True
        return {
            "resource": path,
            "path": unquote(path),
            "httpMethod": self.command,
            "headers": dict(self.headers.items()),
            "multiValueHeaders": {name: [value] for name, value in self.headers.items()},
            "queryStringParameters": {name: values[-1] for name, values in given.items()} or None,
            "multiValueQueryStringParameters": given or None,
            "body": text or None,
            "isBase64Encoded": is_coded,
        }


def _problem(body: Mapping[str, object]) -> dict[str, Any]:
    return {
        "statusCode": body["status"],
        "multiValueHeaders": {"Content-Type": ["application/problem+json"]},
        "body": json.dumps(body),
    }


@contextmanager
def served() -> Iterator[str]:
    """The URL of the API while it is served."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
