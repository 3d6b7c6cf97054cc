"""Hostile clients in the sandbox. An input is one line, one answer to a form, or one end at any moment."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess

import calls
import hostile
from people import MODERN, REFUSALS, People
import target as bounds
from target import Lab, Target, clean_environment

IDS = [
    "0", "-1", "1", "2147483648", "9007199254740993", "1e2", "1.0", "-0", "1.5", "1e400", '""', '"1"', '"\\u0000"', '"caf\\u00e9"', '"cafe\\u0301"',
    '"\\ud83d"', "null", "true", "[]", "{}", '"' + "x" * 3000 + '"', "1" * 300, '"\\u202e"', '"a b"',
]
METHODS = [
    "ping", "tools/list", "tools/call", "resources/list", "resources/read", "resources/templates/list", "resources/subscribe", "prompts/list",
    "prompts/get", "completion/complete", "logging/setLevel", "server/discover", "subscriptions/listen", "initialize", "notifications/initialized",
    "notifications/cancelled", "notifications/progress", "notifications/roots/list_changed", "rpc.x", "", "tools/call ", "TOOLS/LIST", "sampling/createMessage",
]

def attack(lab: Lab, rng: random.Random, inputs: int) -> None:
    lab.take_turns([_forms, _lines, _ends, _lines, _floods], rng, inputs)


# Lines


def _params(rng: random.Random) -> str:
    draw = rng.random()
    if draw < 0.3:
        return hostile.json_text(hostile.value(rng), rng)
    tool, given = calls.write(rng) if rng.random() < 0.3 else rng.choice(calls.READS)
    params: dict = rng.choice((
        {"name": tool, "arguments": given}, {"uri": rng.choice(("docs://ovaledge/overview", "ovaledge://catalog/table/501", hostile.text(rng, 200)))},
        {"name": "trust_assessment", "arguments": {"asset_name": hostile.text(rng, 200)}}, {"cursor": hostile.text(rng, 50)}, {"level": rng.choice(("debug", "error", "x", 7))},
        {"requestId": hostile.Raw(rng.choice(IDS))}, {"progressToken": hostile.Raw(rng.choice(IDS)), "progress": 1},
        {"ref": {"type": "ref/prompt", "name": "explain_tag"}, "argument": {"name": "tag", "value": hostile.text(rng, 50)}},
        {"protocolVersion": rng.choice(("2025-11-25", "2026-07-28", "x", 7)), "capabilities": hostile.value(rng)},
    ))
    if rng.random() < 0.3:
        params["_meta"] = rng.choice((MODERN, {"progressToken": hostile.Raw(rng.choice(IDS))}, hostile.value(rng)))
    if rng.random() < 0.1:
        params |= {"requestState": hostile.text(rng, 200), "inputResponses": hostile.value(rng)}
    return hostile.json_text(params, rng)


def line(rng: random.Random) -> bytes:
    """Something like a message, by no means always one."""
    parts = [
        rng.choice(('"jsonrpc":"2.0"',) * 12 + ('"jsonrpc":2.0', '"jsonrpc":"1.0"', '"x":1')),
        *([f'"id":{rng.choice(IDS)}'] if rng.random() < 0.8 else []),
        *([f'"method":{hostile.quoted(rng.choice(METHODS))}'] if rng.random() < 0.9 else []),
        *([f'"params":{_params(rng)}'] if rng.random() < 0.8 else []),
        *([rng.choice(('"result":{}', '"error":{"code":1,"message":"x"}', '"error":7', '"result":null', '"id":7'))] if rng.random() < 0.1 else []),
    ]
    rng.shuffle(parts)
    data = ("{" + ",".join(parts) + "}").encode("utf-8", "surrogatepass" if rng.random() < 0.05 else "replace").replace(b"\n", b" ")
    draw = rng.random()
    if draw < 0.2:
        return hostile.bent(data, rng)
    if draw < 0.24:
        return b"[" + b",".join([data] * rng.choice((0, 1, 2, 50, 1200))) + b"]"
    if draw < 0.26:
        return rng.randbytes(rng.choice((1, 30, 5000))).replace(b"\n", b"")
    if draw < 0.28:
        return b"[" * rng.choice((600, 100_000)) + rng.choice((b"", b"]" * 600))
    if draw < 0.29:
        return b"\xef\xbb\xbf" + data
    return data


def _lines(lab: Lab, rng: random.Random) -> None:
    """Whatever the lines were, the next ping is answered."""
    over = rng.choice(("pipes", "sockets"))
    target = Target(lab, "--sandbox", over=over, OVALEDGE_ALLOW_WRITES=rng.choice(("none", "all")), OVALEDGE_CALL_DEADLINE_SECONDS=10)
    target.is_asked_anything = True
    if rng.random() < 0.8:
        target.hello(rng.choice(("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")))
    for _ in range(16):
        some = [line(rng) for _ in range(50)]
        target.under_way = some
        for one in some:
            target.send(one)
        lab.tally.inputs += len(some)
        target.settle()
        if lab.is_enough:
            break
    target.close()


def _floods(lab: Lab, rng: random.Random) -> None:
    """Many of one kind in one go: pings, calls that are cancelled, batches, listeners, unknown ids."""
    target = Target(lab, "--sandbox", OVALEDGE_CALL_DEADLINE_SECONDS=10)
    target.is_asked_anything = True
    target.hello(rng.choice(("2025-11-25", "2025-03-26")))
    many = rng.choice((500, 3000))
    call = json.dumps({"name": "asset_explorer", "arguments": {"search_terms": ["orders"]}})
    padding = "x" * rng.choice((1, 2000))
    kinds = {
        "pings": lambda n: f'{{"jsonrpc":"2.0","id":"p{n}","method":"ping"}}',
        "calls": lambda n: f'{{"jsonrpc":"2.0","id":"c{n}","method":"tools/call","params":{call}}}',
        "cancelled": lambda n: f'{{"jsonrpc":"2.0","id":"{padding}{n}","method":"tools/call","params":{call}}}\n'
        f'{{"jsonrpc":"2.0","method":"notifications/cancelled","params":{{"requestId":"{padding}{n}"}}}}',
        "cancels of nothing": lambda n: f'{{"jsonrpc":"2.0","method":"notifications/cancelled","params":{{"requestId":{n}}}}}',
        "answers to nothing": lambda n: f'{{"jsonrpc":"2.0","id":"ask-{n}","result":{{"action":"accept","content":{{"write":true}}}}}}',
        "one id": lambda n: f'{{"jsonrpc":"2.0","id":"same","method":"tools/call","params":{call}}}',
        "lists in a batch": lambda n: "[" + ",".join(f'{{"jsonrpc":"2.0","id":"b{n}-{i}","method":"tools/list"}}' for i in range(20)) + "]",
        "broken": lambda n: "{" * (n % 50),
    }
    kind = rng.choice(sorted(kinds))
    many = many // 20 if kind == "lists in a batch" else many
    for number in range(many):
        target.send(kinds[kind](number).encode())
    lab.tally.inputs += many
    target.under_way = [kinds[kind](number).encode() for number in range(5)]
    target.settle(20)
    target.close()


# Forms


def _forms(lab: Lab, rng: random.Random) -> None:
    """Forms answered in every way but with a yes: nothing may be written, and the model gets no token."""
    people = Refusing(lab, rng)
    target = Target(lab, "--sandbox", OVALEDGE_ALLOW_WRITES="all", OVALEDGE_CALL_DEADLINE_SECONDS=10)
    target.is_asked_anything = True
    people.start(target)
    for _ in range(40):
        for _ in range(10):
            people.call(target, *calls.write(rng))
        target.settle()
        if lab.is_enough:
            break
    target.close()


class Refusing(People):
    """Declares forms and says anything but yes; sometimes twice, or ahead of time."""

    def __init__(self, lab: Lab, rng: random.Random):
        super().__init__(lab, rng, willing=0)

    def question(self, message: dict) -> dict | list[dict] | None:
        said = self.rng.choice(REFUSALS)
        late = {"result": {"action": "accept", "content": {"write": True}}}
        return [said, late] if self.rng.random() < 0.2 else said

    def _answered(self, tool: str, arguments: object, reply: dict) -> None:
        result = reply.get("result")
        structured = result.get("structuredContent") if isinstance(result, dict) else None
        if isinstance(structured, dict) and (structured.get("written") is True or structured.get("confirmationToken")):
            self.lab.found("unconfirmed", f"{tool}: a write or a token after a form that nobody agreed to", json.dumps(reply))


# Ends


def _ends(lab: Lab, rng: random.Random) -> None:
    """The client goes away at any moment, in any way; the program ends by itself, and never by a fault of its own."""
    for _ in range(15):
        hello = '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{}}}\n'
        text = (hello + '{"jsonrpc":"2.0","method":"notifications/initialized"}\n').encode()
        for number in range(rng.choice((0, 1, 3, 40))):
            tool, given = rng.choice(calls.READS)
            params = json.dumps({"name": tool, "arguments": given})
            text += f'{{"jsonrpc":"2.0","id":{number + 2},"method":"tools/call","params":{params}}}\n'.encode()
        text = text[: rng.randrange(len(text) + 1)] if rng.random() < 0.7 else text
        _end(lab, rng, text, rng.choice(("input", "output", "both", "term", "hup")))


def _end(lab: Lab, rng: random.Random, text: bytes, way: str) -> None:
    environment = clean_environment(lab.folder, SWIFT_BACKTRACE="enable=no")
    command = lab.programs["oe-mcp"] + ["--sandbox"]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=environment, cwd=lab.folder)
    lab.tally.inputs += 1
    try:
        process.stdin.write(text)
        process.stdin.flush()
        if way in ("output", "both"):
            os.read(process.stdout.fileno(), rng.choice((1, 50))) if text.count(b"\n") > 1 else None
            process.stdout.close()
        if way in ("term", "hup"):
            process.send_signal(signal.SIGTERM if way == "term" else signal.SIGHUP)
        process.stdin.close()
    except OSError:
        pass
    process.stdin = None
    try:
        if process.stdout.closed:
            process.wait(bounds.PATIENCE)
        else:
            process.communicate(timeout=bounds.PATIENCE)
    except subprocess.TimeoutExpired:
        lab.found("hangs", f"the client went away ({way}) and the program stayed", text)
        process.kill()
        process.wait()
    expected = {0, 1} | ({-signal.SIGTERM, 143} if way == "term" else set()) | ({-signal.SIGHUP, 129} if way == "hup" else set())
    expected |= {-signal.SIGPIPE, 141} if way in ("output", "both") else set()
    if process.returncode not in expected:
        lab.found("crashes", f"ended with {process.returncode} when the client went away ({way})", text)
