"""What deploys bridges, by the tools of its field: compose file, gateway, chart, units, rules, and the page about them."""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import json
import re
import shlex
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

import kubernetes_validate
from gateway import FILES, PROGRAMS, FakeBridge, Gateway
from http_program import INITIALIZE, Reply
from helm_chart import HelmChart
from image import Image
from network import OPENSSL, PLACES, free_port
from proxies import EDGE
from test_infra import DRAIN, MARGIN, VERSIONS, composed, known_settings, lint, seconds
from test_systemd import Manager
from wire import ROOT, clean_environment, program

COMPOSE = ROOT / "docker-compose.bridges.yml"
BRIDGES = ("github", "atlassian")
DISCOVERY = "/.well-known/oauth-protected-resource"
CURL = shutil.which("curl")

# The gateway


class Site:
    """A gateway in front of two bridges."""

    def __init__(self, gateway: Gateway, bridges: dict[str, FakeBridge]):
        self.gateway = gateway
        self.bridges = bridges

    def ask(self, path: str, headers: dict[str, str] | None = None, body: bytes | None = None) -> Reply:
        with contextlib.closing(self.gateway.connection()) as connection:
            connection.request("POST" if body else "GET", path, body, headers or {})
            return Reply(connection.getresponse())


@pytest.fixture(scope="module", params=FILES)
def kind(request: pytest.FixtureRequest) -> str:
    if not (PROGRAMS[request.param] and OPENSSL):
        pytest.skip(f"{request.param} or openssl is missing; scripts/need test gets them")
    return request.param


@pytest.fixture(scope="module")
def site(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    bridges = {name: FakeBridge(name) for name in BRIDGES}
    ports = {name: bridge.port for name, bridge in bridges.items()}
    gateway = Gateway(kind, tmp_path_factory.mktemp("gateway") / "site", ports)
    yield Site(gateway, bridges)
    gateway.stop()
    for bridge in bridges.values():
        bridge.stop()


def test_a_path_leads_to_its_bridge_and_stays_what_it_is(site: Site) -> None:
    for name in BRIDGES:
        for rest in ("", "/", "/health", "/tools?group=a%20b", "/tools/search%2Fcode", "/oauth/callback?code=c&state=s"):
            for path in (f"/api/{name}{rest}", f"{DISCOVERY}/api/{name}{rest}"):
                asked = site.ask(path)
                assert asked.status == 200, (path, asked.body)
                assert (asked.json["bridge"], asked.json["path"]) == (name, path)
                assert asked.headers["mcp-session-id"] == f"{name}-1"


@pytest.mark.parametrize(
    "path",
    [
        "/", "/mcp", "/api", "/api/", "/api/githubs/tools", "/api/atlassians", "/api/gitlab/oauth/login",
        f"{DISCOVERY}/api/githubs", f"{DISCOVERY}/x", "/API/../health", "/x/api/github/tools",
        "/metrics", "/api/github/metrics", "/api/atlassian/metrics?a=b", "/api/github//metrics", "/api/github/x/../metrics",
        "/api/github/%6Detrics", "/api/atlassian/../github/metrics",
    ],
)  # fmt: skip
def test_what_no_bridge_serves_and_metrics_are_not_found(site: Site, path: str) -> None:
    refused = site.ask(path)
    assert refused.status == 404 and refused.headers["content-type"] == "application/json", refused.body
    assert refused.json["error"] == "not_found" and refused.json["status_code"] == 404


def test_fields_of_a_client_arrive_but_for_what_it_says_of_its_way(site: Site) -> None:
    own = {
        "Authorization": "Bearer caller", "Mcp-Session-Id": "s", "MCP-Protocol-Version": "2026-07-28",
        "Mcp-Method": "tools/call", "Mcp-Name": "search", "x-inxm-mcp-session": "i", "X-Inxm-Dry-Run": "true",
        "Last-Event-ID": "7", "X-API-Key": "key",
        "X-Auth-Request-Access-Token": "t", "Cookie": "x-inxm-mcp-session=i", "traceparent": "00-1-2-01",
    }  # fmt: skip
    way = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http"}
    asked = site.ask("/api/github/tools/search", own | way | {"Content-Type": "application/json"}, b'{"a": 1}').json
    assert asked["body"] == '{"a": 1}'
    fields = asked["fields"]
    for name, value in own.items():
        assert [found for each, found in fields if each == name.lower()] == [value], name
    names = ("host", "x-forwarded-for", "x-forwarded-proto")
    said = {name: [found for each, found in fields if each == name] for name in names}
    assert said["host"] in (["mcp.example.com"], [f"mcp.example.com:{site.gateway.port}"])
    assert said["x-forwarded-for"] == ["127.0.0.1"] and said["x-forwarded-proto"] == ["https"]


def test_each_event_of_a_stream_arrives_by_itself(site: Site) -> None:
    for name, bridge in site.bridges.items():
        connection = site.gateway.connection()
        with contextlib.closing(connection):
            connection.request("GET", f"/api/{name}/mcp", headers={"Accept": "text/event-stream"})
            response = connection.getresponse()
            assert response.getheader("Content-Type") == "text/event-stream"
            wait_for_events(bridge, response)
            response.close()
        # The gateway passes on that the client is gone.
        assert bridge.gone.wait(5)


def wait_for_events(bridge: FakeBridge, stream: object) -> None:
    assert [stream.readline().decode().strip() for _ in range(2)] == [": stream", ""]
    for number in range(1, 4):
        # The next one is sent only when this one has arrived.
        bridge.events.release()
        lines = [stream.readline().decode().strip() for _ in range(3)]
        assert lines == [f"id: {number}", f"data: {bridge.name}", ""]


@pytest.mark.skipif(not CURL, reason="curl is missing")
def test_each_event_of_a_stream_arrives_by_itself_over_http2(site: Site) -> None:
    bridge, address = site.bridges["github"], f"https://{site.gateway.name}:{site.gateway.port}/api/github/mcp"
    bridge.gone.clear()
    words = ["--silent", "--no-buffer", "--http2", "--max-time", "30"]
    words += ["--cacert", str(site.gateway.folder / "authority/ca.pem")]
    words += ["--resolve", f"{site.gateway.name}:{site.gateway.port}:127.0.0.1", address]
    client = subprocess.Popen([CURL, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        wait_for_events(bridge, client.stdout)
    finally:
        client.terminate()
        client.communicate(timeout=30)
    assert bridge.gone.wait(5)


def test_a_bridge_that_is_not_there_is_an_answer_of_its_own_kind(kind: str, tmp_path: Path) -> None:
    gateway = Gateway(kind, tmp_path / "site", {name: free_port() for name in BRIDGES})
    try:
        refused = Site(gateway, {}).ask("/api/github/tools")
    finally:
        gateway.stop()
    assert refused.status == 502 and refused.headers["content-type"] == "application/json", refused.body
    assert refused.json["error"] == "bad_gateway" and refused.headers["retry-after"] == "5"


def test_clients_may_speak_http2(site: Site) -> None:
    context = site.gateway.context
    context.set_alpn_protocols(["h2", "http/1.1"])
    try:
        with socket.create_connection(("127.0.0.1", site.gateway.port), 30) as plain:
            with context.wrap_socket(plain, server_hostname=site.gateway.name) as encrypted:
                assert encrypted.selected_alpn_protocol() == "h2"
    finally:
        context.set_alpn_protocols(["http/1.1"])


def test_the_gateways_own_check_finds_nothing(site: Site) -> None:
    done = site.gateway.check()
    assert done.returncode == 0 and "[warn]" not in done.stderr, done


def test_the_gateway_of_nginx_has_no_known_weakness(tmp_path: Path) -> None:
    text = (EDGE / FILES["nginx"]).read_text().replace("/etc/nginx/oe-mcp", str(EDGE))
    (tmp_path / "main.conf").write_text(f"events {{}}\nhttp {{\n{text}}}\n")
    lint("gixy", tmp_path / "main.conf")


# Compose


def test_two_bridges_share_nothing_but_the_gateway() -> None:
    content = composed(COMPOSE)
    services = content["services"]
    assert set(services) == {*BRIDGES, "caddy", "nginx"}
    for name in BRIDGES:
        bridge = services[name]
        assert list(bridge["networks"]) == [name] and "ports" not in bridge and "volumes" not in bridge
        settings = bridge["environment"]
        assert settings["MCP_BASE_PATH"] == f"/api/{name}" and settings["MCP_REMOTE_SERVER"].startswith("https://")
        assert settings["MCP_PUBLIC_BASE_URL"] == "https://mcp.example.com"
        # What a client says of its way counts from the gateway alone.
        addresses = {services[edge]["networks"][name]["ipv4_address"] for edge in ("caddy", "nginx")}
        assert addresses == {settings["MCP_TRUSTED_PROXIES"]}
        network = ipaddress.ip_network(content["networks"][name]["ipam"]["config"][0]["subnet"])
        hosts = [str(host) for host in network.hosts()]
        # The first is that of the engine.
        assert {bridge["networks"][name]["ipv4_address"], settings["MCP_TRUSTED_PROXIES"]} <= set(hosts[1:])
    assert not set(services["github"]["secrets"]) & set(services["atlassian"]["secrets"])


def test_a_bridge_in_a_container_is_started_asked_and_stopped_as_the_program_takes_it() -> None:
    image = Image((ROOT / "Dockerfile").read_text())
    assert image.entry == ["oe-mcp-http"] and image.stop == "SIGTERM"
    services = composed(COMPOSE)["services"]
    for name in BRIDGES:
        bridge = services[name]
        assert bridge["command"] == ["bridge", "--host", "0.0.0.0", "--port", "8000"]
        assert bridge["healthcheck"]["test"] == ["CMD", *image.health, f"http://127.0.0.1:8000/api/{name}"]
        assert seconds(bridge["stop_grace_period"]) >= DRAIN + MARGIN
        for edge in ("caddy", "nginx"):
            assert services[edge]["depends_on"][name] == {"condition": "service_healthy"}


def test_secrets_are_files_that_no_image_and_no_commit_takes() -> None:
    content = composed(COMPOSE)
    for name in BRIDGES:
        service = content["services"][name]
        named = {value for key, value in service["environment"].items() if key.endswith("_FILE")}
        assert named == {f"/run/secrets/{secret}" for secret in service["secrets"]}
        assert not [key for key in service["environment"] if re.search(r"(TOKEN|SECRET|KEY)$", key)]
        for secret in service["secrets"]:
            assert content["secrets"][secret]["file"].startswith("./bridges/")
    assert "bridges" in (ROOT / ".dockerignore").read_text().splitlines()
    assert "/bridges/" in (ROOT / ".gitignore").read_text().splitlines()


def test_the_compose_file_mounts_the_gateway_that_is_tested() -> None:
    services = composed(COMPOSE)["services"]
    for service, kind in (("nginx", "nginx"), ("caddy", "Caddy")):
        sources = [volume.split(":")[0] for volume in services[service]["volumes"]]
        assert f"./infra/edge/{FILES[kind]}" in sources
    for text in ((EDGE / file).read_text() for file in FILES.values()):
        assert set(re.findall(r"([a-z]+):8000", text)) == set(BRIDGES)


# systemd

UNITS = ROOT / "infra/systemd"
UNIT = (UNITS / "oe-mcp-bridge@.service").read_text()


def env_file(name: str) -> dict[str, str]:
    lines = (UNITS / f"bridge-{name}.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if not line.startswith("#"))


def test_a_bridge_may_do_no_more_than_the_server() -> None:
    rights = [text.partition("DynamicUser=yes")[2] for text in (UNIT, (UNITS / "oe-mcp-http.service").read_text())]
    assert rights[0] == rights[1] and "SystemCallFilter" in rights[0]


def test_a_unit_starts_reloads_and_ends_a_bridge_as_the_program_takes_it() -> None:
    assert "ExecStart=/usr/local/bin/oe-mcp-http bridge --host 127.0.0.1 --env-file /etc/oe-mcp/bridges/%i.env\n" in UNIT
    assert "Type=notify\n" in UNIT and "ExecReload=/bin/kill -HUP $MAINPID\n" in UNIT
    assert int(re.search(r"^TimeoutStopSec=(\d+)$", UNIT, re.M)[1]) >= DRAIN + MARGIN


def test_units_get_their_secrets_from_systemd() -> None:
    (folder,) = re.findall(r"^LoadCredential=(\S+)$", UNIT, re.M)
    identifier, _, source = folder.partition(":")
    assert source == "/etc/oe-mcp/bridges/%i"
    for name in BRIDGES:
        files = [value for key, value in env_file(name).items() if key.endswith("_FILE")]
        assert files and all(file.startswith(f"/run/credentials/oe-mcp-bridge@{name}.service/{identifier}_") for file in files)


def test_units_and_containers_are_bridges_to_the_same_servers() -> None:
    services = composed(COMPOSE)["services"]
    for name in BRIDGES:
        unit, container = env_file(name), services[name]["environment"]
        same = {key for key in {*unit, *container} if not key.endswith("_FILE")} - {"MCP_HTTP_PORT", "MCP_TRUSTED_PROXIES"}
        same -= {"LOG_FORMAT", "OTEL_SERVICE_NAME"}
        assert {key: unit.get(key) for key in same} == {key: container.get(key) for key in same}
        assert {key for key in unit if key.endswith("_FILE")} == {key for key in container if key.endswith("_FILE")}
    assert len({env_file(name)["MCP_HTTP_PORT"] for name in BRIDGES}) == len(BRIDGES)


# Metrics

PROMTOOL = shutil.which("promtool", path=PLACES)
PROMETHEUS = ROOT / "infra/prometheus"
RULES = yaml.safe_load((PROMETHEUS / "bridge-alerts.yml").read_text())["groups"][0]["rules"]
# What a bridge counts: the labels of each family, and what those may say that are not open.
FAMILIES = {
    "mcp_remote_requests_total": {"method", "status"},
    "mcp_remote_request_duration_seconds": {"method"},
    "mcp_remote_errors_total": {"method", "type"},
}
VALUES_OF_LABELS = {
    "status": {"ok", "tool_error", "error", "cancelled"},
    "type": {
        "connect", "tls", "timeout", "auth", "exchange", "session", "http_4xx", "http_5xx", "protocol", "too_large",
    },
    "method": {"tools/call"},
}  # fmt: skip


@pytest.mark.skipif(not PROMTOOL, reason="promtool is missing; scripts/need test gets it")
@pytest.mark.parametrize(
    "words",
    [["check", "config", "--syntax-only", "bridge-scrape.yml"], ["check", "rules", "bridge-alerts.yml"],
     ["test", "rules", "bridge-alerts.test.yml"]],
    ids=" ".join,
)  # fmt: skip
def test_prometheus_takes_the_rules_and_they_hold(words: list[str]) -> None:
    done = subprocess.run([PROMTOOL, *words], cwd=PROMETHEUS, capture_output=True, text=True)
    assert done.returncode == 0 and "SUCCESS" in done.stdout, done.stdout + done.stderr


def asked_of_bridges() -> list[str]:
    dashboard = json.loads((ROOT / "infra/grafana/dashboard.json").read_text())
    begin = next(number for number, panel in enumerate(dashboard["panels"]) if panel["title"] == "Bridges")
    panels = [target["expr"] for panel in dashboard["panels"][begin:] for target in panel.get("targets", [])]
    return panels + [rule["expr"] for rule in RULES]


def test_rules_and_dashboard_ask_for_what_a_bridge_counts() -> None:
    named: set[str] = set()
    for expression in asked_of_bridges():
        selectors = re.findall(r"\b(mcp_remote_\w+)(?:\{([^}]*)\})?", expression)
        assert selectors or "up{" in expression, expression
        for name, inside in selectors:
            family = re.sub("_(bucket|sum|count)$", "", name)
            assert (name == family) == family.endswith("_total"), name
            for label, value in re.findall(r'(\w+)=~?"([^"]*)"', inside):
                assert label in FAMILIES[family] | {"instance"}, (name, label)
                assert label == "instance" or set(value.split("|")) <= VALUES_OF_LABELS[label], value
            grouped = set(re.findall(r"\w+", " ".join(re.findall(r"by \(([^)]*)\)", expression))))
            assert grouped <= FAMILIES[family] | {"instance", "le"}, expression
            named.add(family)
    assert named == set(FAMILIES)


def test_rules_and_scraping_agree_on_the_job() -> None:
    jobs = [job["job_name"] for job in yaml.safe_load((PROMETHEUS / "bridge-scrape.yml").read_text())["scrape_configs"]]
    (pattern,) = {found for rule in RULES for found in re.findall(r'job=~"([^"]*)"', rule["expr"])}
    assert jobs and all(re.fullmatch(pattern, job) for job in jobs) and not re.fullmatch(pattern, "oe-mcp")


def test_prometheus_asks_where_the_units_listen() -> None:
    jobs = yaml.safe_load((PROMETHEUS / "bridge-scrape.yml").read_text())["scrape_configs"]
    targets = [target for job in jobs for group in job["static_configs"] for target in group["targets"]]
    assert targets == [f"127.0.0.1:{env_file(name)['MCP_HTTP_PORT']}" for name in BRIDGES]
    # Of the containers, only the address is another.
    said = (PROMETHEUS / "bridge-scrape.yml").read_text()
    for name in BRIDGES:
        assert composed(COMPOSE)["services"][name]["networks"][name]["ipv4_address"] + ":8000" in said


def test_every_alert_is_tried() -> None:
    tried = yaml.safe_load((PROMETHEUS / "bridge-alerts.test.yml").read_text())["tests"]
    fired = {test["alertname"] for group in tried for test in group["alert_rule_test"] if test.get("exp_alerts")}
    assert fired == {rule["alert"] for rule in RULES}


# Kubernetes

BASE = {"basePath": "/api/github", "settings": {"MCP_REMOTE_SERVER": "https://api.githubcopilot.com/mcp/"}}
FILES_OF_SECRET = {"MCP_REMOTE_BEARER_TOKEN": "token", "BRIDGE_API_KEY": "key"}
VALUES = {
    "as it is": {},
    "with a shared token": {
        "secrets": {"existingSecret": "github", "files": FILES_OF_SECRET},
        "ingress": {"enabled": True, "tlsSecret": "mcp-tls"},
        "networkPolicy": {"enabled": True, "from": [{"namespaceSelector": {}}]},
        "serviceMonitor": {"enabled": True, "authorization": {"name": "github", "key": "key"}},
        "prometheusRule": {"enabled": True, "rules": (PROMETHEUS / "bridge-alerts.yml").read_text()},
    },
    "several servers in one": {
        "basePath": "", "settings": {"MCP_REMOTE_SERVER": ""}, "config": {"existingSecret": "servers"},
        "httpRoute": {"enabled": True, "parentRefs": [{"name": "gateway"}], "hostnames": ["mcp.example.com"]},
    },
    "many": {"replicas": 3, "httpRoute": {"enabled": True, "parentRefs": [{"name": "gateway"}]}},
    "with everything of one's own": {
        "fullnameOverride": "github", "autoscaling": {"enabled": True}, "serviceAccount": {"create": False},
        "podAnnotations": {"a": "b"}, "podLabels": {"team": "data"}, "probes": {"startup": {"enabled": False}},
        "image": {"registry": "registry.example.com", "digest": "sha256:" + "0" * 64, "pullSecrets": [{"name": "pull"}]},
        "env": [{"name": "MCP_REMOTE_HEADER_X_API_KEY", "valueFrom": {"secretKeyRef": {"name": "more", "key": "key"}}}],
        "envFrom": [{"secretRef": {"name": "more"}}], "extraArgs": ["--set", "LOG_LEVEL=debug"],
        "affinity": {"podAntiAffinity": {}}, "nodeSelector": {"disk": "ssd"}, "tolerations": [{"operator": "Exists"}],
        "topologySpreadConstraints": [
            {"maxSkew": 1, "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "ScheduleAnyway"}
        ],
        "priorityClassName": "high", "extraVolumes": [{"name": "ca", "configMap": {"name": "ca"}}],
        "extraVolumeMounts": [{"name": "ca", "mountPath": "/etc/company"}],
        "extraContainers": [{"name": "side", "image": "side:1"}], "initContainers": [{"name": "first", "image": "first:1"}],
    },
}  # fmt: skip


CHART = HelmChart(ROOT / "infra/helm-bridge", BASE)
rendered = CHART.rendered


def container(values: dict) -> dict:
    return rendered(values)[0]["Deployment"]["spec"]["template"]["spec"]["containers"][0]


def test_helm_finds_nothing_wrong_with_the_chart_of_bridges() -> None:
    assert CHART.complaints() == []


@pytest.mark.parametrize("name", VALUES)
def test_the_chart_of_bridges_makes_what_kubernetes_takes(name: str) -> None:
    CHART.check(CHART.with_base(VALUES[name]))
    for kind, resource in rendered(VALUES[name])[0].items():
        for version in [] if kind in {"ServiceMonitor", "PrometheusRule", "HTTPRoute"} else VERSIONS:
            kubernetes_validate.validate(resource, version, strict=True)


def test_the_kinds_of_a_bridge_follow_from_the_values() -> None:
    always = {"ConfigMap", "Deployment", "Service"}
    assert set(rendered({})[0]) == always | {"ServiceAccount"}
    assert set(rendered(VALUES["with a shared token"])[0]) == always | {
        "Ingress", "NetworkPolicy", "PrometheusRule", "ServiceAccount", "ServiceMonitor",
    }  # fmt: skip
    assert set(rendered(VALUES["many"])[0]) == always | {"HTTPRoute", "PodDisruptionBudget", "ServiceAccount"}
    whole = set(rendered(VALUES["with everything of one's own"])[0])
    assert whole == always | {"HorizontalPodAutoscaler", "PodDisruptionBudget"}


def test_a_pod_of_a_bridge_has_the_rights_and_the_time_of_one_of_the_server() -> None:
    own, server = (yaml.safe_load((ROOT / "infra" / name / "values.yaml").read_text()) for name in ("helm-bridge", "helm"))
    for part in ("podSecurityContext", "securityContext", "preStopSeconds", "terminationGracePeriodSeconds", "strategy"):
        assert own[part] == server[part], part
    spec = rendered({})[0]["Deployment"]["spec"]["template"]["spec"]
    assert spec["automountServiceAccountToken"] is False and spec["securityContext"] == own["podSecurityContext"]
    assert container({})["securityContext"] == own["securityContext"]
    assert spec["terminationGracePeriodSeconds"] >= own["preStopSeconds"] + DRAIN + MARGIN


def test_the_path_of_a_bridge_is_that_of_its_probes_routes_and_metrics() -> None:
    values = VALUES["with a shared token"] | {"httpRoute": VALUES["many"]["httpRoute"]}
    kinds, _ = rendered(values)
    assert kinds["ConfigMap"]["data"]["MCP_BASE_PATH"] == "/api/github"
    probes = {kind: container(values)[f"{kind}Probe"]["httpGet"]["path"] for kind in ("startup", "liveness", "readiness")}
    assert probes == {"startup": "/health", "liveness": "/health", "readiness": "/api/github/ready"}
    paths = ["/api/github", f"{DISCOVERY}/api/github"]
    (rule,) = kinds["Ingress"]["spec"]["rules"]
    assert [it["path"] for it in rule["http"]["paths"] if it["pathType"] == "Prefix"] == paths
    matches = kinds["HTTPRoute"]["spec"]["rules"][0]["matches"]
    assert [it["path"] for it in matches] == [{"type": "PathPrefix", "value": path} for path in paths]
    monitor = kinds["ServiceMonitor"]["spec"]
    assert monitor["endpoints"][0]["path"] == "/api/github/metrics"
    assert monitor["endpoints"][0]["authorization"] == {"credentials": {"name": "github", "key": "key"}}
    service = kinds["Service"]
    assert monitor["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()
    assert service["metadata"]["labels"][monitor["jobLabel"]] == "oe-mcp-bridge"
    alone = rendered(VALUES["several servers in one"])[0]
    assert [it["path"]["value"] for it in alone["HTTPRoute"]["spec"]["rules"][0]["matches"]] == ["/"]


def test_secrets_and_servers_are_files_that_the_chart_only_names() -> None:
    kinds, _ = rendered(VALUES["with a shared token"])
    data, pod = kinds["ConfigMap"]["data"], kinds["Deployment"]["spec"]["template"]["spec"]
    (volume,) = [it["secret"] for it in pod["volumes"] if it["name"] == "secrets"]
    # Others than root and its group may not read them, or the program does not either.
    assert volume["secretName"] == "github" and volume["defaultMode"] == 0o440
    (mount,) = [it["mountPath"] for it in pod["containers"][0]["volumeMounts"] if it["name"] == "secrets"]
    files = {f"{mount}/{item['path']}" for item in volume["items"]}
    assert files == {data[f"{name}_FILE"] for name in FILES_OF_SECRET} and not set(FILES_OF_SECRET) & set(data)
    several = container(VALUES["several servers in one"])
    assert several["args"][:5] == container({})["args"] == ["bridge", "--host", "0.0.0.0", "--port", "8000"]
    (config,) = [it["mountPath"] for it in several["volumeMounts"] if it["name"] == "config"]
    assert several["args"][5:] == ["--config", f"{config}/servers.json"]


def test_settings_of_a_bridge_reach_the_program_as_they_are_written() -> None:
    settings = {"MCP_REMOTE_TIMEOUT": 2.5, "MCP_REMOTE_MAX_CONNECTIONS": 1000000, "MCP_REMOTE_VERIFY_TLS": False}
    settings["LOG_LEVEL"] = ""
    data = rendered({"settings": settings})[0]["ConfigMap"]["data"]
    assert data["MCP_REMOTE_TIMEOUT"] == "2.5" and data["MCP_REMOTE_MAX_CONNECTIONS"] == "1000000"
    assert data["MCP_REMOTE_VERIFY_TLS"] == "false" and "LOG_LEVEL" not in data
    assert data["OTEL_SERVICE_NAME"] == "demo-oe-mcp-bridge"
    named = rendered({"settings": {"OTEL_SERVICE_NAME": "tools"}})[0]
    assert named["ConfigMap"]["data"]["OTEL_SERVICE_NAME"] == "tools"
    pods = [rendered(values)[0]["Deployment"]["spec"]["template"] for values in ({}, {"settings": settings})]
    assert len({pod["metadata"]["annotations"]["checksum/settings"] for pod in pods}) == 2


def test_several_pods_of_a_bridge_get_each_caller_where_its_session_is() -> None:
    for name, affinity in (("as it is", None), ("many", "ClientIP"), ("with everything of one's own", "ClientIP")):
        kinds, notes = rendered(VALUES[name])
        assert kinds["Service"]["spec"].get("sessionAffinity") == affinity
        assert ("sessions are in the memory" in notes) == bool(affinity)


WRONG = {
    "a name that nobody reads": ({"replica": 2}, "replica"),
    "an address that is none": ({"settings": {"MCP_REMOTE_SERVER": "api.example.com"}}, "MCP_REMOTE_SERVER"),
    "an address with a password": ({"settings": {"MCP_REMOTE_SERVER": "https://me:secret@a.example.com"}}, "MCP_REMOTE_SERVER"),
    "a server and a command": ({"settings": {"MCP_SERVER_COMMAND": "oe-mcp"}}, "settings"),
    "a secret among the settings": ({"settings": {"MCP_REMOTE_CLIENT_SECRET": "s"}}, "MCP_REMOTE_CLIENT_SECRET"),
    "a path among the settings": ({"settings": {"MCP_BASE_PATH": "/api/b"}}, "MCP_BASE_PATH"),
    "a path with a slash at its end": ({"basePath": "/api/github/"}, "basePath"),
    "files of no Secret": ({"secrets": {"files": FILES_OF_SECRET}}, "existingSecret"),
    "a route without a gateway": ({"httpRoute": {"enabled": True}}, "parentRefs"),
}


@pytest.mark.parametrize("name", WRONG)
def test_values_of_a_bridge_that_cannot_be_meant_are_refused(name: str) -> None:
    values, named = WRONG[name]
    with pytest.raises(ValueError, match=named):
        CHART.check(CHART.with_base(values))


def test_a_server_has_to_be_given_to_a_bridge() -> None:
    with pytest.raises(Exception, match=r"Set settings\.MCP_REMOTE_SERVER"):
        CHART.files({})


def test_the_notes_of_a_bridge_say_where_it_is_and_warn_of_an_open_one() -> None:
    closed = VALUES["with a shared token"]
    opened = {"secrets": {"existingSecret": "s", "files": {"MCP_REMOTE_BEARER_TOKEN": "t"}}}
    assert "https://mcp.example.com/api/github/tools" in rendered(closed)[1] and "WARNING" not in rendered(closed)[1]
    assert "acts with its token" in rendered(opened)[1] and "port-forward service/demo-oe-mcp-bridge" in rendered(opened)[1]


def test_every_value_of_a_bridge_is_described_and_used() -> None:
    values = yaml.safe_load((CHART.folder / "values.yaml").read_text())
    schema = json.loads((CHART.folder / "values.schema.json").read_text())
    assert set(values) == set(schema["properties"]) - {"global"}
    templates = "".join(path.read_text() for path in (CHART.folder / "templates").iterdir())
    assert set(re.findall(r"\.Values\.(\w+)", templates)) == set(values)


def test_both_charts_are_of_one_version() -> None:
    own, server = (yaml.safe_load((ROOT / "infra" / name / "Chart.yaml").read_text()) for name in ("helm-bridge", "helm"))
    assert [own[key] for key in ("version", "appVersion", "kubeVersion")] == [
        server[key] for key in ("version", "appVersion", "kubeVersion")
    ]


# The page, and all together

PAGE = (ROOT / "docs/Bridge.md").read_text()
COMMANDS = "".join(re.findall(r"^```sh\n(.*?)^```", PAGE, re.M | re.S)).replace("\\\n", " ").splitlines()


def commands(*begin: str) -> list[list[str]]:
    """The commands of the page that begin with these words, wherever in a line."""
    found = []
    for line in COMMANDS:
        for part in re.split(r"\s*(?:&&|\|)\s*", line):
            words = shlex.split(part, comments=True)
            if tuple(words[: len(begin)]) == begin:
                found.append(words)
    return found


def test_the_page_has_commands_that_a_shell_can_read_and_files_that_are_there() -> None:
    done = subprocess.run(["bash", "-n"], input="\n".join(COMMANDS), capture_output=True, text=True)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    links = re.findall(r"\]\(\.\./([^)#]+)\)", PAGE)
    named = [word for words in commands("sudo", "install") for word in words if word.startswith(("infra/", "scripts/"))]
    assert len(links) > 8 and len(named) >= 4
    assert [path for path in links + named if not (ROOT / path).exists()] == []


def test_the_gateway_of_the_page_finds_the_units() -> None:
    seds = commands("sed")
    assert len(seds) == 2
    for (_, change, file), kind in zip(seds, FILES, strict=True):
        assert file == f"infra/edge/{FILES[kind]}"
        done = subprocess.run(["sed", change, file], cwd=ROOT, capture_output=True, text=True, check=True)
        ports = re.findall(r"(?:server|reverse_proxy) (\S+?:\d+)", done.stdout)
        assert ports == [f"127.0.0.1:{env_file(name)['MCP_HTTP_PORT']}" for name in BRIDGES]


def values_of(words: list[str]) -> dict:
    """What --set and --set-file of a command make of a chart's values."""
    values: dict = {}
    for option, word in zip(words, words[1:], strict=False):
        if option in ("--set", "--set-file"):
            name, _, value = word.partition("=")
            *path, last = name.split(".")
            place = values
            for step in path:
                place = place.setdefault(step, {})
            text = (ROOT / value).read_text() if option == "--set-file" else value
            place[last] = {"true": True}.get(text, text)
    return values


def test_the_chart_takes_the_values_of_the_page_and_makes_the_same_bridges() -> None:
    installed = {words[words.index("--install") + 1]: values_of(words) for words in commands("helm") if "--install" in words}
    assert list(installed) == list(BRIDGES)
    for name, values in installed.items():
        CHART.check(values)
        kinds, _ = rendered(values)
        data, container = kinds["ConfigMap"]["data"], composed(COMPOSE)["services"][name]["environment"]
        own = {"MCP_TRUSTED_PROXIES", "OTEL_SERVICE_NAME"}
        files = {key for key in container if key.endswith("_FILE")}
        assert {key: value for key, value in data.items() if key not in own | files} == {
            key: value for key, value in container.items() if key not in own | files
        }
        assert set(data) == set(container)
        # The Secret that the page makes has these keys.
        (secret,) = [words for words in commands("kubectl", "create", "secret", "generic") if words[4] == name]
        keys = {word.partition("=")[2].partition("=")[0] for word in secret if word.startswith("--from-literal")}
        assert values["secrets"]["existingSecret"] == name and set(values["secrets"]["files"].values()) == keys
    (watched,) = [values_of(words) for words in commands("helm") if "--reuse-values" in words]
    CHART.check(installed["github"] | watched)
    rules = rendered(installed["github"] | watched)[0]["PrometheusRule"]["spec"]["groups"][0]["rules"]
    assert [rule["alert"] for rule in rules] == [rule["alert"] for rule in RULES]


def test_the_page_makes_the_secrets_that_compose_and_units_read() -> None:
    made = set(re.findall(r">(bridges/\S+)", "\n".join(COMMANDS)))
    assert {f"./{path}" for path in made} == {secret["file"] for secret in composed(COMPOSE)["secrets"].values()}
    installed = {words[-1] for words in commands("sudo", "install") if "/dev/stdin" in words}
    needed = {
        f"/etc/oe-mcp/bridges/{name}/{value.rpartition('/secret_')[2]}"
        for name in BRIDGES for key, value in env_file(name).items() if key.endswith("_FILE")
    }  # fmt: skip
    assert installed == needed


def test_the_page_knows_every_alert_and_every_metric() -> None:
    rows = re.findall(r"^\| (`OeMcp.*?) \|", PAGE, re.M)
    assert re.findall(r"OeMcp\w+", " ".join(rows)) == sorted(
        (rule["alert"] for rule in RULES), key=lambda name: PAGE.index(f"`{name}`")
    )
    metrics = {name: labels for name, labels in re.findall(r"^\| `(mcp_remote_\w+)` \| (.*?) \|", PAGE, re.M)}
    assert {name: set(re.findall(r"`(\w+)`", labels)) for name, labels in metrics.items()} == FAMILIES
    for label in ("status", "type"):
        (text,) = {found for labels in metrics.values() for found in re.findall(rf"`{label}`: ([^|]*)", labels)}
        assert set(text.split(", ")) == VALUES_OF_LABELS[label]


# What the user's guide calls its settings; `.env.example` has all others.
GUIDE = {
    "MCP_REMOTE_SERVER", "MCP_REMOTE_BEARER_TOKEN_FILE", "MCP_REMOTE_SERVER_OAUTH_ISSUER", "MCP_REMOTE_CLIENT_ID",
    "MCP_REMOTE_CLIENT_SECRET_FILE", "MCP_BASE_PATH", "BRIDGE_API_KEY_FILE",
}  # fmt: skip


def test_every_setting_of_a_bridge_is_one() -> None:
    named = {key for name in BRIDGES for key in {**env_file(name), **composed(COMPOSE)["services"][name]["environment"]}}
    named |= set(re.findall(r"(\w+)=", " ".join(re.findall(r"^Environment=(.*)$", UNIT, re.M))))
    named |= set(rendered(VALUES["with a shared token"])[0]["ConfigMap"]["data"])
    assert named - known_settings() - GUIDE == set()


def test_the_example_of_servers_has_remote_ones_without_secrets_and_one_that_starts() -> None:
    servers = json.loads((ROOT / "examples/bridge/servers.json").read_text())["mcpServers"]
    assert all(re.fullmatch("[a-z0-9-]{1,20}", name) for name in servers)
    remote = [server for server in servers.values() if "url" in server]
    (local,) = [server for server in servers.values() if "command" in server]
    assert len(remote) == 2 and all(server["url"].startswith("https://") for server in remote)
    assert not [name for server in remote for name in server.get("headers", {}) if re.search("auth|token|key", name, re.I)]
    asked = json.dumps(INITIALIZE) + "\n"
    command = [program(local["command"], "OE_MCP"), *local["args"]]
    done = subprocess.run(command, input=asked, capture_output=True, text=True, timeout=30)
    assert json.loads(done.stdout.splitlines()[0])["result"]["serverInfo"]["name"], done.stderr


@pytest.fixture(params=[(name, way) for name in BRIDGES for way in ("container", "unit")], ids=" in a ".join)
def bridge(request: pytest.FixtureRequest, oe_mcp_http: str, tmp_path: Path) -> Iterator[Bridge]:
    """One of the compose file, or of the units, with its settings, before a server that is not there."""
    if " bridge " not in subprocess.run([oe_mcp_http, "--help"], capture_output=True, text=True).stdout:
        pytest.skip("this oe-mcp-http has no command bridge")
    running = Bridge(oe_mcp_http, tmp_path, *request.param)
    yield running
    running.process.kill()
    running.process.wait()
    running.manager.socket.close()


class Bridge:
    KEY = "5c" * 32

    def __init__(self, path: str, folder: Path, name: str, way: str):
        self.name = name
        in_unit = way == "unit"
        settings = env_file(name) if in_unit else dict(composed(COMPOSE)["services"][name]["environment"])
        gone = f"http://127.0.0.1:{free_port()}"
        settings |= {key: gone for key in ("MCP_REMOTE_SERVER", "MCP_REMOTE_SERVER_OAUTH_ISSUER") if key in settings}
        for setting in [key for key in settings if key.endswith("_FILE")]:
            file = folder / setting
            file.write_text(self.KEY + "\n")
            file.chmod(0o400)
            settings[setting] = str(file)
        self.has_key = "BRIDGE_API_KEY_FILE" in settings
        command = [path, "bridge", "--host", "127.0.0.1"]
        if in_unit:
            file = folder / f"{name}.env"
            file.write_text("".join(f"{key}={value}\n" for key, value in settings.items()))
            file.chmod(0o644)
            command += ["--env-file", str(file)]
            settings = {}
        self.manager = Manager(str(folder / "notify"), str(folder / "notify"))
        self.process = subprocess.Popen(
            [*command, "--port", "0"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=clean_environment(folder, NOTIFY_SOCKET=self.manager.name, **settings),
        )  # fmt: skip
        self.address = self.process.stdout.readline().strip()
        assert self.address.endswith(f"/api/{name}"), self.process.stderr.read()
        self.port = urlsplit(self.address).port

    def ask(self, path: str, headers: dict[str, str] | None = None) -> Reply:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.request("GET", path, headers=headers or {})
            return Reply(connection.getresponse())


def test_a_bridge_answers_probes_gateways_and_prometheus_as_these_files_ask(bridge: Bridge, oe_mcp_http: str) -> None:
    base, key = f"/api/{bridge.name}", {"Authorization": f"Bearer {bridge.KEY}"}
    # The probes have no key.
    assert subprocess.run([oe_mcp_http, "health", bridge.address], capture_output=True).returncode == 0
    assert [bridge.ask(path).status for path in ("/health", f"{base}/health", f"{base}/ready")] == [200, 200, 503]
    # Under the name that the gateway passes on, and under no other.
    assert bridge.ask(f"{base}/health", {"Host": "mcp.example.com"}).status == 200
    assert bridge.ask(f"{base}/health", {"Host": "evil.example"}).status == 403
    # The one has a token and no server, the other no one who exchanges what came for a token.
    assert bridge.ask(f"{base}/tools", key).status == 502
    for path in ("/metrics", f"{base}/metrics"):
        assert bridge.ask(path).status == (401 if bridge.has_key else 200)
        lines = bridge.ask(path, key).body.decode().splitlines()
        types = dict(line.split(" ")[2:4] for line in lines if line.startswith("# TYPE"))
        expected = {name: "histogram" if name.endswith("seconds") else "counter" for name in FAMILIES}
        assert {name: types.get(name) for name in FAMILIES} == expected
    # As systemd waits for it.
    assert bridge.manager.next()["READY"] == "1"
    bridge.process.send_signal(signal.SIGHUP)
    assert [set(bridge.manager.next()) for _ in range(2)] == [{"RELOADING", "MONOTONIC_USEC"}, {"READY"}]
    assert bridge.ask(f"{base}/health").status == 200
    bridge.process.terminate()
    assert bridge.process.wait(DRAIN) == 0 and bridge.manager.next()["STOPPING"] == "1"
