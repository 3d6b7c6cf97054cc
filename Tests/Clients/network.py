"""A company's network on the loopback interface: its authorities, TLS servers and proxies.

nginx stands before the sandbox, tinyproxy before both. They run as whoever runs the tests, in one folder, on ports that
the kernel chose, and end with the block.
"""

from __future__ import annotations

import os
import random
import shutil
import socket
import ssl
import subprocess
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

from wire import ROOT

# What `scripts/need test` unpacks, where the system does not have it.
PLACES = os.pathsep.join(
    [os.environ["PATH"], "/usr/sbin", "/usr/local/sbin", *(str(ROOT / ".build/servers/usr" / name) for name in ("bin", "sbin"))]
)
NGINX, TINYPROXY, OPENSSL = (shutil.which(name, path=PLACES) for name in ("nginx", "tinyproxy", "openssl"))


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def reserved_port() -> int:
    """A free port below those that the kernel gives to connections, so that none of them takes it before it is used."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as listener:
            try:
                listener.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


class Server:
    """A process that listens on ports, each named in what `configure` writes for them."""

    def __init__(self, folder: Path, command, configure, names: tuple[str, ...]):
        for _ in range(3):
            # Between the choice of a port and its use another program may take it.
            self.ports = {name: free_port() for name in names}
            configure(self.ports)
            with open(folder / "said", "ab") as said:
                self.process = subprocess.Popen(command, cwd=folder, stdout=said, stderr=said, stdin=subprocess.DEVNULL)
            if self._listens():
                return
            self.stop()
        raise AssertionError((folder / "said").read_text())

    def _listens(self) -> bool:
        end = time.monotonic() + 5
        while time.monotonic() < end and self.process.poll() is None:
            if all(answers(port) for port in self.ports.values()):
                return True
            time.sleep(0.01)
        return False

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(5)


class Authority:
    """Signs certificates with the `openssl` command; another may vouch for it."""

    def __init__(self, folder: Path, name: str, above: Authority | None = None, days: int = 2):
        self.folder = folder
        folder.mkdir()
        self._key("ca")
        own = ["-key", "ca.key", "-subj", f"/O=Example/CN={name}"]
        if above:
            self._openssl("req", "-new", *own, "-out", "ca.csr")
            self._sign("ca", f"{above.folder}/ca", "basicConstraints=critical,CA:TRUE", days)
        else:
            self._openssl("req", "-x509", "-new", *own, "-days", str(days), "-out", "ca.pem")
        self.bundle = folder / "ca.pem"

    def certificate(self, name: str, host: str = "localhost", days: int = 2) -> tuple[Path, Path]:
        """Make a certificate and its key; negative days make one that has expired."""
        self._key(name)
        self._openssl("req", "-new", "-key", f"{name}.key", "-subj", f"/O=Example/CN={host}", "-out", f"{name}.csr")
        self._sign(name, "ca", f"subjectAltName=DNS:{host}", days)
        return self.folder / f"{name}.pem", self.folder / f"{name}.key"

    def _sign(self, name: str, by: str, extension: str, days: int) -> None:
        (self.folder / "extensions").write_text(extension + "\n")
        self._openssl(
            *("x509", "-req", "-in", f"{name}.csr", "-CA", f"{by}.pem", "-CAkey", f"{by}.key", "-CAcreateserial"),
            *("-days", str(days), "-extfile", "extensions", "-out", f"{name}.pem"),
        )

    def _key(self, name: str) -> None:
        self._openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", f"{name}.key")

    def _openssl(self, *arguments: str) -> None:
        subprocess.run([OPENSSL, *arguments], cwd=self.folder, check=True, capture_output=True)


SITE = """
    server {{
        listen 127.0.0.1:{port} ssl http2;
        ssl_certificate {certificate};
        ssl_certificate_key {key};
        {more}
        location / {{ proxy_pass {behind}; proxy_http_version 1.1; proxy_set_header Connection ""; }}
    }}"""

CONFIGURATION = """
daemon off;
master_process off;
pid nginx.pid;
error_log error.log;
events {{}}
http {{
    log_format short '$server_port $server_protocol $status';
    access_log access.log short;
    log_format from '$server_port $connection';
    access_log connections.log from;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    keepalive_timeout 60;
{sites}
}}
"""


class TLSFront:
    """One nginx with a port for each kind of site before the server `behind`."""

    def __init__(self, folder: Path, behind: str):
        self.folder = folder
        folder.mkdir()
        address = urlsplit(behind)
        self._path = address.path
        origin = f"{address.scheme}://{address.netloc}"
        self.company = Authority(folder / "company", "Example Company Root")
        self.public = Authority(folder / "public", "Example Public Root")
        self.client = self.company.certificate("client")
        wants_client = f"ssl_client_certificate {self.company.bundle}; ssl_verify_client on;"
        sites = {
            "good": (self.company.certificate("good"), ""),
            "public": (self.public.certificate("public"), ""),
            "misnamed": (self.company.certificate("misnamed", host="other.example"), ""),
            "expired": (self.company.certificate("expired", days=-1), ""),
            "guarded": (self.company.certificate("guarded"), wants_client),
        }

        def configure(ports: dict[str, int]) -> None:
            blocks = [
                SITE.format(port=ports[name], certificate=certificate, key=key, more=more, behind=origin)
                for name, ((certificate, key), more) in sites.items()
            ]
            (folder / "nginx.conf").write_text(CONFIGURATION.format(sites="".join(blocks)))

        command = [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
        self.server = Server(folder, command, configure, tuple(sites))

    def url(self, site: str) -> str:
        return f"https://localhost:{self.server.ports[site]}{self._path}"

    def log(self, site: str) -> list[str]:
        """Protocol and status of every request that the site has had."""
        return self._log("access.log", site)

    def connections(self, site: str) -> list[str]:
        """The number of its connection for every request that the site has had."""
        return self._log("connections.log", site)

    def _log(self, name: str, site: str) -> list[str]:
        lines = (self.folder / name).read_text().splitlines()
        port = str(self.server.ports[site])
        return [line.removeprefix(port + " ") for line in lines if line.startswith(port + " ")]


class Proxy:
    """tinyproxy, open to all or to one name and password."""

    def __init__(self, folder: Path, credentials: tuple[str, str] | None = None):
        self.folder = folder
        folder.mkdir()

        def configure(ports: dict[str, int]) -> None:
            lines = [f"Port {ports['proxy']}", "Listen 127.0.0.1", "LogLevel Connect", f'LogFile "{folder}/log"', "Timeout 30"]
            if credentials:
                lines.append("BasicAuth {} {}".format(*credentials))
            (folder / "tinyproxy.conf").write_text("\n".join(lines) + "\n")

        self.server = Server(folder, [TINYPROXY, "-d", "-c", str(folder / "tinyproxy.conf")], configure, ("proxy",))
        self.port = self.server.ports["proxy"]

    def requests(self) -> list[str]:
        """The first line of every request so far: `CONNECT localhost:443 HTTP/1.1`."""
        lines = (self.folder / "log").read_text().splitlines()
        return [line.partition("): ")[2] for line in lines if "Request (file descriptor" in line]


class TLSRelay:
    """A port that speaks TLS and passes on what it hears, so that a proxy can be reached over TLS."""

    def __init__(self, certificate: Path, key: Path, port: int):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self._target = port
        self._listener = context.wrap_socket(socket.create_server(("127.0.0.1", 0)), server_side=True)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except ssl.SSLError:
                continue
            except OSError:
                return
            threading.Thread(target=self._relay, args=(client,), daemon=True).start()

    def _relay(self, client: ssl.SSLSocket) -> None:
        # One thread: an SSL socket does not bear two.
        with client, socket.create_connection(("127.0.0.1", self._target)) as target:
            client.settimeout(0.002)
            target.settimeout(0.002)
            while True:
                for source, sink in ((client, target), (target, client)):
                    try:
                        data = source.recv(65536)
                    except (TimeoutError, ssl.SSLWantReadError):
                        continue
                    except OSError:
                        return
                    if not data:
                        return
                    sink.settimeout(5)
                    sink.sendall(data)
                    sink.settimeout(0.002)


class Far:
    """A way to a port of this machine on which what comes back takes so long."""

    def __init__(self, port: int, seconds: float):
        self._target, self._seconds = port, seconds
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Far:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client = self._listener.accept()[0]
            except OSError:
                return
            target = socket.create_connection(("127.0.0.1", self._target))
            threading.Thread(target=self._pass_on, args=(client, target, 0), daemon=True).start()
            threading.Thread(target=self._pass_on, args=(target, client, self._seconds), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket, seconds: float) -> None:
        try:
            while data := source.recv(65536):
                time.sleep(seconds)
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            return
