"""`oe-mcp setup` at a terminal of its own, against the stand-in: what it asks, checks, writes, and leaves alone."""

from __future__ import annotations

import json
import os
import pwd
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from key_stores import KeyStore, found
from stand_in import EXCHANGE, Reply, StandIn, html
from terminal import Terminal

SECRET = "petra-secret-90ae"
TOKEN = "petra-token-5f1c"
AGREEMENT = "Write this? [Y/n]"


class Home:
    """A home folder that is also that of a program which is told nothing about it, as clients start some."""

    def __init__(self, program: str, path: Path):
        self.program, self.path = program, path
        self.place = pwd.getpwuid(os.geteuid()).pw_dir
        self.variables = {"HOME": self.place, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TERM": "xterm"}
        self.mounts = "true"
        for folder in (".cursor", ".gemini"):
            (path / folder).mkdir(parents=True)
        path.chmod(0o700)

    def command(self, *words: str) -> list[str]:
        inside = f'{self.mounts} && mount --bind "$0" "$1" && shift && exec "$@"'
        return ["unshare", "--mount", "sh", "-c", inside, str(self.path), self.place, self.program, "setup", *words]

    def at_terminal(self, *words: str, columns: int = 100) -> Terminal:
        return Terminal(self.command(*words), self.variables, Path("/"), columns)

    def run(self, *words: str, typed: str = "", **variables: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            self.command(*words), input=typed, capture_output=True, text=True, timeout=60, cwd="/",
            env=self.variables | variables, start_new_session=True,
        )  # fmt: skip

    def read(self, place: str) -> str:
        return (self.path / place).read_text()

    @property
    def files(self) -> dict[str, bytes]:
        files = (each for each in sorted(self.path.rglob("*")) if each.is_file())
        return {str(each.relative_to(self.path)): each.read_bytes() for each in files}

    def holding(self, text: str) -> list[str]:
        return [name for name, content in self.files.items() if text.encode() in content]


@pytest.fixture
def home(oe_mcp: str, tmp_path: Path) -> Home:
    if os.geteuid() != 0 or subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode:
        pytest.skip("A home folder of its own needs root and a mount namespace.")
    return Home(oe_mcp, tmp_path / "home")


@pytest.fixture
def key_store(home: Home, tmp_path: Path) -> Iterator[KeyStore]:
    """The key store of a desktop, where one finds it who is told nothing: programs in their usual place, the bus in its."""
    if not found(*KeyStore.NEEDS):
        pytest.skip("gnome-keyring, secret-tool and dbus-daemon are missing; scripts/need test unpacks them.")
    store = KeyStore(tmp_path / "keys")
    place = f"/run/user/{os.geteuid()}"
    home.mounts = (
        f"mount --bind {store.folder}/bin /usr/local/bin && mount -t tmpfs tmpfs /run && mkdir -p {place} && "
        f"touch {place}/bus && mount --bind {store.folder}/bus {place}/bus"
    )
    home.variables |= {"PATH": "/usr/local/bin:/usr/bin:/bin", "XDG_RUNTIME_DIR": place}
    yield store
    store.stop()


# What is typed at each question, in their order.
WAY = [
    ("Address of your OvalEdge", "address"),
    ("User token", TOKEN),
    ("Secret of that user token", SECRET),
    ("Where is the secret to be kept?", "profile"),
    ("Install into which?", "cursor"),
    (AGREEMENT, "y"),
]


def walk(terminal: Terminal, ovaledge: StandIn, until: int = len(WAY)) -> None:
    """Answers the first questions, and waits for the next."""
    for question, answer in WAY[:until]:
        terminal.until(question)
        terminal.until("\n" if question == AGREEMENT else ":\n")
        terminal.type(ovaledge.base_url if answer == "address" else answer)
    if until < len(WAY):
        terminal.until(WAY[until][0])


def entry(home: Home) -> dict:
    return json.loads(home.read(".cursor/mcp.json"))["mcpServers"]["ovaledge"]


@pytest.mark.parametrize("place", ["profile", "file"])
def test_from_nothing_to_a_client_that_works(home: Home, ovaledge: StandIn, place: str) -> None:
    with home.at_terminal() as terminal:
        walk(terminal, ovaledge, until=3)
        for question, answer in (("Number [1]:", place), *WAY[4:5]):
            terminal.until(question)
            terminal.type(answer)
        terminal.until(AGREEMENT)
        assert f"OVALEDGE_BASE_URL={ovaledge.base_url}" in terminal.seen and "OVALEDGE_USER_TOKEN=••••" in terminal.seen
        assert '+    "ovaledge": {' in terminal.seen
        assert home.files == {}
        terminal.type("")
        assert terminal.ended() == 0, terminal.seen
    shown = terminal.seen
    assert "✓ Address" in shown and "✓ Sign-in" in shown and "✓ Started as a client starts it: " in shown
    assert shown.count('+    "ovaledge": {') == 1
    assert "Next:" in shown and "oe-mcp uninstall cursor" in shown
    assert entry(home)["args"] == ["--profile", "default"] and entry(home)["command"] == home.program
    assert not (home.path / ".gemini/settings.json").exists()
    profile = home.path / ".config/oe-mcp/.env"
    kept = profile if place == "profile" else profile.parent / "secrets/default.OVALEDGE_USER_SECRET"
    assert home.holding(SECRET) == [str(kept.relative_to(home.path))]
    assert profile.stat().st_mode & 0o777 == kept.stat().st_mode & 0o777 == 0o600
    if place == "file":
        named = f"file:{home.place}/.config/oe-mcp/secrets/default.OVALEDGE_USER_SECRET"
        assert f"OVALEDGE_USER_SECRET={named}" in profile.read_text().splitlines() and named in shown


def test_the_secret_is_seen_nowhere(home: Home, ovaledge: StandIn) -> None:
    with home.at_terminal() as terminal:
        walk(terminal, ovaledge, until=2)
        terminal.until(":\n")
        assert not terminal.echoes
        terminal.type(SECRET)
        terminal.until("Where is the secret to be kept?")
        assert terminal.echoes and terminal.attributes == terminal.before
        for process in Path("/proc").glob("[0-9]*"):
            for file in ("cmdline",) + (("environ",) if process.name == str(terminal.program.pid) else ()):
                try:
                    assert SECRET.encode() not in (process / file).read_bytes()
                except (FileNotFoundError, ProcessLookupError):
                    pass
        for question, answer in WAY[3:]:
            if question != WAY[3][0]:
                terminal.until(question)
            terminal.type(answer)
        assert terminal.ended() == 0, terminal.seen
    assert SECRET not in terminal.seen
    assert home.holding(SECRET) == [".config/oe-mcp/.env"]


def test_a_key_store_keeps_the_secret(home: Home, ovaledge: StandIn, key_store: KeyStore) -> None:
    with home.at_terminal() as terminal:
        walk(terminal, ovaledge, until=3)
        terminal.until("1  keychain: the key store")
        for question, answer in (("Number [1]:", ""), *WAY[4:]):
            terminal.until(question)
            terminal.type(answer)
        assert terminal.ended() == 0, terminal.seen
    assert "OVALEDGE_USER_SECRET=keychain:OVALEDGE_USER_SECRET" in home.read(".config/oe-mcp/.env").splitlines()
    assert key_store.lookup("OVALEDGE_USER_SECRET") == SECRET and home.holding(SECRET) == []


def test_a_key_store_that_does_not_answer_is_no_reason_to_write_the_secret_down(
    home: Home, ovaledge: StandIn, key_store: KeyStore
) -> None:
    words = [*ALL[:4], "--keep", "keychain", *ALL[6:]]
    home.variables["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/run/nowhere"
    done = home.run("--base-url", ovaledge.base_url, *words, typed=f"{TOKEN}\n{SECRET}\n")
    assert done.returncode == 1 and "key store" in done.stderr and SECRET not in done.stdout + done.stderr
    assert home.files == {}


def test_a_wrong_address_is_asked_again(home: Home, ovaledge: StandIn) -> None:
    with home.at_terminal() as terminal:
        for wrong, said in (("", "is needed"), ("ftp://x", "https://"), ("http://127.0.0.1:9/ovaledge", "✗ Address:")):
            terminal.until("Address of your OvalEdge")
            terminal.until(":\n")
            terminal.type(wrong)
            terminal.until(said)
        terminal.until("[http://127.0.0.1:9/ovaledge]:")
        terminal.type(ovaledge.base_url)
        terminal.until("✓ Address:")
        terminal.until("User token")


def test_an_address_without_a_sign_in_is_said_to_be_so_at_once(home: Home, ovaledge: StandIn) -> None:
    root = ovaledge.base_url.removesuffix("/ovaledge")
    with home.at_terminal() as terminal:
        terminal.until("Address of your OvalEdge")
        terminal.type(root)
        terminal.until("✗ Address:")
        terminal.until("/ovaledge as a rule")
        terminal.until(f"[{ovaledge.base_url}]:")
        terminal.type("")
        terminal.until("✓ Address:")
        terminal.until("User token")
    done = home.run("--base-url", f"{root}/elsewhere", *ALL, typed=f"{TOKEN}\n{SECRET}\n")
    assert done.returncode == 1 and "no OvalEdge sign-in" in done.stderr and ovaledge.tokens == []


def test_an_address_is_taken_as_a_browser_shows_it(home: Home, ovaledge: StandIn) -> None:
    words = ["--base-url", f"{ovaledge.base_url}/#nav/home", *ALL]
    assert home.run(*words, typed=f"{TOKEN}\n{SECRET}\n").returncode == 0
    assert f"OVALEDGE_BASE_URL={ovaledge.base_url}" in home.read(".config/oe-mcp/.env").splitlines()


def test_without_a_client_it_says_so_and_how_to_add_one(home: Home, ovaledge: StandIn) -> None:
    for folder in (".cursor", ".gemini"):
        (home.path / folder).rmdir()
    words = ["--profile", "three", "--base-url", ovaledge.base_url, *ALL[:6], "--yes"]
    done = home.run(*words, typed=f"{TOKEN}\n{SECRET}\n")
    assert done.returncode == 0 and "No client that can be set up was found" in done.stderr, done
    assert "oe-mcp install CLIENT --profile three" in done.stdout and "oe-mcp profiles remove three" in done.stdout
    with home.at_terminal("--sandbox") as terminal:
        assert terminal.ended() == 0, terminal.seen
    assert AGREEMENT not in terminal.seen and "oe-mcp install CLIENT --sandbox" in terminal.seen
    assert "Take it away" not in terminal.seen


def test_what_is_not_ovaledge_is_said_to_be_so(home: Home, ovaledge: StandIn) -> None:
    ovaledge.always(EXCHANGE, html())
    with home.at_terminal() as terminal:
        walk(terminal, ovaledge, until=2)
        terminal.type(SECRET)
        terminal.until("✗ Sign-in:")
        terminal.until("Address of your OvalEdge")
    assert home.files == {}


def test_it_says_what_it_waits_for(home: Home, ovaledge: StandIn) -> None:
    ovaledge.always(EXCHANGE, Reply(503, delay=2.5))
    with home.at_terminal() as terminal:
        walk(terminal, ovaledge, until=2)
        terminal.type(SECRET)
        terminal.until("Signing in … 1 s")


def test_a_wrong_secret_is_asked_again(home: Home, ovaledge: StandIn) -> None:
    with home.at_terminal() as terminal:
        walk(terminal, ovaledge, until=2)
        terminal.type("wrong-secret-77")
        terminal.until("✗ Sign-in:")
        for question, answer in WAY[1:]:
            terminal.until(question)
            terminal.type(answer)
        assert terminal.ended() == 0, terminal.seen
    assert "wrong-secret-77" not in terminal.seen and not home.holding("wrong-secret-77")


def test_who_refuses_has_nothing_written(home: Home, ovaledge: StandIn) -> None:
    with home.at_terminal() as terminal:
        walk(terminal, ovaledge, until=5)
        terminal.type("n")
        assert terminal.ended() == 1
    assert "Nothing was written." in terminal.seen and home.files == {}


@pytest.mark.parametrize("place", range(len(WAY)), ids=[question for question, _ in WAY])
@pytest.mark.parametrize("key", [b"\x03", b"\x04"], ids=["Ctrl-C", "Ctrl-D"])
def test_who_leaves_at_a_question_has_nothing_written(home: Home, ovaledge: StandIn, place: int, key: bytes) -> None:
    with home.at_terminal() as terminal:
        walk(terminal, ovaledge, until=place)
        terminal.until("\n" if place == 5 else ":\n")
        terminal.press(key)
        assert terminal.ended() == (-signal.SIGINT if key == b"\x03" else 1), terminal.seen
        assert terminal.attributes == terminal.before
    assert home.files == {} and SECRET not in terminal.seen


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_the_terminal_as_it_was(home: Home, ovaledge: StandIn, number: signal.Signals) -> None:
    with home.at_terminal() as terminal:
        walk(terminal, ovaledge, until=2)
        terminal.until(":\n")
        assert not terminal.echoes
        terminal.press(b"\x1a\x1c")
        os.kill(terminal.program.pid, number)
        assert terminal.ended() == -number and terminal.attributes == terminal.before


def test_a_narrow_terminal_is_wide_enough(home: Home, ovaledge: StandIn) -> None:
    with home.at_terminal(columns=20) as terminal:
        walk(terminal, ovaledge)
        assert terminal.ended() == 0, terminal.seen
    assert entry(home)["args"] == ["--profile", "default"]


# Without a person

ALL = ["--user-token", "-", "--user-secret", "-", "--keep", "profile", "--client", "cursor", "--yes"]


def test_without_a_terminal_it_asks_nothing_and_names_the_options(home: Home) -> None:
    done = home.run()
    assert done.returncode == 64 and done.stdout == ""
    for option in ("--base-url", "--user-token", "--user-secret", "--client", "--yes"):
        assert option in done.stderr
    assert home.files == {}


def test_every_question_has_an_option(home: Home, ovaledge: StandIn) -> None:
    done = home.run("--base-url", ovaledge.base_url, *ALL, typed=f"{TOKEN}\n{SECRET}\n")
    assert done.returncode == 0, done
    assert entry(home)["args"] == ["--profile", "default"] and home.holding(SECRET) == [".config/oe-mcp/.env"]
    assert SECRET not in done.stdout + done.stderr and TOKEN not in done.stdout + done.stderr


def test_a_search_that_fails_is_said_in_one_line(home: Home, ovaledge: StandIn) -> None:
    ovaledge.always("asset-explorer", Reply(403, {"message": "no"}))
    done = home.run("--base-url", ovaledge.base_url, *ALL, typed=f"{TOKEN}\n{SECRET}\n")
    assert done.returncode == 1, done
    [line] = [line for line in done.stderr.splitlines() if "a search fails" in line]
    assert "U+000A" not in line and "Kind:" not in line and "oe-mcp doctor" in line, line


def test_variables_can_hold_what_is_asked(home: Home, ovaledge: StandIn) -> None:
    words = ["--base-url", ovaledge.base_url, "--user-token", "env:T", "--user-secret", "env:S", *ALL[4:]]
    assert home.run(*words, T=TOKEN, S=SECRET).returncode == 0
    assert home.run(*words, T=TOKEN).returncode == 64


def test_a_secret_can_stay_where_it_is(home: Home, ovaledge: StandIn) -> None:
    kept = home.path / "kept"
    kept.write_text(SECRET + "\n")
    kept.chmod(0o600)
    place = f"file:{home.place}/kept"
    words = ["--base-url", ovaledge.base_url, "--user-token", "-", "--user-secret", place, *ALL[6:]]
    done = home.run(*words, typed=f"{TOKEN}\n")
    assert done.returncode == 0, done
    assert f"OVALEDGE_USER_SECRET={place}" in home.read(".config/oe-mcp/.env") and place in done.stdout
    assert home.holding(SECRET) == ["kept"]


def test_a_secret_on_the_command_line_is_refused_and_not_repeated(home: Home, ovaledge: StandIn) -> None:
    done = home.run("--base-url", ovaledge.base_url, "--user-token", TOKEN, "--user-secret", SECRET, "--yes")
    assert done.returncode == 64 and TOKEN not in done.stderr and SECRET not in done.stderr
    assert "--user-token" in done.stderr and home.files == {}


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--keep", "wallet"], "--keep"),
        (["--client", "cursr"], "cursor"),
        (["--base-url", "acme"], "--base-url"),
        (["--profile", "No Name"], "No Name"),
        (["--set", "OVALEDGE_USER_SECRET=x"], "OVALEDGE_USER_SECRET"),
        (["--set", "OVALEDGE_TIMOUT_SECONDS=17"], "Did you mean OVALEDGE_TIMEOUT_SECONDS?"),
        (["--set", "LOG_LEVEL=info", "--set", "log_level=error"], "LOG_LEVEL twice"),
        (["--client", "all", "--client", "cursor"], "stand alone"),
        (["--set", "COLOUR=red"], "`COLOUR` is not a setting"),
        (["--set", "OVALEDGE_USER_SECERT=hunter2"], "Did you mean OVALEDGE_USER_SECRET"),
        (["--set", "MCP_REMOTE_BEARER_TOKEN=hunter2"], "others can read it"),
        (["--base-url", "https://a.example/ovaledge", "--base-url", "https://b.example/ovaledge"], "--base-url"),
        (["--user-token", "-"], "--user-secret"),
        (["--env-file", "x"], "--profile"),
    ],
)
def test_what_cannot_be_is_a_usage_error(home: Home, words: list[str], named: str) -> None:
    done = home.run(*words)
    assert done.returncode == 64 and named in done.stderr and home.files == {}


def test_a_wrong_answer_ends_it_without_a_person(home: Home, ovaledge: StandIn) -> None:
    for address, secret, said in (("http://127.0.0.1:9", SECRET, "✗ Address"), (ovaledge.base_url, "wrong-secret-77", "✗ Sign-in")):
        done = home.run("--base-url", address, *ALL, typed=f"{TOKEN}\n{secret}\n")
        assert done.returncode == 1 and said in done.stderr and secret not in done.stderr
        assert home.files == {}


def test_a_dry_run_shows_everything_and_writes_nothing(home: Home, ovaledge: StandIn) -> None:
    done = home.run("--base-url", ovaledge.base_url, *ALL[:-1], "--dry-run", typed=f"{TOKEN}\n{SECRET}\n")
    assert done.returncode == 0, done
    assert "OVALEDGE_USER_SECRET=••••" in done.stdout and '"ovaledge"' in done.stdout
    assert sorted(each.name for each in home.path.rglob("*")) == [".cursor", ".gemini"]


def test_the_sandbox_needs_no_account(home: Home) -> None:
    with home.at_terminal("--sandbox") as terminal:
        terminal.until("Install into which?")
        terminal.type("")
        terminal.until(AGREEMENT)
        terminal.type("")
        assert terminal.ended() == 0, terminal.seen
    assert entry(home)["args"] == ["--sandbox"] and not (home.path / ".config/oe-mcp/.env").exists()
    assert home.run("--sandbox", "--client", "none", "--yes").returncode == 0


def test_a_profile_has_a_name_and_an_entry_of_its_own(home: Home, ovaledge: StandIn) -> None:
    words = ["--profile", "prod", "--base-url", ovaledge.base_url, "--set", "OVALEDGE_TIMEOUT_SECONDS=17", *ALL]
    assert home.run(*words, typed=f"{TOKEN}\n{SECRET}\n").returncode == 0
    servers = json.loads(home.read(".cursor/mcp.json"))["mcpServers"]
    assert servers["ovaledge-prod"]["args"] == ["--profile", "prod"]
    assert "OVALEDGE_TIMEOUT_SECONDS=17" in home.read(".config/oe-mcp/profiles/prod.env").splitlines()


def test_a_second_time_what_is_there_is_kept(home: Home, ovaledge: StandIn) -> None:
    assert home.run("--base-url", ovaledge.base_url, *ALL, typed=f"{TOKEN}\n{SECRET}\n").returncode == 0
    profile = home.path / ".config/oe-mcp/.env"
    profile.write_text("# mine\n" + profile.read_text() + "LOG_LEVEL=error\n")
    before = profile.read_text()
    with home.at_terminal() as terminal:
        terminal.until(f"[{ovaledge.base_url}]:")
        terminal.type("")
        terminal.until("Enter keeps")
        terminal.type("")
        terminal.until("Install into which?")
        terminal.type("gemini")
        terminal.until(AGREEMENT)
        terminal.type("")
        assert terminal.ended() == 0, terminal.seen
    assert profile.read_text() == before and "ovaledge" in home.read(".gemini/settings.json")
    assert home.run("--client", "all", "--yes").returncode == 0


def test_a_secret_that_moves_is_left_nowhere(home: Home, ovaledge: StandIn) -> None:
    for place, kept in (("file", "secrets/default.OVALEDGE_USER_SECRET"), ("profile", ".env"), ("file", "secrets/default.OVALEDGE_USER_SECRET")):
        words = ["--base-url", ovaledge.base_url, *ALL[:4], "--keep", place, *ALL[6:]]
        assert home.run(*words, typed=f"{TOKEN}\n{SECRET}\n").returncode == 0
        assert home.holding(SECRET) == [f".config/oe-mcp/{kept}"]


def test_what_only_this_shell_has_does_not_count(home: Home, ovaledge: StandIn) -> None:
    """Clients have none of its variables, so an account that only they name is not one."""
    done = home.run(*ALL, typed=f"{TOKEN}\n{SECRET}\n", OVALEDGE_BASE_URL=ovaledge.base_url)
    assert done.returncode == 64 and "--base-url" in done.stderr


def test_a_profile_that_only_variables_lead_to_is_named_by_its_path(home: Home, ovaledge: StandIn) -> None:
    folder = home.place + "/settings"
    words = ["--profile", "prod", "--base-url", ovaledge.base_url, *ALL]
    done = home.run(*words, typed=f"{TOKEN}\n{SECRET}\n", XDG_CONFIG_HOME=folder)
    assert done.returncode == 0, done
    servers = json.loads(home.read(".cursor/mcp.json"))["mcpServers"]
    assert servers["ovaledge-prod"]["args"] == ["--env-file", f"{folder}/oe-mcp/profiles/prod.env"]
    assert "oe-mcp uninstall cursor --name ovaledge-prod" in done.stdout


def test_how_this_shell_reaches_the_network_is_written_down(home: Home, ovaledge: StandIn) -> None:
    done = home.run(
        "--base-url", ovaledge.base_url, *ALL, typed=f"{TOKEN}\n{SECRET}\n",
        https_proxy="http://me:pass-word-4711@127.0.0.1:9", NO_PROXY="127.0.0.1",
    )  # fmt: skip
    assert done.returncode == 0, done
    assert "HTTPS_PROXY=http://me:pass-word-4711@127.0.0.1:9" in home.read(".config/oe-mcp/.env")
    assert "pass-word-4711" not in done.stdout + done.stderr


def test_a_client_that_refuses_is_said_and_the_profile_stays(home: Home, ovaledge: StandIn) -> None:
    (home.path / ".cursor/mcp.json").write_text("{")
    done = home.run("--base-url", ovaledge.base_url, *ALL, "--client", "gemini", typed=f"{TOKEN}\n{SECRET}\n")
    assert done.returncode == 4 and "Cursor" in done.stderr
    assert home.read(".cursor/mcp.json") == "{" and "ovaledge" in home.read(".gemini/settings.json")
    assert "oe-mcp uninstall gemini && oe-mcp profiles remove default\n" in done.stdout


def test_it_ends_with_how_to_take_all_of_it_away(home: Home, ovaledge: StandIn) -> None:
    words = ["--base-url", ovaledge.base_url, *ALL, "--client", "gemini"]
    assert "oe-mcp uninstall cursor gemini && oe-mcp profiles remove default\n" in home.run(*words, typed=f"{TOKEN}\n{SECRET}\n").stdout


def test_a_profile_that_cannot_be_changed_keeps_its_secret(home: Home, ovaledge: StandIn) -> None:
    words = ["--base-url", ovaledge.base_url, *ALL[:4], "--keep", "file", *ALL[6:]]
    assert home.run(*words, typed=f"{TOKEN}\n{SECRET}\n").returncode == 0
    before = home.files
    (home.path / ".config/oe-mcp/.env").chmod(0o400)
    ovaledge.credentials.add((TOKEN, "another-secret-1"))
    done = home.run(*words, typed=f"{TOKEN}\nanother-secret-1\n")
    assert done.returncode == 1 and "read-only" in done.stderr + done.stdout, done
    assert home.files == before
