"""A collector of traces on a loopback port, which can be slow, angry, or gone."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Collector:
    """Keeps the spans it is sent; `status` is what it answers, `delay` how late, `headers` what else it says."""

    def __init__(self, status: int = 200, delay: float = 0, headers: dict[str, str] | None = None, body: object = None):
        self.status, self.delay, self.headers, self.body = status, delay, headers or {}, body
        self.requests: list[tuple[str, dict[str, str], dict]] = []
        self._changed = threading.Condition()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer._came(self.path, dict(self.headers), body)
                time.sleep(outer.delay)
                answer = json.dumps(outer.body if outer.body is not None else {"partialSuccess": {}}).encode()
                try:
                    self.send_response(outer.status)
                    for name, value in outer.headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(answer)))
                    self.end_headers()
                    self.wfile.write(answer)
                except OSError:
                    pass

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def _came(self, path: str, headers: dict[str, str], body: bytes) -> None:
        with self._changed:
            self.requests.append((path, headers, json.loads(body)))
            self._changed.notify_all()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    @property
    def spans(self) -> list[dict]:
        with self._changed:
            return [span for _, _, body in self.requests for span in _spans(body)]

    def wait(self, wanted, within: float = 20) -> list[dict]:
        """All spans, once `wanted` holds of them."""
        end = time.monotonic() + within
        with self._changed:
            while True:
                spans = [span for _, _, body in self.requests for span in _spans(body)]
                if wanted(spans):
                    return spans
                left = end - time.monotonic()
                assert left > 0, spans
                self._changed.wait(left)

    def __enter__(self) -> Collector:
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def _spans(body: dict) -> list[dict]:
    return [span for group in body["resourceSpans"] for scope in group["scopeSpans"] for span in scope["spans"]]


def attributes(holder: dict) -> dict[str, object]:
    """Those of a span or a resource, by name."""
    return {each["key"]: next(iter(each["value"].values())) for each in holder["attributes"]}
