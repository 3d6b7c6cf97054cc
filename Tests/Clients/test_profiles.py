"""Profiles: settings files of their own for a person with several catalogs or accounts, and the commands that manage them."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from stand_in import StandIn
from wire import Wire, clean_environment

SECRET = "geheim-9c41e7"


class Person:
    """Someone with a home folder and a client, who types commands."""

    def __init__(self, program: str, home: Path):
        self.program, self.home = program, home
        self.cursor = home / ".cursor/mcp.json"
        self.cursor.parent.mkdir()
        self.cursor.write_text("{}")
        self.profiles = home / "config/oe-mcp/profiles"

    def run(self, *words: str, code: int = 0, typed: str | None = None, **settings: object) -> subprocess.CompletedProcess:
        done = subprocess.run(
            [self.program, *words], input=typed or "", capture_output=True, text=True, timeout=60, cwd=self.home,
            env=clean_environment(self.home, **settings),
        )  # fmt: skip
        assert done.returncode == code, done
        assert SECRET not in done.stdout + done.stderr
        return done

    def add(self, name: str, *settings: str, typed: str = f"OVALEDGE_USER_SECRET={SECRET}\n") -> Path:
        self.run("profiles", "add", name, *settings, "-", typed=typed)
        return self.profiles / f"{name}.env"

    def install(self, *words: str, code: int = 0) -> subprocess.CompletedProcess:
        return self.run("install", "cursor", "--no-check", *words, code=code)

    @property
    def entries(self) -> dict[str, list[str]]:
        return {name: entry["args"] for name, entry in json.loads(self.cursor.read_text())["mcpServers"].items()}

    def terminal(self, *words: str, answer: str) -> tuple[int, str]:
        """The same on a terminal, where this is typed once a question is there."""
        person, terminal = os.openpty()
        running = subprocess.Popen(
            [self.program, *words], stdin=terminal, stdout=terminal, stderr=terminal, cwd=self.home,
            env=clean_environment(self.home),
        )  # fmt: skip
        os.close(terminal)
        shown = b""
        while b"[y/N]" not in shown:
            shown += os.read(person, 4096)
        os.write(person, answer.encode() + b"\n")
        code = running.wait(30)
        os.close(person)
        return code, shown.decode()


@pytest.fixture
def person(oe_mcp: str, tmp_path: Path) -> Person:
    return Person(oe_mcp, tmp_path)


def test_a_profile_that_is_a_link_to_nothing_is_shown_as_that_and_can_be_removed(person: Person) -> None:
    live = person.add("live", "OVALEDGE_BASE_URL=https://acme.example/ovaledge")
    (person.profiles / "dead.env").symlink_to("/nowhere/prod.env")
    (person.profiles / "loop.env").symlink_to("loop.env")
    listed = person.run("profiles", "list")
    rows = dict(line.split(maxsplit=1) for line in listed.stdout.splitlines())
    assert rows["live"].startswith("https://acme.example") and all(rows[name].startswith("cannot be used") for name in ("dead", "loop"))
    assert "is a link to /nowhere/prod.env, where there is no file" in listed.stderr
    profiles = {each["name"]: each for each in json.loads(person.run("profiles", "list", "--json").stdout)["profiles"]}
    assert "problems" not in profiles["live"] and "is a link to /nowhere/prod.env" in profiles["dead"]["problems"][0]
    assert "is a link to /nowhere/prod.env" in person.run("profiles", "show", "dead", code=78).stderr
    assert "is a link to" in person.run("profiles", "copy", "dead", "other", code=1).stderr
    for name in ("dead", "loop"):
        person.run("profiles", "remove", name)
        person.run("profiles", "show", name, code=78)
    assert [path.name for path in person.profiles.iterdir()] == [live.name]


def test_36_two_profiles_of_one_credential_share_one_jwt(person: Person, ovaledge: StandIn, start: Callable[..., Wire]) -> None:
    ovaledge.credentials.add(("other-token-11", "other-secret-22"))
    for name, (token, secret) in zip("abc", [*[("petra-token-5f1c", "petra-secret-90ae")] * 2, ("other-token-11", "other-secret-22")]):
        typed = f"OVALEDGE_BASE_URL={ovaledge.base_url}\nOVALEDGE_USER_TOKEN={token}\nOVALEDGE_USER_SECRET={secret}\n"
        person.add(name, typed=typed)
    wires = {}
    for name, exchanges in (("a", 1), ("b", 1), ("c", 2)):
        wires[name] = start("--profile", name, OVALEDGE_CACHE_SECONDS=0)
        wires[name].initialize()
        assert not wires[name].call("asset_explorer", search_terms="orders").is_error
        assert ovaledge.exchanges == exchanges
    used = {seen.headers.get("authorization", "") for seen in ovaledge.requests}
    assert len([each for each in used if each.startswith("jwt ")]) == 2


def test_name_title_log_and_errors_say_which_profile_it_is(person: Person, start: Callable[..., Wire]) -> None:
    person.add("prod", "OVALEDGE_BASE_URL=http://127.0.0.1:9/ovaledge", "OVALEDGE_USER_TOKEN=env:TOKEN")
    wire = start("--profile", "prod", OVALEDGE_MAX_RETRIES=1)
    info = wire.initialize()["serverInfo"]
    assert (info["name"], info["title"]) == ("OvalEdge MCP Server (prod)", "OvalEdge data catalog (prod)")
    answer = wire.call("asset_explorer", search_terms="orders")
    assert answer.is_error and answer.text.startswith("Profile prod: "), answer
    wire.close()
    assert "profile=prod" in wire.err.decode()
    wire = start("--profile", "prod", MCP_SERVER_NAME="catalog of prod")
    assert wire.initialize()["serverInfo"]["name"] == "catalog of prod (prod)"
    usual = start("--profile", "default")
    info = usual.initialize()["serverInfo"]
    assert (info["name"], info["title"]) == ("OvalEdge MCP Server", "OvalEdge data catalog")
    assert not usual.call("asset_explorer", search_terms="orders").text.startswith("Profile")


def test_a_name_that_is_not_there_ends_the_program_and_a_second_source_is_a_usage_error(person: Person, oe_mcp_http: str) -> None:
    person.add("prod")
    for program in (person.program, oe_mcp_http):
        person.program = program
        for words, settings in ((["--profile", "prd"], {}), ([], {"OVALEDGE_PROFILE": "prd"})):
            done = person.run(*words, code=78, **settings)
            assert "Did you mean prod? There is: prod." in done.stderr and done.stdout == ""
        person.run("--profile", "prod", "--env-file", "x.env", code=64)
        assert "profile prod" in person.run("settings", "--profile", "prod").stdout


def test_every_command_refuses_two_sources_and_a_profile_that_is_not_there(person: Person) -> None:
    person.add("prod", "OVALEDGE_BASE_URL=https://acme.example/ovaledge", "OVALEDGE_USER_TOKEN=env:TOKEN")
    (person.home / "x.env").write_text("")
    for words in (
        ["serve"], ["call", "catalog_overview"], ["tools"], ["prompts"], ["resources"], ["audit"], ["stats"], ["status"], ["logs"],
        ["bug-report", "--yes"], ["settings"], ["doctor"], ["secrets", "test"], ["secrets", "set", "OVALEDGE_USER_SECRET"],
    ):  # fmt: skip
        done = person.run(*words, "--profile", "prod", "--env-file", "x.env", code=64)
        assert "name two sources" in done.stderr and not done.stdout, words
        done = person.run(*words, "--profile", "prdo", code=78)
        said = done.stdout if words == ["doctor"] else done.stderr
        assert "Did you mean prod?" in said and (not done.stdout or words == ["doctor"]), words
    person.run("uninstall", "cursor", "--profile", "prod", "--env-file", "x.env", code=64)
    person.run("uninstall", "cursor", "--profile", "gone")
    assert not list(person.home.glob("*.tar"))


def test_a_profile_is_found_where_a_client_hands_over_no_environment(person: Person) -> None:
    done = subprocess.run(
        [person.program, "--profile", "no-such-one"], stdin=subprocess.DEVNULL, capture_output=True, text=True, env={}, cwd="/"
    )
    # That of the person who runs the tests has no such one; but it was looked for.
    assert done.returncode == 78 and "`no-such-one` does not exist" in done.stderr


def test_an_address_from_elsewhere_gets_no_secret_of_a_profile(person: Person, ovaledge: StandIn) -> None:
    person.add("prod", "OVALEDGE_BASE_URL=https://acme.example/ovaledge", "OVALEDGE_USER_TOKEN=env:TOKEN")
    done = person.run("doctor", "--profile", "prod", code=78, OVALEDGE_BASE_URL=ovaledge.base_url)
    assert "OVALEDGE_BASE_URL comes from the environment" in done.stdout and "from profile prod" in done.stdout
    assert ovaledge.exchanges == 0


def test_a_profile_is_a_ceiling_for_writes(person: Person, start: Callable[..., Wire]) -> None:
    person.add("prod", "OVALEDGE_ALLOW_WRITES=descriptions")
    wire = start("--profile", "prod", "--sandbox", "--set", "OVALEDGE_ALLOW_WRITES=all")
    wire.initialize()
    offered = {tool["name"] for tool in wire.request("tools/list")["result"]["tools"]}
    lower = start("--profile", "prod", "--sandbox", OVALEDGE_ALLOW_WRITES="none")
    lower.initialize()
    none = {tool["name"] for tool in lower.request("tools/list")["result"]["tools"]}
    free = start("--sandbox", OVALEDGE_ALLOW_WRITES="all")
    free.initialize()
    every = {tool["name"] for tool in free.request("tools/list")["result"]["tools"]}
    assert none < offered < every
    wire.close()
    assert "asks for more than profile prod allows" in wire.err.decode()


def test_a_profile_is_added_shown_listed_renamed_copied_and_removed(person: Person) -> None:
    file = person.add("prod", "OVALEDGE_BASE_URL=https://acme.example/ovaledge", "ovaledge_user_token=keychain:prod")
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert file.read_text().splitlines() == [
        "OVALEDGE_BASE_URL=https://acme.example/ovaledge", "OVALEDGE_USER_TOKEN=keychain:prod", f"OVALEDGE_USER_SECRET={SECRET}",
    ]  # fmt: skip
    shown = json.loads(person.run("profiles", "show", "prod", "--json").stdout)
    assert {each["name"]: each["value"] for each in shown["settings"]} == {
        "OVALEDGE_BASE_URL": "https://acme.example/ovaledge", "OVALEDGE_USER_TOKEN": "keychain:prod", "OVALEDGE_USER_SECRET": "••••",
    }  # fmt: skip
    assert "keychain:prod" in person.run("profiles", "show", "prod").stdout
    person.run("profiles", "copy", "prod", "test")
    person.run("profiles", "rename", "prod", "live")
    person.run("profiles", "copy", "live", "test", code=1)
    listed = json.loads(person.run("profiles", "--json").stdout)["profiles"]
    assert [(each["name"], each["baseURL"]) for each in listed] == [(name, "https://acme.example/ovaledge") for name in ("live", "test")]
    assert file.with_name("live.env").read_bytes() == file.with_name("test.env").read_bytes()
    person.run("profiles", "remove", "live")
    person.run("profiles", "remove", "live", code=78)
    assert [each.name for each in file.parent.iterdir()] == ["test.env"]
    assert "test" in person.run("profiles", "list").stdout


def test_nothing_is_added_that_cannot_be_used_or_be_seen_by_others(person: Person) -> None:
    for words, code in (
        (["Prod"], 64), (["prod", "OVALEDGE_USER_SECRET=x"], 64), (["prod", "OVALEDGE_USER_TOKN=env:X"], 64), (["prod", "secret"], 64),
        (["prod", "OVALEDGE_TIMEOUT_SECONDS=soon"], 78), (["prod", "OVALEDGE_BASE_URL=http://acme.example/ovaledge"], 78),
    ):  # fmt: skip
        done = person.run("profiles", "add", *words, code=code)
        assert done.stdout == "" and done.stderr.count(". ") >= 1, done
    person.run("profiles", "add", "prod", "-", code=64, typed="no setting\n")
    person.run("profiles", "add", "prod", "-", code=64, typed="NO_SETTING_OF_OURS=1\n")
    assert not person.profiles.exists()
    person.add("prod")
    person.run("profiles", "add", "prod", code=1)
    secret = person.home / "secret"
    person.run("profiles", "add", "file", f"OVALEDGE_USER_SECRET_FILE={secret}", code=78)
    secret.write_text(SECRET)
    secret.chmod(0o600)
    person.run("profiles", "add", "file", f"OVALEDGE_USER_SECRET_FILE={secret}")
    assert json.loads(person.run("profiles", "show", "file", "--json").stdout)["settings"] == [
        {"name": "OVALEDGE_USER_SECRET", "value": "••••"}, {"name": "OVALEDGE_USER_SECRET_FILE", "value": str(secret)},
    ]  # fmt: skip
    for words in (["show"], ["nothing"], ["list", "prod"], ["rename", "prod"], ["copy", "prod", "A"]):
        person.run("profiles", *words, code=64)
    assert (person.profiles / "prod.env").read_text() == f"OVALEDGE_USER_SECRET={SECRET}\n"


def test_a_profile_that_a_client_starts_is_removed_after_asking(person: Person) -> None:
    file = person.add("prod")
    person.install("--profile", "prod")
    done = person.run("profiles", "remove", "prod", code=64)
    assert "cursor (ovaledge-prod)" in done.stderr and "--yes" in done.stderr
    code, shown = person.terminal("profiles", "remove", "prod", answer="n")
    assert (code, file.exists()) == (1, True) and "cursor (ovaledge-prod)" in shown
    assert person.terminal("profiles", "remove", "prod", answer="y")[0] == 0
    assert not file.exists()
    states = json.loads(person.run("status", "--json", code=1).stdout)["clients"]
    assert [finding["code"] for finding in states[0]["findings"]] == ["client.no_profile"]
    assert "`oe-mcp setup --profile prod`" in states[0]["findings"][0]["fix"]
    person.add("prod")
    assert "still starts prod" in person.run("profiles", "rename", "prod", "live").stderr
    person.run("profiles", "rename", "live", "prod")
    person.run("profiles", "remove", "prod", "--yes")


def test_a_profile_that_a_client_starts_by_its_file_counts_as_started(person: Person) -> None:
    file = person.add("work")
    person.install("--env-file", str(file), "--name", "mine")
    done = person.run("profiles", "remove", "work", code=64)
    assert "cursor (mine)" in done.stderr and "oe-mcp uninstall cursor --name mine" in done.stderr and file.exists()
    person.run("profiles", "remove", "work", "--yes")
    (state,) = json.loads(person.run("status", "--json", code=1).stdout)["clients"]
    assert [finding["code"] for finding in state["findings"]] == ["client.no_profile"] and str(file) in state["findings"][0]["message"]
    person.add("work")
    assert "cursor still starts work" in person.run("profiles", "rename", "work", "job").stderr


def kept(person: Person, name: str, *settings: str) -> Path:
    """A profile whose secret is kept where `oe-mcp setup --keep file` puts it."""
    file = person.home / f"config/oe-mcp/secrets/{name}.OVALEDGE_USER_SECRET"
    person.run("secrets", "set", f"file:{file}", typed=SECRET)
    person.run("profiles", "add", name, f"OVALEDGE_USER_SECRET=file:{file}", *settings)
    return file


def test_a_secret_that_was_kept_for_a_profile_goes_with_it(person: Person) -> None:
    file, other = kept(person, "two"), kept(person, "two-b")
    assert f"Nothing is kept at file:{file} any more" in person.run("profiles", "remove", "two", "--yes").stdout
    assert not file.exists() and other.read_text() == SECRET
    # The same where the profile does not name it any more.
    person.run("profiles", "remove", "two-b")
    kept(person, "two").with_name("two.OVALEDGE_USER_TOKEN").write_text("petra-token-5f1c")
    person.run("profiles", "remove", "two")
    assert list(file.parent.iterdir()) == []


def test_a_secret_that_others_use_or_that_is_kept_elsewhere_stays(person: Person) -> None:
    file = kept(person, "two")
    person.run("profiles", "add", "three", f"OVALEDGE_USER_SECRET_FILE={file}")
    assert "is kept for three" in person.run("profiles", "remove", "two").stdout
    person.run("profiles", "remove", "three")
    assert file.read_text() == SECRET


def test_a_secret_comes_along_with_a_profile_that_is_renamed_or_copied(person: Person) -> None:
    file = kept(person, "two")
    person.run("profiles", "copy", "two", "three")
    person.run("profiles", "rename", "two", "live")
    files = [file.with_name(f"{name}.OVALEDGE_USER_SECRET") for name in ("live", "three")]
    assert sorted(file.parent.iterdir()) == files
    for each, name in zip(files, ("live", "three")):
        assert (each.read_text(), each.stat().st_mode & 0o777) == (SECRET, 0o600)
        assert (person.profiles / f"{name}.env").read_text() == f"OVALEDGE_USER_SECRET=file:{each}\n"
        person.run("secrets", "test", "OVALEDGE_USER_SECRET", "--profile", name)
    person.run("profiles", "copy", "live", "three", code=1)
    person.run("profiles", "remove", "live")
    assert list(file.parent.iterdir()) == files[1:]


def test_an_entry_that_is_gone_with_its_profile_is_not_offered_again(person: Person) -> None:
    person.add("job")
    person.install("--profile", "job")
    person.cursor.write_text("{}")
    (wiped,) = json.loads(person.run("status", "cursor", "--json", code=1).stdout)["clients"][0]["findings"]
    assert "`oe-mcp install cursor --profile job`" in wiped["fix"]
    person.run("profiles", "remove", "job")
    (wiped,) = json.loads(person.run("status", "cursor", "--json", code=1).stdout)["clients"][0]["findings"]
    assert "install cursor --name" not in wiped["fix"].replace("uninstall", "") and "`oe-mcp uninstall cursor --name ovaledge-job`" in wiped["fix"]
    person.run("uninstall", "cursor", "--profile", "job")
    assert "no entry" in person.run("status", "cursor").stdout


def test_the_default_profile_is_used_by_entries_that_name_none(person: Person) -> None:
    file = person.home / "config/oe-mcp/.env"
    person.add("default")
    assert file.exists() and not person.profiles.exists()
    person.cursor.write_text(json.dumps({"mcpServers": {"ovaledge": {"command": person.program, "args": []}}}))
    person.run("profiles", "remove", "default", code=64)
    person.cursor.write_text(json.dumps({"mcpServers": {"ovaledge": {"command": person.program, "args": ["--env-file", "/x"]}}}))
    person.run("profiles", "remove", "default")
    assert not file.exists()


def test_entries_name_their_profile(person: Person) -> None:
    done = person.install()
    assert person.entries == {"ovaledge": ["--profile", "default"]} and "no settings yet" in done.stderr and "oe-mcp setup" in done.stderr
    assert "Did you mean" not in person.install("--profile", "prod", code=78).stderr
    person.install("--profile", "default", code=78)
    person.add("prod")
    person.add("default")
    person.install("--profile", "prod")
    assert "no settings yet" not in person.install("--profile", "default").stderr
    assert person.entries == {"ovaledge": ["--profile", "default"], "ovaledge-prod": ["--profile", "prod"]}
    states = json.loads(person.run("status", "--json").stdout)["clients"]
    assert [(each["name"], each["profile"]) for each in states] == [("ovaledge", "default"), ("ovaledge-prod", "prod")]
    assert ", profile prod" in person.run("status").stdout
    person.run("uninstall", "cursor", "--profile", "prod")
    assert set(person.entries) == {"ovaledge"}
    person.cursor.write_text(json.dumps({"mcpServers": {"mine": {"command": person.program, "args": ["--profile=prod"]}}}))
    states = {each["name"]: each for each in json.loads(person.run("status", "--json", code=1).stdout)["clients"]}
    assert states["mine"]["profile"] == "prod" and states["ovaledge"]["findings"][0]["code"] == "client.wiped"
    person.add("sixteen-letters-")
    person.install("--profile", "sixteen-letters-")
