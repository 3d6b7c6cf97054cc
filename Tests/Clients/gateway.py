"""nginx and Caddy as the gateway of bridges, configured by infra/edge, and bridges that only say what they were asked."""

from __future__ import annotations

import http.server
import json
import ssl
import subprocess
import threading
from pathlib import Path

import guide
from network import CONFIGURATION, NGINX, Authority, Server
from proxies import CADDY, CADDY_OPTIONS, EDGE, Connection

FILES = {"nginx": "nginx-bridges.conf", "Caddy": "Caddyfile-bridges"}
PROGRAMS = {"nginx": NGINX, "Caddy": CADDY}


class FakeBridge:
    """Answers each request with what it was asked; a GET of `…/mcp` is a stream, each event of which waits to be sent."""

    def __init__(self, name: str):
        self.name = name
        self.events = threading.Semaphore(0)
        self.gone = threading.Event()
        bridge = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                if self.path.endswith("/mcp"):
                    self._stream()
                else:
                    self._say()

            def do_POST(self) -> None:
                self._say(self.rfile.read(int(self.headers["Content-Length"])).decode())

            def _say(self, body: str = "") -> None:
                # The last of a field that came more than once would hide the others.
                fields = [[name.lower(), value] for name, value in self.headers.items()]
                asked = {"bridge": bridge.name, "path": self.path, "fields": fields, "body": body}
                text = json.dumps(asked).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.send_header("Mcp-Session-Id", f"{bridge.name}-1")
                self.end_headers()
                self.wfile.write(text)

            def _stream(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Connection", "close")
                self.end_headers()
                self.close_connection = True
                # What a bridge begins each stream with. Without it nginx keeps the head of the answer from clients that speak
                # HTTP/2 until there is an event.
                self.wfile.write(b": stream\n\n")
                self.connection.settimeout(0.02)
                number = 0
                while True:
                    if bridge.events.acquire(blocking=False):
                        number += 1
                        self.wfile.write(f"id: {number}\ndata: {bridge.name}\n\n".encode())
                        self.wfile.flush()
                    try:
                        if not self.connection.recv(1):
                            break
                    except TimeoutError:
                        continue
                    except OSError:
                        break
                bridge.gone.set()

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class Gateway:
    """A proxy with TLS that tells bridges apart by the path; `bridges` has the port of each by its name there."""

    def __init__(self, kind: str, folder: Path, bridges: dict[str, int]):
        folder.mkdir()
        self.kind = kind
        self.folder = folder
        self.name = guide.HOST
        authority = Authority(folder / "authority", "Example Root")
        self.certificate, self.key = authority.certificate("site", host=self.name)
        self.context = ssl.create_default_context(cafile=str(authority.bundle))
        self.places = {f"{name}:8000": f"127.0.0.1:{port}" for name, port in bridges.items()}
        configure = self._nginx if kind == "nginx" else self._caddy
        self.server = Server(folder, self._command(), lambda ports: configure(ports["https"]), ("https",))
        self.port = self.server.ports["https"]

    def _nginx(self, port: int) -> None:
        changes = self.places | {
            "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
            "/etc/ssl/mcp.example.com.pem": str(self.certificate),
            "/etc/ssl/mcp.example.com.key": str(self.key),
            "/etc/nginx/oe-mcp": str(EDGE),
        }
        site = guide.replaced((EDGE / FILES["nginx"]).read_text(), changes)
        (self.folder / "nginx.conf").write_text(CONFIGURATION.format(sites=site))

    def _caddy(self, port: int) -> None:
        own = {f"{self.name} {{\n": f"{self.name} {{\n\ttls {self.certificate} {self.key}\n"}
        site = guide.replaced((EDGE / FILES["Caddy"]).read_text(), self.places | own)
        (self.folder / "Caddyfile").write_text(CADDY_OPTIONS.format(port=port, folder=self.folder) + site)

    def _command(self) -> list[str]:
        if self.kind == "nginx":
            return [NGINX, "-p", str(self.folder), "-c", str(self.folder / "nginx.conf"), "-e", str(self.folder / "error.log")]
        own = [f"{name}={self.folder}" for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")]
        return ["env", *own, CADDY, "run", "--config", str(self.folder / "Caddyfile"), "--adapter", "caddyfile"]

    def check(self) -> subprocess.CompletedProcess:
        """What the proxy's own check says of its configuration."""
        words = [*self._command(), "-t"] if self.kind == "nginx" else self._command()
        words = ["validate" if word == "run" else word for word in words]
        return subprocess.run(words, cwd=self.folder, capture_output=True, text=True, timeout=30)

    def connection(self) -> Connection:
        return Connection(self)

    def stop(self) -> None:
        self.server.stop()
