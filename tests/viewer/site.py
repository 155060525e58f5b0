"""A small web server for browser tests: static files, pages and films in memory, under the product's strict policy."""

from __future__ import annotations

import json
import mimetypes
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from config.joined_modules import BEGINNINGS, joined

ROOT = Path(__file__).resolve().parents[2]
POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

# Of a server that dies after it has done its work: the connection ends without a word.
NO_ANSWER = 0


@dataclass
class Request:
    """What a handler gets to see."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> dict[str, object]:
        """The body as a JSON object."""
        found: dict[str, object] = json.loads(self.body)
        return found


@dataclass
class HandlerAnswer:
    """What a handler gives back."""

    body: bytes = b""
    kind: str = "application/octet-stream"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of_json(cls, content: object, status: int = 200) -> HandlerAnswer:
        """A JSON answer."""
        return cls(json.dumps(content).encode(), "application/json", status)


SiteHandler = Callable[[Request], HandlerAnswer]


class StaticSite:
    """Serves `routes` (exact path, or a prefix ending in *) and the static folder on a port of its own."""

    def __init__(self) -> None:
        self.routes: dict[str, SiteHandler] = {}
        self.asked: list[str] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        self.address = f"http://localhost:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        """Stops serving."""
        self.server.shutdown()
        self.server.server_close()

    def put(self, path: str, body: bytes, kind: str = "application/octet-stream") -> None:
        """Serves fixed content at a path."""
        self.routes[path] = lambda request: HandlerAnswer(body, kind)

    def answer(self, request: Request) -> HandlerAnswer:
        """The answer of the route, of a static file, or 404."""
        self.asked.append(f"{request.method} {request.path}")
        handler = self.routes.get(request.path) or next(
            (each for path, each in self.routes.items() if path.endswith("*") and request.path.startswith(path[:-1])),
            None,
        )
        return handler(request) if handler else static(request.path)

    def _handler(site) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handling(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                path = self.path.split("?")[0]
                headers = {name.lower(): value for name, value in self.headers.items()}
                answer = site.answer(Request(self.command, path, headers, self.rfile.read(length)))
                if answer.status == NO_ANSWER:
                    self.close_connection = True
                    return
                self.send_response(answer.status)
                sent = {"Content-Type": answer.kind, "Cache-Control": "private, no-store", **answer.headers}
                for name, value in {**sent, "Content-Security-Policy": POLICY}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            do_POST = do_GET

            def log_message(self, format: str, *args: object) -> None:
                """Tests print nothing."""

        return Handling


def static(path: str) -> HandlerAnswer:
    file = ROOT / path.lstrip("/")
    if not path.startswith("/static/") or ".." in path or not file.is_file():
        return HandlerAnswer(b"not here", "text/plain", 404)
    name = path.removeprefix("/static/")
    if name in BEGINNINGS:
        return HandlerAnswer(joined_file(name), "text/javascript")
    kind = "text/javascript" if file.suffix == ".js" else mimetypes.guess_type(file.name)[0]
    return HandlerAnswer(file.read_bytes(), kind or "application/octet-stream")


@cache
def joined_file(name: str) -> bytes:
    return joined(ROOT / "static", name).encode()
