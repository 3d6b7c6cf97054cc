"""One server in a network of its own, run by `test_oauth_fetching.py` under `unshare`; says what was contacted.

Every address is on the loopback interface here, and names lead where a server for names in this file says.
"""

from __future__ import annotations

import json
import socket
import ssl
import struct
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

from http_program import HTTPProgram
from oauth_flow import App, Person, Visitor
from stand_in import StandIn

plan = json.load(sys.stdin)
folder, public = Path(plan["folder"]), plan["public"]
seen: list[tuple[str, str | None]] = []
questions: Counter[tuple[str, int]] = Counter()


def ip(*words: str) -> None:
    subprocess.run([plan["ip"], *words], check=False, capture_output=True)


def bind(path: str, text: str) -> None:
    file = folder / Path(path).name
    file.write_text(text)
    subprocess.run(["mount", "--bind", str(file), path], check=True)


def addresses(name: str, kind: int) -> list[bytes]:
    """What a name leads to: for A (1) and AAAA (28)."""
    found = plan["inside"].get(name, [public] if name in ("good.web.example", "rebinding.web.example") else [])
    if name == "rebinding.web.example" and kind == 1:
        found = [public] if questions[name, kind] <= 1 else ["127.0.0.1"]
    family, mark = (socket.AF_INET, ".") if kind == 1 else (socket.AF_INET6, ":")
    return [socket.inet_pton(family, each) for each in found if (":" in each) == (mark == ":")]


def answer_names() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.53", 53))
        while True:
            asked, whom = server.recvfrom(4096)
            labels, at = [], 12
            while asked[at]:
                labels.append(asked[at + 1 : at + 1 + asked[at]].decode())
                at += 1 + asked[at]
            (kind,) = struct.unpack(">H", asked[at + 1 : at + 3])
            name = ".".join(labels).lower()
            questions[name, kind] += 1
            found = addresses(name, kind) if kind in (1, 28) else []
            head = asked[:2] + struct.pack(">HHHHH", 0x8180, 1, len(found), 0, 0)
            records = b"".join(b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 0, len(each)) + each for each in found)
            server.sendto(head + asked[12 : at + 5] + records, whom)


def listen(family: int) -> None:
    """Whoever comes to port 443 of any address is noted, and given a document."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(plan["certificate"], plan["key"])
    server = socket.create_server(("::" if family == socket.AF_INET6 else "0.0.0.0", 443), family=family)

    def serve(client: socket.socket) -> None:
        note: list = [client.getsockname()[0], None]
        context.sni_callback = lambda _socket, name, _context: note.__setitem__(1, name)
        seen.append(note)
        try:
            with context.wrap_socket(client, server_side=True) as encrypted:
                encrypted.recv(65536)
                client_id = f"https://{note[1]}/client.json"
                about = {"client_id": client_id, "client_name": "App", "redirect_uris": ["http://127.0.0.1/callback"]}
                body = json.dumps(about).encode()
                encrypted.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body)
        except OSError:
            pass

    while True:
        client, _ = server.accept()
        threading.Thread(target=serve, args=(client,), daemon=True).start()


ip("link", "set", "lo", "up")
for each in {address for found in plan["inside"].values() for address in found} | {public}:
    if not each.startswith(("127.", "::1", "::ffff", "0.", "224.")):
        ip("address", "add", f"{each}/{'128' if ':' in each else '32'}", "dev", "lo", *(["nodad"] if ":" in each else []))
bind("/etc/resolv.conf", "nameserver 127.0.0.53\noptions timeout:1 attempts:1\n")
bind("/etc/hosts", "127.0.0.1 localhost\n")
bind("/etc/nsswitch.conf", "hosts: files dns\n")
for target, arguments in ((answer_names, ()), (listen, (socket.AF_INET,)), (listen, (socket.AF_INET6,))):
    threading.Thread(target=target, args=arguments, daemon=True).start()

BASE = "http://127.0.0.1:8080"
with StandIn() as ovaledge:
    settings = {
        "AUTH_MODE": "remote_login", "MCP_PUBLIC_BASE_URL": BASE, "OAUTH_KEY_FILE": plan["keys"], "OAUTH_STORE": "memory",
        "OVALEDGE_BASE_URL": ovaledge.base_url, "OAUTH_CA_BUNDLE": plan["bundle"], "LOG_LEVEL": "debug",
    }  # fmt: skip
    with HTTPProgram(plan["program"], folder, port=8080, **settings) as program:
        found: dict = {"seen": {}, "pages": {}}

        def page(host: str, number: int) -> int:
            visitor = Visitor(program, BASE, f"198.51.100.{number}")
            app = App(visitor, redirect="http://127.0.0.1:41000/callback", client_id=f"https://{host}/client.json")
            before = len(seen)
            status = Person(visitor, ("", "")).open(app.link()).status
            found["seen"][host if host in plan["inside"] else host.partition(".")[0]] = seen[before:]
            return status

        for number, host in enumerate(plan["inside"]):
            found["pages"][host] = page(host, number)
        found["good"], found["rebinding"] = page("good.web.example", 100), page("rebinding.web.example", 101)
        found["questions"] = {f"{name} {kind}": count for (name, kind), count in questions.items()}
        found["log"] = program.log[-3000:]
print(json.dumps(found))
