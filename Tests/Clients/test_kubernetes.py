"""The chart in every combination: what Kubernetes takes, what its parts say of each other, and the program run as a Pod's."""

from __future__ import annotations

import http.client
import itertools
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import kubernetes_validate
from http_program import Reply, fields
from image import Image
from network import OPENSSL, Authority, reserved_port
from redis_server import REDIS, Redis
from stand_in import StandIn
from test_http_accounts import BOTH, call
from test_infra import RULES, VERSIONS, rendered
from wire import ROOT

MODES = {
    "remote_credentials": {},
    "remote": {"OAUTH_ISSUER": "https://login.example.com:9443/realms/a", "OAUTH_AUDIENCE": "api://ovaledge-mcp"},
    "remote_login": {},
}
SWITCHES = {
    "ingress": {"ingress": {"enabled": True, "tlsSecret": "site"}},
    "route": {"httpRoute": {"enabled": True, "parentRefs": [{"name": "gateway"}], "hostnames": ["mcp.example.com"]}},
    "scaled": {"autoscaling": {"enabled": True}},
    "watched": {"serviceMonitor": {"enabled": True}, "prometheusRule": {"enabled": True, "rules": RULES}},
    "fenced": {"networkPolicy": {"enabled": True}},
    "own TLS": {"tls": {"existingSecret": "mcp-tls"}},
    "a store": {"env": [
        {"name": name, "valueFrom": {"secretKeyRef": {"name": "store", "key": "url"}}} for name in ("MCP_STORE_URL", "OAUTH_STORE")
    ]},
    "a collector": {"settings": {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector.example.com:4318"}},
}  # fmt: skip
OWN = {"ServiceMonitor", "PrometheusRule", "HTTPRoute"}


def combined(mode: str, switches: tuple[str, ...]) -> dict:
    settings = {"AUTH_MODE": mode, **MODES[mode], "OVALEDGE_BASE_URL": "https://acme.example.com:8443/ovaledge"}
    if mode != "remote_credentials":
        settings["MCP_PUBLIC_BASE_URL"] = "https://mcp.example.com"
    values: dict = {"sealKeys": {"existingSecret": "oe-mcp"}}
    for name in switches:
        values |= {key: value for key, value in SWITCHES[name].items() if key != "settings"}
        settings |= SWITCHES[name].get("settings", {})
    return values | {"settings": settings}


def combinations(mode: str) -> Iterator[tuple[str, ...]]:
    for count in range(len(SWITCHES) + 1):
        yield from itertools.combinations(SWITCHES, count)


def check(kinds: dict[str, dict]) -> None:
    """What the parts say of each other holds."""
    deployment = kinds["Deployment"]
    template = deployment["spec"]["template"]
    (container,) = template["spec"]["containers"]
    labels = template["metadata"]["labels"]
    settings = kinds["ConfigMap"]["data"]
    names = {kind: it["metadata"]["name"] for kind, it in kinds.items()}
    assert all(re.fullmatch("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", name) for name in names.values()), names

    # Whom each selects.
    for selector in (
        deployment["spec"]["selector"]["matchLabels"], kinds["Service"]["spec"]["selector"],
        kinds["ServiceMetrics"]["spec"]["selector"],
        *(kinds[it]["spec"]["selector"]["matchLabels"] for it in ["PodDisruptionBudget"] if it in kinds),
        *(kinds[it]["spec"]["podSelector"]["matchLabels"] for it in ["NetworkPolicy"] if it in kinds),
    ):  # fmt: skip
        assert selector and selector.items() <= labels.items(), selector

    # Ports by their names, and as the program has them.
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    assert ports == {"http": int(settings["MCP_HTTP_PORT"]), "metrics": int(settings["MCP_METRICS_PORT"])}
    for kind in ("Service", "ServiceMetrics"):
        assert all(port["targetPort"] in ports for port in kinds[kind]["spec"]["ports"])
    assert all(container[f"{kind}Probe"]["httpGet"]["port"] in ports for kind in ("startup", "liveness", "readiness"))

    # Files that the settings name are mounted, from what is there.
    spec = template["spec"]
    volumes = {volume["name"]: volume for volume in spec["volumes"]}
    mounts = {mount["mountPath"]: volumes[mount["name"]] for mount in container["volumeMounts"]}
    assert len(mounts) == len(volumes)
    for name, value in settings.items():
        if value.startswith("/"):
            secret = mounts[str(Path(value).parent)]["secret"]
            items = [item["path"] for item in secret.get("items", [])] or ["tls.crt", "tls.key"]
            assert Path(value).name in items, name
    image = Image((ROOT / "Dockerfile").read_text())
    assert image.variables["HOME"] in mounts and "emptyDir" in mounts[image.variables["HOME"]]
    assert spec["serviceAccountName"] == names["ServiceAccount"]
    assert container["envFrom"] == [{"configMapRef": {"name": names["ConfigMap"]}}]

    # Who leads to it, scales it and reads its metrics.
    port = kinds["Service"]["spec"]["ports"][0]
    if "Ingress" in kinds:
        (path,) = kinds["Ingress"]["spec"]["rules"][0]["http"]["paths"]
        assert path["backend"]["service"] == {"name": names["Service"], "port": {"name": port["name"]}}
        assert kinds["Ingress"]["spec"]["rules"][0]["host"] in kinds["Ingress"]["spec"]["tls"][0]["hosts"]
    if "HTTPRoute" in kinds:
        assert kinds["HTTPRoute"]["spec"]["rules"][0]["backendRefs"] == [{"name": names["Service"], "port": port["port"]}]
    if "HorizontalPodAutoscaler" in kinds:
        target = kinds["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]
        assert (target["kind"], target["name"]) == ("Deployment", names["Deployment"])
        # A request of the resource by which it is scaled; and nothing else says how many there are.
        assert container["resources"]["requests"]["cpu"] and "replicas" not in deployment["spec"]
    if "ServiceMonitor" in kinds:
        monitor = kinds["ServiceMonitor"]["spec"]
        wanted = monitor["selector"]["matchLabels"].items()
        assert wanted <= kinds["ServiceMetrics"]["metadata"]["labels"].items()
        assert not wanted <= kinds["Service"]["metadata"]["labels"].items()
        assert monitor["endpoints"][0]["port"] == kinds["ServiceMetrics"]["spec"]["ports"][0]["name"]
    if "NetworkPolicy" in kinds:
        policy = kinds["NetworkPolicy"]["spec"]
        assert {port["port"] for rule in policy["ingress"] for port in rule["ports"]} == set(ports)
        open_ports = {port["port"] for rule in policy["egress"] for port in rule["ports"] if port["protocol"] == "TCP"}
        asked = re.findall(r"://[^/\s:]+:(\d+)", " ".join(settings.values()))
        assert {53, 443, 6379, *map(int, asked)} <= open_ports


@pytest.mark.parametrize("mode", MODES)
def test_every_combination_is_whole(mode: str) -> None:
    seen: set[str] = set()
    for switches in combinations(mode):
        kinds, _ = rendered(combined(mode, switches))
        check(kinds)
        for kind, resource in kinds.items():
            # What is the same in many is asked about once.
            text = json.dumps(resource)
            if kind not in OWN and text not in seen:
                seen.add(text)
                kubernetes_validate.validate(resource, VERSIONS[-1], strict=True)


def test_where_a_pod_may_go_follows_the_addresses_or_the_values() -> None:
    values = combined("remote", ("fenced", "a collector"))
    egress = rendered(values)[0]["NetworkPolicy"]["spec"]["egress"]
    assert [port["port"] for port in egress[1]["ports"]][:3] == [443, 6379, 6380]
    assert {4318, 8443, 9443} <= {port["port"] for port in egress[1]["ports"]}
    own = [{"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}]
    values["networkPolicy"] = {"enabled": True, "egress": own}
    assert rendered(values)[0]["NetworkPolicy"]["spec"]["egress"] == own


# A Pod without Kubernetes: its settings and arguments, its mounts, and a root that nothing can be written to.

READ_ONLY = """
mount --make-rprivate /
mount -t tmpfs tmpfs "$HOME"
mount --bind / /
mount -o remount,bind,ro /
exec "$@"
"""


@pytest.fixture
def secrets(oe_mcp_http: str, run, tmp_path: Path) -> dict[str, Path]:
    """What the Secrets hold, by where it is mounted."""
    folder = tmp_path / "secrets"
    (folder / "oe-mcp").mkdir(parents=True)
    (folder / "oe-mcp-tls").mkdir()
    assert run("keys", "new", str(folder / "oe-mcp/seal.keys")).returncode == 0
    certificate, key = Authority(tmp_path / "authority", "Example Root").certificate("pod")
    shutil.copy(certificate, folder / "oe-mcp-tls/tls.crt")
    shutil.copy(key, folder / "oe-mcp-tls/tls.key")
    return {f"/run/secrets/{name}": folder / name for name in ("oe-mcp", "oe-mcp-tls")}


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="a read-only root takes root's rights on Linux")
@pytest.mark.skipif(not REDIS or not OPENSSL, reason="redis-server or openssl is missing; scripts/need test gets them")
@pytest.mark.parametrize("mode", ["remote_credentials", "remote_login"])
@pytest.mark.parametrize("switches", [(), ("a store",), ("own TLS", "a store")], ids=" and ".join)
def test_a_pod_runs_with_a_read_only_root_and_passes_its_probes(
    oe_mcp_http: str, tmp_path: Path, secrets, ovaledge: StandIn, pair, mode: str, switches: tuple[str, ...]
) -> None:
    kinds, _ = rendered(combined(mode, switches))
    template = kinds["Deployment"]["spec"]["template"]
    (container,) = template["spec"]["containers"]
    settings = kinds["ConfigMap"]["data"]
    port, metrics = reserved_port(), reserved_port()
    settings |= {"OVALEDGE_BASE_URL": ovaledge.base_url, "MCP_HTTP_PORT": str(port), "MCP_METRICS_PORT": str(metrics)}
    for name, value in settings.items():
        for place, folder in secrets.items():
            settings[name] = settings[name].replace(place + "/", f"{folder}/")
    store = Redis(tmp_path / "store") if switches else None
    settings |= {each["name"]: store.url for each in container.get("env", [])}
    home = tmp_path / "home"
    home.mkdir()
    named = {"http": port, "metrics": metrics}
    command = [shutil.which("unshare"), "--mount", "/bin/sh", "-ec", READ_ONLY, "sh", oe_mcp_http, *container["args"]]
    environment = {"PATH": os.environ["PATH"], "HOME": str(home)} | settings
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline()
        assert line.endswith("/mcp\n"), process.stderr.read()
        for kind in ("startup", "liveness", "readiness"):
            get = container[f"{kind}Probe"]["httpGet"]
            assert asked(get["scheme"], named[get["port"]], get["path"]).status == 200, kind
        assert asked("HTTP", metrics, "/metrics").status == 200
        if mode == "remote_credentials":
            scheme = container["readinessProbe"]["httpGet"]["scheme"]
            assert not asked(scheme, port, "/mcp", call(), BOTH | fields(pair)).json["result"].get("isError")
        root = f"/proc/{process.pid}/root"
        with pytest.raises(OSError, match="Read-only"):
            Path(root, "etc/file").write_text("")
    finally:
        process.terminate()
        code = process.wait(template["spec"]["terminationGracePeriodSeconds"])
        if store:
            store.stop()
    said = process.stderr.read()
    assert code == 0 and "rror" not in said, said


def asked(scheme: str, port: int, path: str, body: dict | None = None, headers: dict[str, str] | None = None) -> Reply:
    """As the kubelet asks, which trusts any certificate."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if scheme == "HTTPS":
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=10, context=context)
    else:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with closing(connection):
        connection.request("POST" if body else "GET", path, json.dumps(body) if body else None, headers or {})
        return Reply(connection.getresponse())
