"""As much of HTTP/1.1 as a stub needs: requests with a length, answers with a length."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType

REQUEST_BYTES_MAX = 4 * 1024 * 1024

_HEAD_END = b"\r\n\r\n"
_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Request:
    """A request; header names are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


def next_request(received: bytearray) -> Request | None:
    """Take one whole request off the front of what was received; None: it is not whole yet."""
    end = received.find(_HEAD_END)
    if end < 0:
        return None
    first, *lines = received[:end].decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    start = end + len(_HEAD_END)
    whole = start + int(headers.get("content-length", "0"))
    if len(received) < whole:
        return None
    method, target, _ = first.split(" ", 2)
    request = Request(method, target, headers, bytes(received[start:whole]))
    del received[:whole]
    return request


def answer(status: int, body: bytes, headers: Mapping[str, str] = _NONE) -> bytes:
    """An answer, JSON unless the headers say otherwise."""
    return head(status, len(body), headers) + body


def head(status: int, length: int, headers: Mapping[str, str] = _NONE) -> bytes:
    """The head of an answer whose body has that many bytes."""
    phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else "Unknown"
    said = {"Content-Type": "application/json", "Content-Length": str(length), **headers}
    lines = "".join(f"{name}: {value}\r\n" for name, value in said.items())
    return f"HTTP/1.1 {status} {phrase}\r\n{lines}\r\n".encode()
