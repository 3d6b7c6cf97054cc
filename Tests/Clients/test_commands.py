"""The command line as a person uses it, against the stand-in and the sandbox."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from reports import findings
from stand_in import EXCHANGE, StandIn, html
from wire import clean_environment, own_file


@pytest.fixture
def run(oe_mcp: str, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess]:
    def start(*arguments: str, **settings: object) -> subprocess.CompletedProcess:
        return subprocess.run(
            [oe_mcp, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=clean_environment(tmp_path, **settings),
            cwd=tmp_path,
            timeout=30,
        )

    return start


def test_doctor_finds_a_healthy_system(run, settings: dict[str, object]) -> None:
    done = run("doctor", **settings)
    assert done.returncode == 0, done
    found = findings(done.stdout)
    assert len(found) >= 20 and not [status for status, _ in found.values() if status == "FAIL"], done.stdout
    assert found["oe.permission"][0] == found["handshake.session"][0] == "ok", done.stdout


def test_doctor_names_the_remedy(run, ovaledge: StandIn, settings: dict[str, object]) -> None:
    token, secret = next(iter(ovaledge.credentials))
    for trouble, changed, named in (
        (None, {"OVALEDGE_USER_SECRET": "wrong-secret-77"}, "OVALEDGE_USER_SECRET"),
        (None, {"OVALEDGE_BASE_URL": "http://127.0.0.1:9/ovaledge"}, "OVALEDGE_BASE_URL"),
        (None, {"OVALEDGE_USER_TOKEN": ""}, "OVALEDGE_USER_TOKEN"),
        (html(), {}, "OVALEDGE_BASE_URL"),
    ):
        if trouble:
            ovaledge.always(EXCHANGE, trouble)
        done = run("doctor", **(settings | changed))
        assert done.returncode == (78 if "" in changed.values() else 1), done
        failed = [text for status, text in findings(done.stdout).values() if status == "FAIL"]
        assert len(failed) == 1 and named in failed[0], done.stdout
        for text in (secret, "wrong-secret-77"):
            assert text not in done.stdout + done.stderr


def test_doctor_examines_the_sandbox(run) -> None:
    assert run("doctor", "--sandbox").returncode == 0


def test_settings_come_in_order_and_secrets_stay_inside(run, tmp_path: Path) -> None:
    beside = tmp_path / ".env"
    beside.write_text("OVALEDGE_BASE_URL=https://beside.example/ovaledge\nOVALEDGE_TIMEOUT_SECONDS=11\n")
    named = tmp_path / "named.env"
    named.write_text(
        "# a comment\nexport OVALEDGE_BASE_URL='https://named.example/ovaledge'\nOVALEDGE_USER_SECRET=\"from file 5521\"\n"
    )
    for path in (beside, named):
        path.chmod(0o600)
    unnamed = run("settings", LOG_LEVEL="error")
    assert "beside.example" not in unnamed.stdout
    assert unnamed.stderr.count(f"{beside} is not read") == 1 and f"--env-file {beside}" in unnamed.stderr
    assert "https://beside.example/ovaledge" in run("settings", "--env-file", ".env").stdout
    done = run("settings", "--env-file", str(named), OVALEDGE_TIMEOUT_SECONDS=12)
    assert "https://named.example/ovaledge" in done.stdout and "beside.example" not in done.stdout
    assert "from file 5521" not in done.stdout + done.stderr and "••••" in done.stdout
    timeout = next(line for line in done.stdout.splitlines() if line.startswith("OVALEDGE_TIMEOUT_SECONDS"))
    assert " 12 " in timeout, timeout


def test_settings_of_the_users_own_file(run, tmp_path: Path) -> None:
    path = own_file(tmp_path)
    path.write_text("OVALEDGE_BASE_URL=https://config.example/ovaledge\n")
    assert "https://config.example/ovaledge" in run("settings").stdout
    for place, mode in ((path, 0o620), (path, 0o602), (path.parent, 0o770), (path.parent.parent, 0o777)):
        usual = place.stat().st_mode
        place.chmod(mode)
        done = run("settings")
        assert done.returncode == 78 and "config.example" not in done.stdout, done
        command = next(line for line in done.stderr.splitlines() if "chmod" in line).split("run: ")[1]
        subprocess.run(command.split(), check=True)
        assert "https://config.example/ovaledge" in run("settings").stdout
        place.chmod(usual)


def test_all_problems_of_the_settings_at_once(run) -> None:
    done = run(OVALEDGE_BASE_URL="acme", OVALEDGE_TIMEOUT_SECONDS="soon", AUTH_MODE="distant")
    assert done.returncode == 78
    assert done.stdout == ""
    for name in ("OVALEDGE_BASE_URL", "OVALEDGE_TIMEOUT_SECONDS", "AUTH_MODE"):
        assert name in done.stderr, done.stderr


def test_tools_are_listed_for_people_and_programs(run) -> None:
    assert "asset_lineage" in run("tools").stdout
    tools = json.loads(run("tools", "--json").stdout)
    assert {"asset_explorer", "asset_details"} <= {tool["name"] for tool in tools}


def test_a_call_by_pairs_and_by_json(run) -> None:
    pairs = run("call", "--sandbox", "asset_details", "object_id=501", "object_type=oetable")
    whole = run("call", "--sandbox", "asset_details", "--json", '{"object_id": 501, "object_type": "oetable"}')
    assert pairs.returncode == whole.returncode == 0, pairs
    assert pairs.stdout == whole.stdout and "orders" in pairs.stdout


def test_a_call_that_fails_says_so_and_exits_with_1(run) -> None:
    done = run("call", "--sandbox", "asset_details", "object_type=oetabel")
    assert done.returncode == 1
    assert "object_id" in done.stdout + done.stderr and "oetable" in done.stdout + done.stderr


def test_the_sandbox_has_a_large_catalog(run) -> None:
    question = ("asset_explorer", "name=orders", "object_type=oetable")
    for flag in (["--sandbox", "large"], ["--sandbox=large"]):
        done = run("call", *flag, *question)
        assert done.returncode == 0 and "38 assets" in done.stdout, done
    alone = run("call", "--sandbox", *question)
    assert alone.returncode == 0 and "38 assets" not in alone.stdout, alone
    older = run("call", "--sandbox", "large", "--generation", "classic", *question)
    assert older.returncode == 64 and "current release" in older.stderr, older
    assert run("call", "--sandbox=small", *question).returncode == 64


@pytest.mark.parametrize("arguments", [["--sandbocks"], ["dokter"], ["call"], ["call", "--sandbox", "asset_explorr"]])
def test_a_wrong_command_line_is_told(run, arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.returncode == 64 and done.stderr and not done.stdout, done


def test_help_and_version(run) -> None:
    assert run("--version").stdout.startswith("oe-mcp ")
    for command in ([], ["call"], ["tools"], ["doctor"], ["settings"]):
        done = run(*command, "--help")
        assert done.returncode == 0 and "Usage: oe-mcp" in done.stdout, done


def test_an_answer_that_finds_no_room_is_no_success(oe_mcp: str, tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("This system has no /dev/full.")
    with full.open("w") as output:
        done = subprocess.run(
            [oe_mcp, "--sandbox", "call", "asset_explorer"],
            env=clean_environment(tmp_path), cwd=tmp_path, stdout=output, stderr=subprocess.PIPE, text=True, timeout=20,
        )
    assert done.returncode == 74
    assert "cannot write the whole answer" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the runtime of Swift is the system's")
def test_the_program_is_small(oe_mcp: str) -> None:
    # 12 MiB, and a share for the settings of oe-mcp-http, which both programs know since one file serves both; one
    # for answers that stay true: what tools do beyond a request, the notes, lenient reading, and the large catalog; and one
    # for what a company asks of it: counters, traces, secrets in files, a log file; and one for the settings of OAuth; and
    # one for the bridge: a client of MCP, signing in elsewhere, its settings; and one for what writes clients' files; and
    # one for setting up and for what is wrong: profiles, key stores, questions, checks, records, reports, completion; and
    # one for what is known of others without showing it: their secrets in differences, complaints, when clients came.
    shares = (256 << 10) + (1536 << 10) + (320 << 10) + (192 << 10) + (1536 << 10) + (768 << 10) + (1024 << 10) + (128 << 10)
    assert Path(oe_mcp).stat().st_size <= (12 << 20) + shares


def test_the_log_is_in_a_file_of_several_processes_too(start, tmp_path: Path) -> None:
    log = tmp_path / "log" / "oe-mcp.log"
    settings = {"LOG_FILE": log, "LOG_FILE_MAX_BYTES": 65_536, "LOG_FORMAT": "json", "LOG_LEVEL": "debug"}
    wires = [start("--sandbox", **settings) for _ in range(2)]
    for wire in wires:
        wire.initialize()
        for number in range(3):
            wire.call("asset_explorer", search_terms=[f"orders {number}"])
        wire.close()
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert len([line for line in lines if line["event"] == "tool"]) == 6
    assert log.stat().st_mode & 0o777 == 0o600


def test_a_log_file_that_cannot_be_written_is_said_once_and_costs_no_answer(start, tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    (tmp_path / "log").chmod(0o777)
    wire = start("--sandbox", LOG_FILE=tmp_path / "log" / "oe-mcp.log", LOG_LEVEL="debug")
    wire.initialize()
    for _ in range(2):
        assert not wire.call("asset_explorer").is_error
    wire.close()
    said = [line for line in wire.err.decode().splitlines() if "the log is on standard error only" in line]
    assert len(said) == 1 and "chmod go-w" in said[0]


def test_every_command_ends_with_64_where_it_cannot_be_understood(oe_mcp: str, oe_mcp_http: str, tmp_path: Path) -> None:
    def outcome(program: str, *words: str) -> tuple[int, str, str]:
        done = subprocess.run(
            [program, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, env=clean_environment(tmp_path),
            cwd=tmp_path, timeout=30,
        )  # fmt: skip
        return done.returncode, done.stdout, done.stderr

    for program in (oe_mcp, oe_mcp_http):
        help_text = outcome(program, "--help")[1]
        commands = [line.split()[0] for line in help_text.split("Commands:\n")[1].split("\n\n")[0].splitlines()]
        assert len(commands) >= 10
        for command in commands:
            for wrong in (["--no-such-option"], ["--help=3"], ["--set"]):
                code, output, errors = outcome(program, command, *wrong)
                assert (code, output) == (64, "") and errors.count("\n") == 1, (command, wrong, errors)
            code, output, _ = outcome(program, command, "--help")
            assert code == 0 and f"{Path(program).name} {command}" in output
    for words in (
        ["call"], ["login"], ["logout"], ["remote"], ["bridge"], ["install"], ["uninstall"], ["completion"], ["audit", "x"],
        ["call", "--json", "[]", "asset_explorer"], ["tools", "--output", "xml"], ["status", "nothing"], ["nothing"],
        ["tools", "--json", "--output", "csv"], ["audit", "--json", "--output", "table"], ["audit", "--verify", "--json"],
        ["call", "--structured", "--output", "csv", "asset_explorer"],
    ):  # fmt: skip
        code, output, errors = outcome(oe_mcp, *words)
        assert (code, output) == (64, ""), (words, output, errors)
