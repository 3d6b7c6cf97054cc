"""Several `oe-mcp-http` that share one store: a real `redis-server` that is killed, paused, filled, failed over, behind TLS and ACL."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import http_store
from http_program import PING, HTTPProgram, Reply, fields
from network import TINYPROXY, Authority, Far, Proxy
from redis_server import REDIS, Redis
from reports import findings
from sandbox_on_port import SandboxOnPort
from stand_in import EXCHANGE, StandIn
from stand_in import Reply as Answer
from test_http_accounts import call, opened, wait_until
from wire import ROOT, clean_environment

pytestmark = pytest.mark.skipif(not REDIS, reason="redis-server is missing; scripts/need test gets it")

# Two sentences for people, by which tests know why.
GONE = "the shared store cannot be used"
BACK = "the shared store is back"


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Callable[..., Redis]]:
    """Start a store with these lines of configuration."""
    running: list[Redis] = []

    def start(*options: str, **more: object) -> Redis:
        running.append(Redis(tmp_path / f"redis-{len(running)}", *options, **more))
        return running[-1]

    yield start
    for each in running:
        each.stop()


@pytest.fixture
def keys(run, tmp_path: Path) -> Path:
    path = tmp_path / "seal.keys"
    assert run("keys", "new", str(path)).returncode == 0
    return path


@pytest.fixture
def instance(serve, remote, keys: Path) -> Callable[..., HTTPProgram]:
    """Start one that shares this store."""
    return lambda url, **changed: serve(**(remote | {"MCP_STORE_URL": url, "MCP_SEAL_KEY_FILE": keys} | changed))


@pytest.fixture
def two(instance, redis) -> tuple[Redis, HTTPProgram, HTTPProgram]:
    store = redis()
    return store, instance(store.url), instance(store.url)


def read(program: HTTPProgram, pair: tuple[str, str]) -> Reply:
    return program.post(call(), fields(pair))


def is_answered(reply: Reply) -> bool:
    return reply.status == 200 and not reply.json["result"].get("isError")


def at_once(*asking: Callable[[], Reply]) -> list[Reply]:
    with ThreadPoolExecutor(len(asking)) as pool:
        return [each.result() for each in [pool.submit(ask) for ask in asking]]


# What is shared


# Check 31
def test_fifty_parallel_calls_on_two_instances_cost_one_exchange(two, pair, ovaledge: StandIn) -> None:
    store, *programs = two
    replies = at_once(*(lambda program=programs[n % 2]: read(program, pair) for n in range(50)))
    assert all(is_answered(reply) for reply in replies), {reply.body for reply in replies}
    assert ovaledge.exchanges == 1
    found = store.contents()
    assert b":jwt" in found
    for secret in [*pair, *ovaledge.tokens, ovaledge.base_url]:
        assert secret.encode() not in found


def test_a_token_in_hand_costs_the_store_nothing(two, pair) -> None:
    store, program, _ = two
    assert is_answered(read(program, pair))
    before = store.commands()
    assert all(is_answered(read(program, pair)) for _ in range(20))
    # What is counted is this question itself.
    assert store.commands() - before <= 2


def test_a_token_that_one_instance_has_replaced_is_adopted_by_the_other(two, pair, ovaledge: StandIn) -> None:
    _, first, second = two
    assert is_answered(read(first, pair)) and is_answered(read(second, pair))
    for number in range(1, 4):
        ovaledge.revoke()
        assert is_answered(read(first, pair)) and is_answered(read(second, pair))
        assert ovaledge.exchanges == 1 + number


def test_a_wrong_pair_costs_one_exchange_on_two_instances(two, pair, ovaledge: StandIn) -> None:
    store, *programs = two
    wrong = (pair[0], "mistaken-secret-31f0")
    replies = at_once(*(lambda program=programs[n % 2]: read(program, wrong) for n in range(6)))
    replies += [read(program, wrong) for program in programs]
    assert {(reply.status, reply.json["error"]) for reply in replies} == {(401, "invalid_credentials")}
    assert ovaledge.exchanges == 1
    assert b"mistaken" not in store.contents()


def test_failed_sign_ins_from_one_address_are_counted_on_all_instances(redis, instance, pair) -> None:
    store = redis()
    limited = [instance(store.url, MCP_RATE_FAILED_SIGN_INS=4) for _ in range(2)]
    statuses = [read(limited[n % 2], (pair[0], f"mistaken-secret-{n}")).status for n in range(8)]
    # Each has seen three of its own when all together have seen five.
    assert statuses[:4] == [401] * 4 and 429 in statuses[4:6] and statuses[6:] == [429, 429], statuses


# Check 33
def test_a_confirmation_used_on_both_instances_at_once_writes_once(serve, redis, keys, oe_mcp_http: str, tmp_path: Path) -> None:
    store, person = redis(), ("first-user-token", "sandbox-secret")
    change = {"object_id": 501, "object_type": "oetable", "business_description": "Orders of the shop."}
    with SandboxOnPort(oe_mcp_http, tmp_path) as sandbox:
        shared = {"MCP_STORE_URL": store.url, "MCP_SEAL_KEY_FILE": keys, "OVALEDGE_ALLOW_WRITES": "all"}
        # Each has a folder of its own, as on two machines.
        programs = [
            serve(
                AUTH_MODE="remote_credentials", OVALEDGE_BASE_URL=sandbox.url, XDG_STATE_HOME=tmp_path / f"state-{n}", **shared
            )
            for n in range(2)
        ]

        def write(program: HTTPProgram, **more: object) -> dict:
            asked = call(name="update_asset_descriptions", arguments=change | more)
            return program.post(asked, fields(person) | {"MCP-Protocol-Version": "2025-11-25"}).json["result"]

        token = write(programs[0])["structuredContent"]["confirmationToken"]
        agreed = {"write_confirmed_by_user": True, "confirmation_token": token}
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda n: write(programs[n % 2], **agreed), range(8)))
        written = [answer for answer in answers if (answer.get("structuredContent") or {}).get("written")]
        assert len(written) == 1, answers

        # Check 32
        token = write(programs[0], business_description="Orders.")["structuredContent"]["confirmationToken"]
        agreed = {"write_confirmed_by_user": True, "confirmation_token": token, "business_description": "Orders."}
        store.kill()
        refused = write(programs[1], **agreed)
        assert refused["isError"] and refused["content"][0]["text"].startswith("Nothing was written."), refused
        assert refused["_meta"]["com.ovaledge/error"]["retry"] == "later", refused
        store.start()
        wait_until(lambda: (write(programs[1], **agreed).get("structuredContent") or {}).get("written"))


def test_a_session_that_ends_on_one_instance_has_ended_on_the_other(redis, instance, pair) -> None:
    store = redis()
    first, second = (instance(store.url, MCP_HTTP_STATELESS="false") for _ in range(2))
    known, unknown = opened(first, pair), opened(first, pair)
    assert second.post(PING, known).status == 200
    for session in (known, unknown):
        assert first.ask("DELETE", "/mcp", session).status == 204
    assert second.post(PING, unknown).status == 404
    # Who knew it asks again after a second.
    wait_until(lambda: second.post(PING, known).status == 404, within=3)


# What goes wrong


# Check 32
def test_without_the_store_reads_go_on_and_with_it_all_is_as_before(two, pair, ovaledge: StandIn) -> None:
    store, first, second = two
    assert is_answered(read(first, pair))
    store.kill()
    for _ in range(6):
        ovaledge.revoke()
        assert is_answered(read(first, pair)) and is_answered(read(second, pair))
    health = first.ask("GET", "/health")
    assert health.status == 200 and health.json["status"] == "healthy"
    assert health.json["store"]["available"] is False and health.json["store"]["errors"] > 0
    assert first.ask("GET", "/ready").status == 200
    store.start()
    wait_until(lambda: first.ask("GET", "/health").json["store"]["available"])
    first.wait_for_log(BACK)
    assert (first.log.count(GONE), first.log.count(BACK)) == (1, 1), first.log
    before = ovaledge.exchanges
    ovaledge.revoke()
    wait_until(lambda: second.ask("GET", "/health").json["store"]["available"])
    assert is_answered(read(first, pair)) and is_answered(read(second, pair))
    assert ovaledge.exchanges == before + 1


def test_who_requires_the_store_is_not_ready_without_it(redis, instance) -> None:
    store = redis()
    program = instance(store.url, MCP_STORE_REQUIRED="true")
    assert program.ask("GET", "/ready").status == 200
    store.kill()
    wait_until(lambda: program.ask("GET", "/ready").status == 503)
    refused = program.ask("GET", "/ready").json
    assert refused["error"] == "not_ready" and "store" in refused["error_description"], refused
    assert program.ask("GET", "/health").status == 200
    store.start()
    wait_until(lambda: program.ask("GET", "/ready").status == 200)


def test_a_paused_store_holds_no_call_up_for_long(two, pair) -> None:
    store, first, second = two
    assert is_answered(read(first, pair))
    store.pause()
    begun = time.monotonic()
    assert is_answered(read(second, pair))
    assert is_answered(read(first, pair))
    # Generous: three limits of a second each are what one call can meet.
    assert time.monotonic() - begun < 10
    second.wait_for_log(GONE)
    store.resume()
    wait_until(lambda: second.ask("GET", "/health").json["store"]["available"])


def test_an_instance_that_is_killed_in_its_turn_holds_the_others_up_for_seconds(redis, instance, pair, ovaledge) -> None:
    store = redis()
    programs = [instance(store.url, OVALEDGE_TIMEOUT_SECONDS=2) for _ in range(2)]
    ovaledge.next(EXCHANGE, Answer(200, {"token": "never-comes"}, delay=1.5))
    with ThreadPoolExecutor(1) as pool:
        lost = pool.submit(read, programs[0], pair)
        wait_until(lambda: ovaledge.exchanges == 1)
        assert any(key.endswith("lock") for key in store.keys())
        programs[0].process.kill()
        assert is_answered(read(programs[1], pair))
        assert lost.exception() is not None
    assert ovaledge.exchanges == 2


FAULTS = {
    "full": (["maxmemory 1", "maxmemory-policy noeviction"], "", "maxmemory"),
    "replica": (["replicaof 127.0.0.1 1", "replica-serve-stale-data yes"], "", "primary"),
    "forbidden": (["user default off", "user app on >app-secret-71d0 ~oe-mcp:* +get +ping"], "app:app-secret-71d0@", "ACL SETUSER"),
    "wrong password": (["requirepass right-secret-5b20"], ":wrong-secret-9c31@", "password"),
    "another database": (["databases 1"], "", "database"),
    "no TLS": ([], "", "write redis://"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_store_that_refuses_costs_a_line_with_the_remedy_and_no_read(fault: str, redis, instance, pair) -> None:
    options, user, remedy = FAULTS[fault]
    store = redis(*options)
    url = store.url.replace("://", f"://{user}") + ("/3" if fault == "another database" else "")
    if fault == "no TLS":
        url = url.replace("redis://", "rediss://")
    program = instance(url)
    assert is_answered(read(program, pair)) and is_answered(read(program, pair))
    program.wait_for_log(GONE)
    line = next(line for line in program.log.splitlines() if GONE in line)
    assert remedy in line, line
    assert program.log.count(GONE) == 1
    assert not program.ask("GET", "/health").json["store"]["available"]
    for secret in ("app-secret-71d0", "wrong-secret-9c31"):
        assert secret not in program.log


def pairs(ovaledge: StandIn, count: int) -> list[tuple[str, str]]:
    """So many people who may sign in."""
    made = [(f"person-token-{n}", f"person-secret-{n}") for n in range(count)]
    ovaledge.credentials |= set(made)
    return made


def test_a_node_of_a_cluster_serves_the_keys_it_has_and_stays_named_as_one(redis, instance, ovaledge: StandIn) -> None:
    nodes = [redis("cluster-enabled yes") for _ in range(3)]
    for number, node in enumerate(nodes):
        first, last = 16384 * number // 3, 16384 * (number + 1) // 3 - 1
        assert node.ask("CLUSTER", "ADDSLOTSRANGE", str(first), str(last)) == "+OK\r\n"
        assert node.ask("CLUSTER", "SET-CONFIG-EPOCH", str(number + 1)) == "+OK\r\n"
    for node in nodes[1:]:
        assert nodes[0].ask("CLUSTER", "MEET", "127.0.0.1", str(node.port)) == "+OK\r\n"
    wait_until(lambda: all("cluster_state:ok" in node.ask("CLUSTER", "INFO") for node in nodes), within=30)
    people = pairs(ovaledge, 12)
    first, second = instance(nodes[0].url), instance(nodes[1].url)
    for person in people:
        assert is_answered(read(first, person)) and is_answered(read(second, person))
    assert nodes[0].keys() and nodes[1].keys() and not nodes[2].keys()
    for program in (first, second):
        line = next(line for line in program.log.splitlines() if GONE in line)
        assert "no cluster" in line and "MCP_STORE_URL" in line, line
        assert program.log.count(GONE) == 1 and BACK not in program.log, program.log
        assert not program.ask("GET", "/health").json["store"]["available"]


def test_a_cluster_of_one_node_is_a_store(redis, instance, pair, ovaledge: StandIn) -> None:
    node = redis("cluster-enabled yes")
    assert node.ask("CLUSTER", "ADDSLOTSRANGE", "0", "16383") == "+OK\r\n"
    wait_until(lambda: "cluster_state:ok" in node.ask("CLUSTER", "INFO"))
    programs = [instance(node.url) for _ in range(2)]
    assert all(is_answered(read(program, each)) for each in [pair, *pairs(ovaledge, 4)] for program in programs)
    assert ovaledge.exchanges == 5 and all(GONE not in program.log for program in programs)


@pytest.mark.parametrize("user", ["", ":secret-of-the-primary-71d0@"])
def test_a_sentinel_is_named_as_one(redis, instance, pair, tmp_path: Path, user: str) -> None:
    primary = redis(*(["requirepass secret-of-the-primary-71d0"] if user else []))
    # A program of its own by another word on the command line.
    sentinel = redis(f"sentinel monitor mine 127.0.0.1 {primary.port} 1", words=["--sentinel"])
    program = instance(sentinel.url.replace("://", f"://{user}"))
    assert is_answered(read(program, pair)) and is_answered(read(program, pair))
    program.wait_for_log(GONE)
    line = next(line for line in program.log.splitlines() if GONE in line)
    assert "Sentinel" in line and "MCP_STORE_URL" in line and program.log.count(GONE) == 1, line
    assert "secret-of-the-primary" not in program.log and not program.ask("GET", "/health").json["store"]["available"]


def test_a_store_that_fails_over_is_followed(redis, instance, pair, ovaledge: StandIn) -> None:
    store, other = redis(), redis()
    program = instance(store.url)
    assert is_answered(read(program, pair))
    store.ask("REPLICAOF", "127.0.0.1", str(other.port))
    ovaledge.revoke()
    assert is_answered(read(program, pair))
    program.wait_for_log(GONE)
    store.ask("REPLICAOF", "NO", "ONE")
    ovaledge.revoke()
    assert is_answered(read(program, pair))
    program.wait_for_log(BACK)


def test_a_password_that_is_changed_costs_a_line_until_it_is_the_same_again(redis, instance, pair, ovaledge: StandIn) -> None:
    store = redis("user app on >first-secret-71d0 ~oe-mcp:* +@all")
    program = instance(store.url.replace("://", "://app:first-secret-71d0@"))
    assert is_answered(read(program, pair))

    def change(password: str) -> None:
        store.ask("ACL", "SETUSER", "app", "resetpass", f">{password}")
        store.ask("CLIENT", "KILL", "USER", "app")

    change("second-secret-71d0")
    for _ in range(4):
        ovaledge.revoke()
        assert is_answered(read(program, pair))
    assert "password" in next(line for line in program.wait_for_log(GONE).splitlines() if GONE in line)
    change("first-secret-71d0")
    wait_until(lambda: program.ask("GET", "/health").json["store"]["available"])
    program.wait_for_log(BACK)
    assert (program.log.count(GONE), program.log.count(BACK)) == (1, 1), program.log
    assert "first-secret-71d0" not in program.log


def test_a_store_that_is_far_away_is_used_all_the_same(two, instance, pair, ovaledge: StandIn) -> None:
    store = two[0]
    with Far(store.port, seconds=0.5) as far:
        programs = [instance(f"redis://127.0.0.1:{far.port}") for _ in range(2)]
        replies = at_once(*(lambda program=programs[n % 2]: read(program, pair) for n in range(12)))
        assert all(is_answered(reply) for reply in replies)
        assert ovaledge.exchanges == 1 and all(GONE not in program.log for program in programs)
        begun = time.monotonic()
        assert all(is_answered(read(program, pair)) for program in programs)
        # A token in hand costs the store nothing.
        assert time.monotonic() - begun < 2


def test_a_store_that_others_fill_with_ten_thousand_keys_is_no_slower(two, pair, ovaledge: StandIn) -> None:
    store, *programs = two
    assert store.ask("EVAL", "for n = 1, 10000 do redis.call('SET', 'other:' .. n, n) end", "0") == "$-1\r\n"
    before = store.commands()
    assert all(is_answered(read(program, pair)) for program in programs)
    # Nothing looks through its keys.
    assert store.commands() - before < 30 and ovaledge.exchanges == 1


def test_tls_with_an_own_authority_and_a_user_of_few_rights(redis, instance, pair, ovaledge, tmp_path: Path) -> None:
    authority = Authority(tmp_path / "authority", "Example Store Root")
    rights = "+get +set +del +exists +incr +expire +pexpire +ttl +eval +ping +select"
    user = ["user default off", f"user app on >app-secret-71d0 ~oe-mcp:* {rights}"]
    store = redis(*user, tls=(*authority.certificate("store"), authority.bundle))
    url = store.url.replace("://", "://app:app-secret-71d0@")
    programs = [instance(url, OVALEDGE_CA_BUNDLE=authority.bundle) for _ in range(2)]
    assert all(is_answered(read(program, pair)) for program in programs)
    assert read(programs[0], (pair[0], "mistaken-secret-31f0")).status == 401
    assert ovaledge.exchanges == 2 and all(GONE not in program.log for program in programs)
    stranger = instance(url)
    assert is_answered(read(stranger, pair))
    assert "OVALEDGE_CA_BUNDLE" in stranger.wait_for_log(GONE)


@pytest.mark.skipif(not TINYPROXY, reason="tinyproxy is missing; scripts/need test gets it")
def test_a_client_certificate_and_a_proxy_are_those_of_the_rest(redis, instance, pair, tmp_path: Path) -> None:
    authority = Authority(tmp_path / "authority", "Example Store Root")
    store = redis("tls-auth-clients yes", tls=(*authority.certificate("store"), authority.bundle))
    proxy = Proxy(tmp_path / "proxy")
    certificate, key = authority.certificate("client")
    trust = {"OVALEDGE_CA_BUNDLE": authority.bundle, "HTTPS_PROXY": f"http://127.0.0.1:{proxy.port}"}
    client = {"OVALEDGE_CLIENT_CERTIFICATE": certificate, "OVALEDGE_CLIENT_KEY": key}
    try:
        program = instance(store.url, **trust, **client)
        assert is_answered(read(program, pair)) and GONE not in program.log
        assert any(f"CONNECT localhost:{store.port}" in line for line in proxy.requests())
        before = len(proxy.requests())
        stranger = instance(store.url, **trust, NO_PROXY="localhost")
        assert is_answered(read(stranger, pair))
        assert "OVALEDGE_CLIENT_CERTIFICATE" in stranger.wait_for_log(GONE)
        assert len(proxy.requests()) == before
    finally:
        proxy.server.stop()


# At the start


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lists the libraries of a process")
def test_the_library_is_loaded_when_it_is_first_needed_and_by_one_program(two, instance, serve, remote, pair, oe_mcp) -> None:
    _, program, _ = two
    alone = serve(**remote)

    def libraries(each: HTTPProgram) -> str:
        return Path(f"/proc/{each.process.pid}/maps").read_text()

    assert "libhiredis" not in libraries(program)
    assert is_answered(read(program, pair)) and is_answered(read(alone, pair))
    assert "libhiredis" in libraries(program) and "libhiredis" not in libraries(alone)
    assert b"libhiredis" not in Path(oe_mcp).read_bytes()


def test_without_keys_it_does_not_start(run, remote) -> None:
    ended = run("serve", "--port", "0", **remote, MCP_STORE_URL="redis://127.0.0.1:1")
    assert ended.returncode == 78 and "MCP_STORE_URL" in ended.stderr and "MCP_SEAL_KEY_FILE" in ended.stderr, ended


def test_the_doctor_examines_the_store(run, redis, remote, keys: Path) -> None:
    store = redis()
    good = run("doctor", **remote, MCP_STORE_URL=store.url, MCP_SEAL_KEY_FILE=keys)
    assert findings(good.stdout)["listen.store"][0] == "ok", good
    store.kill()
    bad = run("doctor", **remote, MCP_STORE_URL=store.url, MCP_SEAL_KEY_FILE=keys)
    mark, words = findings(bad.stdout)["listen.store"]
    assert bad.returncode != 0 and mark == "FAIL" and "MCP_STORE_URL" in words, bad


def test_the_program_for_one_person_takes_the_same_file_without_a_word(oe_mcp: str, tmp_path: Path) -> None:
    settings = {"MCP_STORE_URL": "rediss://:password-5b20@redis.example.com", "MCP_STORE_REQUIRED": "true"}
    ended = subprocess.run(
        [oe_mcp, "call", "--sandbox", "asset_details", "object_id=501", "object_type=oetable"],
        env=clean_environment(tmp_path, **settings), cwd=tmp_path, capture_output=True, text=True, timeout=60,
    )
    assert ended.returncode == 0 and ended.stderr == "", ended


# The proof, small; scripts/soak store has it at full size


def test_tokens_of_a_few_seconds_on_four_instances(oe_mcp_http: str, tmp_path: Path) -> None:
    http_store.lives(oe_mcp_http, tmp_path, seconds=7, callers=6)


def test_an_exchange_costs_the_commands_that_the_page_on_scaling_counts(two, pair, ovaledge: StandIn) -> None:
    store, first, second = two

    def cost(program: HTTPProgram) -> int:
        before = store.commands()
        assert is_answered(read(program, pair))
        return store.commands() - before - 1

    # Commands within a script are counted by the store as well; what is sent is less.
    assert 7 <= cost(first) <= 20 and cost(second) == 1 and cost(first) == 0
    assert ovaledge.exchanges == 1


def test_the_page_on_scaling_has_what_the_simulation_prints() -> None:
    printed = subprocess.run([sys.executable, str(ROOT / "Benchmarks/scaling.py")], capture_output=True, text=True, check=True)
    page = (ROOT / "docs/Scaling.md").read_text()
    assert printed.stdout.strip() == page.partition("<!-- scaling: begin -->")[2].partition("<!-- scaling: end -->")[0].strip()
