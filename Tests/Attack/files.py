"""Torn, foreign and replaced files. An input is one state of one file that the program then reads."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
from pathlib import Path

import hostile
import needles
from backend import EXCHANGE, BackEnd, Bytes, Request, reply
from backends import CREDENTIALS, jwt
import target as bounds
from target import Lab, Target, clean_environment

WRITE = ["call", "--sandbox", "update_asset_descriptions", "object_id=501", "object_type=oetable", "--yes"]


def attack(lab: Lab, rng: random.Random, inputs: int) -> None:
    lab.take_turns([_settings, _reread, _audit, _tokens, _used_tokens, _foreign_settings], rng, inputs)


def run(lab: Lab, arguments: list[str], home: Path, **settings: object) -> subprocess.CompletedProcess | None:
    """One command, at most a few seconds; a fault and a hang are noted, and nothing comes back."""
    environment = clean_environment(home, SWIFT_BACKTRACE="enable=no", **settings)
    try:
        done = subprocess.run(
            lab.programs["oe-mcp"] + arguments, stdin=subprocess.DEVNULL, capture_output=True, env=environment, cwd=home, timeout=bounds.PATIENCE
        )
    except subprocess.TimeoutExpired:
        lab.found("hangs", f"{arguments[0]} took more than {bounds.PATIENCE:.0f} s", " ".join(arguments))
        return None
    if done.returncode < 0:
        lab.found("crashes", f"{arguments[0]} ended with {signal.Signals(-done.returncode).name}", done.stderr[-2000:])
        return None
    for secret in lab.secrets:
        for needle, name in needles.of(secret).items():
            if needle in done.stdout or needle in done.stderr:
                lab.found("leaks", f"{needle.decode()} ({name}) in the output of {arguments[0]}", (done.stdout + done.stderr)[-2000:])
                return None
    return done


def torn(data: bytes, rng: random.Random) -> bytes:
    """The same file after a crash, a full disk or another hand."""
    at = rng.randrange(len(data) + 1)
    match rng.randrange(9):
        case 0 | 1:
            return data[:at]
        case 2:
            return data[:at] + bytes(len(data) - at)
        case 3:
            return data[:at] + bytes(rng.randrange(1, 64)) + data[at:]
        case 4:
            return hostile.bent(data, rng)
        case 5:
            return data + rng.choice((b"\0" * 512, b"{", data, b"\n\n", hostile.text(rng).encode("utf-8", "replace")))
        case 6:
            return rng.randbytes(rng.choice((0, 1, 100, 5000)))
        case 7:
            return data[at:]
        case _:
            changed = bytearray(data)
            if changed:
                changed[at % len(changed)] ^= 1 << rng.randrange(8)
            return bytes(changed)


def entries(log: bytes) -> list[bytes]:
    """Its lines; empty ones say nothing."""
    return [line for line in log.split(b"\n") if line.strip()]


def put(path: Path, data: bytes, rng: random.Random) -> None:
    """Write it, now and then as something that is no file of this user alone."""
    path.unlink(missing_ok=True)
    draw = rng.random()
    if draw < 0.03:
        os.mkfifo(path, 0o600)
    elif draw < 0.06:
        path.symlink_to(rng.choice(("/dev/null", "/dev/zero", str(path), "/nowhere/at/all")))
    else:
        path.write_bytes(data)
        path.chmod(rng.choice((0o600, 0o600, 0o600, 0o600, 0o644, 0o666, 0o400, 0o000)))


def _home(lab: Lab, rng: random.Random) -> Path:
    home = lab.folder / hostile.word(rng)
    home.mkdir(mode=0o700)
    return home


# Settings


def _env(rng: random.Random, base: str) -> bytes:
    lines = [f"OVALEDGE_BASE_URL={base}", f"OVALEDGE_USER_TOKEN='{needles.USER_TOKEN[:-1]}x'", "OVALEDGE_ALLOW_WRITES=none", "# a note", "LOG_LEVEL=info"]
    names = ["OVALEDGE_TIMEOUT_SECONDS", "OVALEDGE_TOOLS", "OVALEDGE_MAX_RETRIES", "OVALEDGE_PROXY", "NO_PROXY", "OVALEDGE_LINK_BASE_URL", "MCP_SERVER_NAME"]
    for _ in range(rng.randrange(6)):
        said = hostile.text(rng, 200).encode("utf-8", "replace").decode()
        lines.append(f"{rng.choice(names)}={rng.choice((str(rng.choice(hostile.INTEGERS)), said, chr(34) + said, needles.USER_SECRET))}")
    rng.shuffle(lines)
    return torn("\n".join(lines).encode("utf-8", "replace"), rng)


def _settings(lab: Lab, rng: random.Random) -> None:
    """A settings file in any state: every command ends with words, and the server serves or says why not."""
    home = _home(lab, rng)
    for _ in range(8):
        path = home / "settings.env"
        put(path, _env(rng, "http://127.0.0.1:1/ovaledge"), rng)
        lab.tally.inputs += 1
        command = rng.choice((["settings"], ["doctor"], ["tools"], ["serve"], ["audit"]))
        run(lab, [*command, "--env-file", str(path)], home, OVALEDGE_USER_SECRET=needles.USER_SECRET, OVALEDGE_TIMEOUT_SECONDS=1)
    shutil.rmtree(home, ignore_errors=True)


def _reread(lab: Lab, rng: random.Random) -> None:
    """A settings file that changes under a running server, which reads it again on SIGHUP."""
    home = _home(lab, rng)
    path = home / "settings.env"
    path.write_text("OVALEDGE_ALLOW_WRITES=none\n")
    path.chmod(0o600)
    target = Target(lab, "--sandbox", "--env-file", str(path), home=home)
    target.hello()
    for _ in range(40):
        put(path, _env(rng, "http://127.0.0.1:1/ovaledge"), rng)
        lab.tally.inputs += 1
        target.process.send_signal(signal.SIGHUP)
        target.post("tools/list")
        target.settle()
    put(path, b"OVALEDGE_ALLOW_WRITES=none\n", random.Random(7))
    target.close()
    shutil.rmtree(home, ignore_errors=True)


def _foreign_settings(lab: Lab, rng: random.Random) -> None:
    """A `.env` in the folder that a client happens to start in decides nothing: the secret goes where the environment says."""
    home = _home(lab, rng)
    spied: list[bytes] = []

    def spy(request: Request) -> Bytes:
        spied.append(request.body)
        return reply(200, json.dumps({"token": jwt("spy", None)}).encode())

    def own(request: Request) -> Bytes:
        body = {"token": jwt("own", None)} if request.path.endswith(EXCHANGE) else {"ok": True, "data": {"items": [], "total": 0}}
        return reply(200, json.dumps(body).encode())

    with BackEnd(spy) as elsewhere, BackEnd(own) as back_end:
        port = f"http://127.0.0.1:{elsewhere.port}"
        lines = {
            "OVALEDGE_BASE_URL": f"{port}/ovaledge", "OVALEDGE_PROXY": port, "HTTP_PROXY": port, "ALL_PROXY": port, "NO_PROXY": "x",
            "OVALEDGE_ALLOW_WRITES": "all", "OVALEDGE_LINK_BASE_URL": f"{port}/login", "LOG_LEVEL": "error", "OVALEDGE_AUDIT_FOLDER": str(home / "x"),
        }
        for _ in range(4):
            chosen = {name: lines[name] for name in lines if rng.random() < 0.6} | {"OVALEDGE_BASE_URL": lines["OVALEDGE_BASE_URL"]}
            (home / ".env").write_text("".join(f"{name}={value}\n" for name, value in chosen.items()))
            lab.tally.inputs += 1
            given = CREDENTIALS | ({"OVALEDGE_BASE_URL": back_end.url} if rng.random() < 0.5 else {})
            target = Target(lab, home=home, OVALEDGE_TOKEN_STORE="false", **given)
            names: list[str] = []
            target.hello()
            target.post("tools/list", {}, lambda reply: names.extend(tool["name"] for tool in reply["result"]["tools"]))
            target.post("tools/call", {"name": "asset_explorer", "arguments": {"search_terms": ["orders"]}})
            target.settle()
            target.close()
            if spied:
                lab.found("leaks", f"./.env of the working directory took {len(spied)} requests, {sum(map(len, spied))} bytes", str(chosen))
            if "create_tag" in names:
                lab.found("unconfirmed", "./.env of the working directory allowed writes", str(chosen))
            spied.clear()
    shutil.rmtree(home, ignore_errors=True)


# The audit log


def _audit(lab: Lab, rng: random.Random) -> None:
    """A log that something happened to: it is read and written on, and never passes as whole when a byte of it differs."""
    home = _home(lab, rng)
    allowed = {"OVALEDGE_ALLOW_WRITES": "all"}
    for number in range(3):
        run(lab, [*WRITE, f"business_description=Text {number}."], home, **allowed)
    folder = next(iter(home.glob(".local/state/oe-mcp/sandbox")), None)
    if folder is None or not (folder / "audit.jsonl").exists():
        lab.found("unnoticed", "there is no audit log after three writes", str(list(home.rglob("*"))))
        return
    kept = {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    for _ in range(10):
        for path in folder.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
        for path, data in kept.items():
            path.write_bytes(data)
            path.chmod(0o600)
        path = folder / "audit.jsonl" if rng.random() < 0.7 else rng.choice(sorted(kept))
        data = torn(kept[path], rng)
        put(path, data, rng)
        lab.tally.inputs += 1
        is_changed = path.name == "audit.jsonl" and path.is_file() and not path.is_symlink() and entries(data) != entries(kept[path])
        is_whole = entries(data)[: len(entries(kept[path]))] == entries(kept[path])
        run(lab, ["audit", "--sandbox"], home)
        checked = run(lab, ["audit", "--sandbox", "--verify"], home)
        # A rest behind entries that are all there is what a crash leaves; it is named, and the log is whole.
        if is_changed and checked is not None and checked.returncode == 0 and not (is_whole and b"audit.jsonl:" in checked.stdout):
            lab.found("unnoticed", f"audit --verify passes: {checked.stdout.decode('utf-8', 'replace')[:200]}", data)
        run(lab, [*WRITE, f"business_description={hostile.word(rng)}."], home, **allowed)
    shutil.rmtree(home, ignore_errors=True)


# Tokens


def _tokens(lab: Lab, rng: random.Random) -> None:
    """The file in which processes share a session token, and whatever stands beside it."""
    home = _home(lab, rng)

    def answer(request: Request) -> Bytes:
        body = {"token": jwt("own", 4_000_000_000)} if request.path.endswith(EXCHANGE) else {"ok": True, "data": {"items": [], "total": 0}}
        return reply(200, json.dumps(body).encode())

    with BackEnd(answer) as back_end:
        given = CREDENTIALS | {"OVALEDGE_BASE_URL": back_end.url, "OVALEDGE_TIMEOUT_SECONDS": 2}
        search = ["call", "asset_explorer", "search_terms=orders"]
        run(lab, search, home, **given)
        kept = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
        for _ in range(10):
            if not kept:
                lab.tally.inputs += 1
                break
            path = rng.choice(sorted(kept))
            put(path, torn(kept[path], rng), rng)
            lab.tally.inputs += 1
            done = run(lab, search, home, **given)
            if done is not None and done.returncode != 0 and path.is_file() and not path.is_symlink():
                lab.found("hangs", f"no answer after {path.name} was torn: {done.stderr.decode('utf-8', 'replace')[-500:]}", path.name)
    shutil.rmtree(home, ignore_errors=True)


def _used_tokens(lab: Lab, rng: random.Random) -> None:
    """Where it is kept which confirmation tokens are used: torn or gone, no token writes twice."""
    home = _home(lab, rng)
    given = {"object_id": 501, "object_type": "oetable", "business_description": f"Text {hostile.word(rng)}."}
    for _ in range(4):
        given["business_description"] = f"Text {hostile.word(rng)}."
        token: list[str] = []
        wrote = 0
        for step in range(4):
            target = Target(lab, "--sandbox", home=home, OVALEDGE_ALLOW_WRITES="all")
            target.hello()
            if step == 0 or not token:
                target.post("tools/call", {"name": "update_asset_descriptions", "arguments": given}, lambda reply: _keep(reply, token))
                target.settle()
            answers: list[dict] = []
            if token:
                agreed = given | {"write_confirmed_by_user": True, "confirmation_token": token[0]}
                target.post("tools/call", {"name": "update_asset_descriptions", "arguments": agreed}, answers.append)
                target.settle()
            target.close()
            wrote += sum(1 for answer in answers if (answer.get("result", {}).get("structuredContent") or {}).get("written") is True)
            for path in sorted(home.rglob("*")):
                if path.is_file() and not path.name.startswith("audit") and rng.random() < 0.5:
                    put(path, torn(path.read_bytes(), rng), rng)
                    lab.tally.inputs += 1
        lab.tally.inputs += 1
        if wrote > 1:
            lab.found("unconfirmed", f"one confirmation token wrote {wrote} times", json.dumps(given))
    shutil.rmtree(home, ignore_errors=True)


def _keep(reply: dict, token: list[str]) -> None:
    structured = reply.get("result", {}).get("structuredContent") or {}
    if isinstance(found := structured.get("confirmationToken"), str):
        token.append(found)
