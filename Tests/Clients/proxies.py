"""nginx and Caddy in front of `oe-mcp-http`, with the configurations of infra/edge, and clients that find them.

Their name and ports stay in what is tested: a client connects to the port that the kernel chose, whatever its address
says, and everything else is as if it were the port of HTTPS.
"""

from __future__ import annotations

import http.client
import re
import shutil
import socket
import ssl
import subprocess
from pathlib import Path

import httpx2

import guide
from network import CONFIGURATION, NGINX, PLACES, Authority, Server
from wire import ROOT

EDGE = ROOT / "infra/edge"
CADDY = shutil.which("caddy", path=PLACES)

CADDY_OPTIONS = """
{{
    admin off
    grace_period 100ms
    https_port {port}
    auto_https disable_redirects
    default_bind 127.0.0.1
    skip_install_trust
    storage file_system {folder}/storage
}}
"""


class Front:
    """A proxy with TLS before a program: configured by infra/edge, or `bare nginx`, told no more than it must be.

    `holding nginx` passes an answer on only when it has all of it, or as much as it can hold.

    `metrics` is the port that has them, for a reader named `prometheus`; `keys` has the credentials of each key.
    """

    PASSWORD = "let-me-count"
    # By `caddy hash-password`, but quick to compare.
    HASHED = "$2b$04$e55h3TgrtW27BI8J9kCnXOQ9Qt9.iD4bqI4GRai9BC2BC9K4wByVm"

    def __init__(self, kind: str, folder: Path, behind: int, metrics: int = 9, keys: dict[str, str] | None = None):
        folder.mkdir()
        self.folder = folder
        self.kind = kind
        self.keys = keys
        authority = Authority(folder / "authority", "Example Root")
        self.certificate, self.key = authority.certificate("site", host=guide.HOST, days=90)
        self.context = ssl.create_default_context(cafile=str(authority.bundle))
        self.name = guide.HOST
        self.places = {"127.0.0.1:8000": f"127.0.0.1:{behind}", "127.0.0.1:9090": f"127.0.0.1:{metrics}"}
        configure, command = (self._caddy, self._caddy_command()) if kind == "Caddy" else (self._nginx, self._nginx_command())
        self.server = Server(folder, command, lambda ports: configure(ports["https"]), ("https",))
        self.port = self.server.ports["https"]

    def _file(self, name: str) -> str:
        """A configuration for ports and files of this test."""
        name += "" if self.keys is None else "-keys"
        changes = self.places | {"/etc/nginx/oe-mcp" if self.kind != "Caddy" else "/etc/caddy/oe-mcp": str(self.folder)}
        return guide.replaced((EDGE / name.replace(".conf-keys", "-keys.conf")).read_text(), changes)

    def _secrets(self, reader: str, end: str) -> None:
        (self.folder / "metrics.htpasswd").write_text(reader + "\n")
        lines = [f'"Bearer {key}" "{pair}"{end}\n' for key, pair in (self.keys or {}).items()]
        (self.folder / "clients.keys").write_text("".join(lines))

    def _nginx(self, port: int) -> None:
        self._secrets(f"prometheus:{{PLAIN}}{self.PASSWORD}", ";")
        changes = {
            "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
            "/etc/ssl/mcp.example.com.pem": str(self.certificate),
            "/etc/ssl/mcp.example.com.key": str(self.key),
        }
        rules = (EDGE / "proxy.conf").read_text()
        if self.kind == "bare nginx":
            # Buffered, in HTTP/1.0, with a new connection for each request: as nginx does without being told otherwise.
            rules = re.sub(r"^proxy_(buffering|http_version|read_timeout|set_header Connection).*\n", "", rules, flags=re.M)
        if self.kind == "holding nginx":
            held = "proxy_buffering on;\nproxy_ignore_headers X-Accel-Buffering;"
            rules = guide.replaced(rules, {"proxy_buffering off;": held})
        (self.folder / "proxy.conf").write_text(rules)
        site = guide.replaced(self._file("nginx.conf"), changes)
        (self.folder / "nginx.conf").write_text(CONFIGURATION.format(sites=site))

    def _nginx_command(self) -> list[str]:
        return [NGINX, "-p", str(self.folder), "-c", str(self.folder / "nginx.conf"), "-e", str(self.folder / "error.log")]

    def _caddy(self, port: int) -> None:
        self._secrets(f"prometheus {self.HASHED}", "")
        # What Caddy would ask an authority on the net for.
        certificate = f"{guide.HOST} {{\n\ttls {self.certificate} {self.key}\n"
        site = guide.replaced(self._file("Caddyfile"), {f"{guide.HOST} {{\n": certificate})
        (self.folder / "Caddyfile").write_text(CADDY_OPTIONS.format(port=port, folder=self.folder) + site)

    def _caddy_command(self) -> list[str]:
        # It keeps what it was started with.
        own = [f"{name}={self.folder}" for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")]
        return ["env", *own, CADDY, "run", "--config", str(self.folder / "Caddyfile"), "--adapter", "caddyfile"]

    def check(self) -> subprocess.CompletedProcess:
        """What the proxy's own check says of its configuration."""
        command = [*self._nginx_command(), "-t"] if self.kind != "Caddy" else self._caddy_command()
        words = ["validate" if word == "run" else word for word in command]
        return subprocess.run(words, cwd=self.folder, capture_output=True, text=True, timeout=30)

    def connection(self) -> Connection:
        return Connection(self)

    def http_client(self, headers: dict[str, str] | None = None, **more: object) -> httpx2.AsyncClient:
        """For SDKs: HTTPS to the name of the page, at the port of this proxy."""
        more.pop("transport", None)
        return httpx2.AsyncClient(headers=headers, transport=ToPort(self), **{"timeout": 30, **more})

    @property
    def troubles(self) -> list[str]:
        """What the proxy has to complain about."""
        paths = [self.folder / name for name in ("error.log", "said")]
        lines = [line for path in paths if path.exists() for line in path.read_text().splitlines()]
        return [line for line in lines if re.search(r"\[(error|crit|alert)\]|\"level\":\"error\"", line)]

    def stop(self) -> None:
        self.server.stop()


class Connection(http.client.HTTPSConnection):
    """To a proxy under the name that it serves."""

    def __init__(self, front: Front):
        super().__init__(front.name, context=front.context, timeout=30)
        self._place = ("127.0.0.1", front.port)

    def connect(self) -> None:
        plain = socket.create_connection(self._place, 30)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = self._context.wrap_socket(plain, server_hostname=self.host)


class ToPort(httpx2.AsyncHTTPTransport):
    """Sends what is for a name on the net to a port of this machine."""

    def __init__(self, front: Front):
        super().__init__(verify=front.context)
        self._front = front

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        request.extensions["sni_hostname"] = self._front.name
        request.url = request.url.copy_with(host="127.0.0.1", port=self._front.port)
        return await super().handle_async_request(request)
