"""What deploys the server, by the tools of its field: images, compose files, the chart, ECS, proxies, scripts."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from compose_spec import PyCompose

import kubernetes_validate
from helm_chart import HelmChart
from image import Image
from proxies import EDGE
from wire import ROOT

ECS = ROOT / "infra/ecs-template.yaml"
SERVICE = (ROOT / "infra/systemd/oe-mcp-http.service").read_text()
COMPOSE = [
    ROOT / "docker-compose.yml",
    ROOT / "docker-compose.bridges.yml",
    ROOT / "examples/remote-server/docker-compose.yml",
]
DOCKERFILES = [ROOT / "Dockerfile", ROOT / "Dockerfile.ecs", ROOT / "examples/remote-server/Dockerfile"]
# Of the Kubernetes that the chart asks for, and of the newest that is known here.
VERSIONS = ["1.25", "1.33"]
# How long calls may take once a server is asked to end, and a margin.
DRAIN, MARGIN = 30, 5


def lint(tool: str, *arguments: object) -> None:
    """Runs a tool that was installed with these tests; it may not find anything."""
    command = [str(Path(sys.executable).parent / tool), *(str(argument) for argument in arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


# Scripts and files


def test_scripts_hold_no_trap() -> None:
    files = [path for path in (ROOT / "scripts").rglob("*") if path.is_file() and b"\0" not in path.read_bytes()]
    scripts = [path for path in files if "bash" in path.read_text().split("\n", 1)[0]]
    assert len(scripts) > 10
    lint("shellcheck", "--external-sources", "--source-path=SCRIPTDIR", *scripts, "scripts/lib.sh", ".ci/run")


def test_yaml_is_tidy() -> None:
    plain = [path for path in (ROOT / "infra").rglob("*.y*ml") if "templates" not in path.parts]
    lint("yamllint", "--strict", *COMPOSE, *plain)


# Images


def test_dockerfiles_follow_their_best_practices() -> None:
    lint("hadolint", *DOCKERFILES)


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_an_image_runs_as_a_user_who_owns_nothing(path: Path) -> None:
    image = Image(path.read_text())
    assert image.user == "10001:10001"
    assert not any("SECRET" in name or "TOKEN" in name for name in image.variables)


def test_an_image_is_stopped_and_asked_as_the_program_takes_it() -> None:
    image = Image((ROOT / "Dockerfile").read_text())
    assert image.stop == "SIGTERM" and image.health == ["oe-mcp-http", "health"] and image.entry == ["oe-mcp-http"]
    assert image.ports == ["8000", "9090"] and image.volumes == []
    assert image.variables["MCP_HTTP_HOST"] == "0.0.0.0" and image.variables["AUTH_MODE"] == "remote_credentials"
    assert {f"org.opencontainers.image.{name}" for name in ("title", "licenses", "version", "revision")} <= set(image.labels)


def test_a_build_gets_all_sources_and_no_secret() -> None:
    left_out = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert {".build", ".git", ".venv", ".env", "**/*.key", "**/*.keys", "**/*.env", "**/*.pem"} <= set(left_out)
    manifest = (ROOT / "Package.swift").read_text()
    needed = {"Package.swift", "Sources", "Tests", "scripts"} | set(re.findall(r'(?:path|at): "([^"/]+)', manifest))
    assert "examples" in needed and not needed & set(left_out)


# Compose


def composed(path: Path) -> dict:
    """As compose reads it: anchors followed, variables replaced by their defaults."""
    text = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", path.read_text())
    assert "${" not in text
    return {name: value for name, value in yaml.safe_load(text).items() if not name.startswith("x-")}


@pytest.mark.parametrize("path", COMPOSE, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_compose_file_is_valid_and_gives_no_more_than_is_needed(path: Path) -> None:
    content = composed(path)
    assert PyCompose.from_yaml(yaml.safe_dump(content)).service_names()
    for name, service in content["services"].items():
        assert service["read_only"] and service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), name
        assert not service.get("privileged") and not any("docker.sock" in str(it) for it in service.get("volumes", [])), name
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert not source.startswith("./infra") or (ROOT / source).exists(), source


def test_the_compose_file_has_profiles_for_what_is_optional() -> None:
    services = composed(COMPOSE[0])["services"]
    profiles = {name: service.get("profiles") for name, service in services.items()}
    assert profiles == {"oe-mcp": None, "caddy": ["caddy"], "nginx": ["nginx"], "redis": ["redis"]}
    server = services["oe-mcp"]
    assert seconds(server["stop_grace_period"]) >= DRAIN + MARGIN
    assert server["healthcheck"]["test"] == ["CMD", *Image((ROOT / "Dockerfile").read_text()).health]
    # The proxies find the server where their files say, since they share its network.
    assert all(services[name]["network_mode"] == "service:oe-mcp" for name in ("caddy", "nginx"))


def seconds(text: str) -> int:
    assert text.endswith("s"), text
    return int(text[:-1])


def test_what_is_logged_is_kept_in_files_that_are_rotated() -> None:
    server = composed(COMPOSE[0])["services"]["oe-mcp"]
    settings = server["environment"]
    assert {"LOG_FILE", "LOG_FILE_MAX_BYTES", "LOG_FILE_KEEP"} <= set(settings)
    assert str(Path(settings["LOG_FILE"]).parent) in [volume.split(":")[1] for volume in server["volumes"]]
    assert re.search(r"^Environment=LOG_FILE=%L/\S+ LOG_FILE_MAX_BYTES=\d+ LOG_FILE_KEEP=\d+$", SERVICE, re.M)
    for path in COMPOSE:
        for name, service in composed(path)["services"].items():
            assert {"max-size", "max-file"} <= set(service["logging"]["options"]), name


# Kubernetes

BASE = {"settings": {"OVALEDGE_BASE_URL": "https://acme.ovaledge.net/ovaledge"}}
RULES = "groups: [{name: oe-mcp, rules: [{alert: OeMcpDown, expr: up == 0}]}]"
VALUES = {
    "as it is": {},
    "many": {
        "replicas": 3,
        "image": {"registry": "registry.example.com", "digest": "sha256:" + "0" * 64, "pullSecrets": [{"name": "pull"}]},
        "sealKeys": {"existingSecret": "oe-mcp"},
        "env": [{"name": "MCP_STORE_URL", "valueFrom": {"secretKeyRef": {"name": "store", "key": "url"}}}],
        "envFrom": [{"secretRef": {"name": "more"}}],
        "topologySpreadConstraints": [
            {"maxSkew": 1, "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "ScheduleAnyway"}
        ],
        "ingress": {"enabled": True, "tlsSecret": "mcp-tls"},
        "networkPolicy": {"enabled": True, "from": [{"namespaceSelector": {}}], "metricsFrom": [{"podSelector": {}}]},
    },
    "scaled and watched": {
        "autoscaling": {"enabled": True},
        "tls": {"existingSecret": "mcp-tls"},
        "serviceMonitor": {"enabled": True, "labels": {"release": "prometheus"}},
        "prometheusRule": {"enabled": True, "rules": RULES},
        "httpRoute": {"enabled": True, "parentRefs": [{"name": "gateway"}], "hostnames": ["mcp.example.com"]},
        "state": {"existingClaim": "audit"},
    },
    "with a sign-in page": {
        "replicas": 2,
        "settings": {"AUTH_MODE": "remote_login", "MCP_PUBLIC_BASE_URL": "https://mcp.example.com"},
        "sealKeys": {"existingSecret": "oe-mcp"},
        "env": [
            {"name": name, "valueFrom": {"secretKeyRef": {"name": "store", "key": "url"}}}
            for name in ("MCP_STORE_URL", "OAUTH_STORE")
        ],
    },
    "behind an identity provider": {
        "settings": {
            "AUTH_MODE": "remote", "MCP_PUBLIC_BASE_URL": "https://mcp.example.com",
            "OAUTH_ISSUER": "https://login.example.com", "OAUTH_AUDIENCE": "api://ovaledge-mcp",
            "OAUTH_EXCHANGE": "rfc8693", "OAUTH_CLIENT_ID": "oe-mcp",
        },
        "env": [{"name": "OAUTH_CLIENT_SECRET", "valueFrom": {"secretKeyRef": {"name": "provider", "key": "secret"}}}],
    },
    "with everything of one's own": {
        "fullnameOverride": "catalog",
        "metrics": {"enabled": False},
        "serviceAccount": {"create": False},
        "podAnnotations": {"a": "b"},
        "podLabels": {"team": "data"},
        "lifecycle": {"preStop": {"httpGet": {"path": "/health", "port": "http"}}},
        "probes": {"startup": {"enabled": False}},
        "affinity": {"podAntiAffinity": {}},
        "nodeSelector": {"disk": "ssd"},
        "tolerations": [{"operator": "Exists"}],
        "priorityClassName": "high",
        "extraArgs": ["--set", "LOG_LEVEL=debug"],
        "extraVolumes": [{"name": "ca", "configMap": {"name": "ca"}}],
        "extraVolumeMounts": [{"name": "ca", "mountPath": "/etc/company"}],
        "extraContainers": [{"name": "side", "image": "side:1"}],
        "initContainers": [{"name": "first", "image": "first:1"}],
    },
}


CHART = HelmChart(ROOT / "infra/helm", BASE)
rendered = CHART.rendered


def test_helm_finds_nothing_wrong_with_the_chart() -> None:
    assert CHART.complaints() == []


@pytest.mark.parametrize("name", VALUES)
def test_the_chart_makes_what_kubernetes_takes(name: str) -> None:
    kinds, _ = rendered(VALUES[name])
    own = {"ServiceMonitor", "PrometheusRule", "HTTPRoute"}
    for kind, resource in kinds.items():
        for version in [] if kind in own else VERSIONS:
            kubernetes_validate.validate(resource, version, strict=True)
    container = kinds["Deployment"]["spec"]["template"]["spec"]["containers"][0]
    assert container["securityContext"]["readOnlyRootFilesystem"] and container["resources"]["limits"]["memory"]


def test_the_kinds_follow_from_the_values() -> None:
    always = {"ConfigMap", "Deployment", "Service"}
    assert set(rendered({})[0]) == always | {"ServiceAccount", "ServiceMetrics"}
    assert set(rendered(VALUES["many"])[0]) == always | {
        "Ingress", "NetworkPolicy", "PodDisruptionBudget", "ServiceAccount", "ServiceMetrics",
    }  # fmt: skip
    assert set(rendered(VALUES["scaled and watched"])[0]) == always | {
        "HTTPRoute", "HorizontalPodAutoscaler", "PodDisruptionBudget", "PrometheusRule", "ServiceAccount",
        "ServiceMetrics", "ServiceMonitor",
    }  # fmt: skip
    assert set(rendered(VALUES["with everything of one's own"])[0]) == always


def pod(values: dict) -> dict:
    return rendered(values)[0]["Deployment"]["spec"]["template"]


def test_a_pod_has_no_rights_and_time_to_finish() -> None:
    spec = pod({})["spec"]
    assert spec["automountServiceAccountToken"] is False
    inner, outer = spec["containers"][0]["securityContext"], spec["securityContext"]
    assert outer["runAsNonRoot"] and outer["runAsUser"] == 10001 and outer["seccompProfile"] == {"type": "RuntimeDefault"}
    assert inner == {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "readOnlyRootFilesystem": True}
    before = int(spec["containers"][0]["lifecycle"]["preStop"]["exec"]["command"][1])
    assert spec["terminationGracePeriodSeconds"] >= before + DRAIN + MARGIN


def test_probes_ask_what_they_are_about() -> None:
    for values, scheme in (({}, "HTTP"), ({"tls": {"existingSecret": "mcp-tls"}}, "HTTPS")):
        container = pod(values)["spec"]["containers"][0]
        asked = {kind: container[f"{kind}Probe"]["httpGet"] for kind in ("startup", "liveness", "readiness")}
        assert {kind: get["path"] for kind, get in asked.items()} == {
            "startup": "/health", "liveness": "/health", "readiness": "/ready",
        }  # fmt: skip
        assert {get["scheme"] for get in asked.values()} == {scheme}


def test_metrics_are_found_under_the_name_that_rules_have() -> None:
    kinds, _ = rendered(VALUES["scaled and watched"])
    monitor, service = kinds["ServiceMonitor"]["spec"], kinds["ServiceMetrics"]
    assert monitor["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()
    assert service["metadata"]["labels"][monitor["jobLabel"]] == "oe-mcp"
    assert [port["name"] for port in service["spec"]["ports"]] == [monitor["endpoints"][0]["port"]]
    assert kinds["PrometheusRule"]["spec"]["groups"] == yaml.safe_load(RULES)["groups"]


def test_other_settings_are_other_pods() -> None:
    sums = [pod(values)["metadata"]["annotations"] for values in ({}, {"settings": {"LOG_LEVEL": "debug"}})]
    assert sums[0]["checksum/settings"] != sums[1]["checksum/settings"]


def test_settings_reach_the_program_as_they_are_written() -> None:
    settings = {"MCP_MAX_BODY_BYTES": 10485760, "OVALEDGE_RETRY_BACKOFF_SECONDS": 0.5, "MCP_CORS": True, "MCP_ALLOWED_HOSTS": ""}
    values = {"settings": settings, "sealKeys": {"existingSecret": "oe-mcp"}, "tls": {"existingSecret": "mcp-tls"}}
    data = rendered(values)[0]["ConfigMap"]["data"]
    assert data["MCP_MAX_BODY_BYTES"] == "10485760" and data["OVALEDGE_RETRY_BACKOFF_SECONDS"] == "0.5"
    assert data["MCP_CORS"] == "true" and "MCP_ALLOWED_HOSTS" not in data
    mounts = {it["mountPath"] for it in pod(values)["spec"]["containers"][0]["volumeMounts"]}
    for name in ("MCP_SEAL_KEY_FILE", "MCP_TLS_CERTIFICATE", "MCP_TLS_KEY"):
        assert str(Path(data[name]).parent) in mounts
    secrets = [volume["secret"] for volume in pod(values)["spec"]["volumes"] if "secret" in volume]
    # Others than root and its group may not read them, or the program does not either.
    assert [secret["defaultMode"] for secret in secrets] == [0o440] * 2


WRONG = {
    "a name that nobody reads": ({"replica": 2}, "replica"),
    "no address": ({"settings": {"OVALEDGE_BASE_URL": "acme"}}, "OVALEDGE_BASE_URL"),
    "mode local, which is for one person": ({"settings": {"AUTH_MODE": "local"}}, "AUTH_MODE"),
    "a secret among the settings": ({"settings": {"OVALEDGE_USER_SECRET": "s"}}, "OVALEDGE_USER_SECRET"),
    "a digest that is none": ({"image": {"digest": "latest"}}, "digest"),
    "metrics read that are not there": ({"serviceMonitor": {"enabled": True}, "metrics": {"enabled": False}}, "metrics"),
    "a route without a gateway": ({"httpRoute": {"enabled": True}}, "parentRefs"),
    "a store without keys": ({"settings": {"MCP_STORE_URL": "rediss://store.example.com"}}, "sealKeys"),
    "a secret key among the settings": ({"settings": {"OAUTH_KEY": "5c" * 32}}, "OAUTH_KEY"),
    "a sign-in without an address": (
        {"settings": {"AUTH_MODE": "remote_login"}, "sealKeys": {"existingSecret": "oe-mcp"}}, "MCP_PUBLIC_BASE_URL",
    ),
    "a sign-in over plain HTTP": (
        {"settings": {"AUTH_MODE": "remote_login", "MCP_PUBLIC_BASE_URL": "http://a.example.com"}}, "MCP_PUBLIC_BASE_URL",
    ),
    "sign-ins without keys": (
        {"settings": {"AUTH_MODE": "remote_login", "MCP_PUBLIC_BASE_URL": "https://a.example.com"}}, "sealKeys",
    ),
    "tokens for any program": (
        {"settings": {"AUTH_MODE": "remote", "MCP_PUBLIC_BASE_URL": "https://a.example.com", "OAUTH_ISSUER": "https://b"}},
        "OAUTH_AUDIENCE",
    ),
    "a grace of no time": ({"terminationGracePeriodSeconds": 0}, "terminationGracePeriodSeconds"),
}


@pytest.mark.parametrize("name", WRONG)
def test_values_that_cannot_be_meant_are_refused(name: str) -> None:
    values, named = WRONG[name]
    with pytest.raises(ValueError, match=named):
        CHART.check(CHART.with_base(values))


def test_an_address_has_to_be_given() -> None:
    with pytest.raises(Exception, match="Set settings.OVALEDGE_BASE_URL"):
        CHART.files({})


def test_the_notes_warn_of_what_would_not_work() -> None:
    assert "port-forward" in rendered({})[1] and "WARNING" not in rendered({})[1]
    assert "several replicas without a store" in rendered({"replicas": 2})[1]
    stored = {"replicas": 2, "settings": {"MCP_STORE_URL_FILE": "/run/url"}, "sealKeys": {"existingSecret": "oe-mcp"}}
    assert "WARNING" not in rendered(stored)[1]
    assert "credentials travel unencrypted" in rendered({"ingress": {"enabled": True}})[1]
    assert "https://mcp.example.com/mcp" in rendered(VALUES["scaled and watched"])[1]
    assert "token and secret of its person" in rendered(VALUES["scaled and watched"])[1]


def test_the_notes_say_of_sign_ins_where_they_are_kept_and_how_people_sign_in() -> None:
    assert "sign-ins are kept in a folder" not in rendered(VALUES["with a sign-in page"])[1]
    alone = VALUES["with a sign-in page"] | {"env": [], "replicas": 1}
    assert "WARNING: sign-ins are kept in a folder of the Pod" in rendered(alone)[1]
    shown = rendered(VALUES["with a sign-in page"] | {"ingress": {"enabled": True, "tlsSecret": "mcp-tls"}})[1]
    assert "opens a page to sign in" in shown and "token and secret" not in shown


def test_the_keys_of_sign_ins_are_those_that_are_mounted() -> None:
    data = rendered(VALUES["with a sign-in page"])[0]["ConfigMap"]["data"]
    assert data["OAUTH_KEY_FILE"] == data["MCP_SEAL_KEY_FILE"]
    assert "OAUTH_KEY_FILE" not in rendered(VALUES["many"])[0]["ConfigMap"]["data"]


# Every path of a sign-in (docs/OAuth.md), besides the endpoint.
SIGN_IN_PATHS = [
    "/", "/mcp", "/.well-known/oauth-protected-resource", "/.well-known/oauth-protected-resource/mcp",
    "/.well-known/oauth-authorization-server", "/authorize", "/authorize/decision", "/authorize/done", "/token",
    "/register", "/revoke", "/connections",
]  # fmt: skip


def test_every_path_of_a_sign_in_gets_to_the_server() -> None:
    (rule,) = rendered(VALUES["many"])[0]["Ingress"]["spec"]["rules"]
    prefixes = [it["path"] for it in rule["http"]["paths"] if it["pathType"] == "Prefix"]
    blocks = re.findall(r"location (= )?(\S+) \{([^}]*)\}", (EDGE / "nginx.conf").read_text())
    for path in SIGN_IN_PATHS:
        assert any(path.startswith(prefix) for prefix in prefixes), path
        exact = [body for equal, name, body in blocks if equal and name == path]
        assert exact or any(path.startswith(name) for equal, name, _ in blocks if not equal), path
        assert all("proxy_pass http://oe_mcp;" in body for body in exact), path
    # These have no rule about paths, but for what is not of the server.
    assert all("matches" not in it for it in rendered(VALUES["scaled and watched"])[0]["HTTPRoute"]["spec"]["rules"])
    assert not [it for it in ecs()["Resources"].values() if it["Type"] == "AWS::ElasticLoadBalancingV2::ListenerRule"]
    assert re.findall(r"^\thandle (\S+)", (EDGE / "Caddyfile").read_text(), re.M) == ["/metrics"]


def test_every_value_is_described_and_used() -> None:
    values = yaml.safe_load((CHART.folder / "values.yaml").read_text())
    schema = json.loads((CHART.folder / "values.schema.json").read_text())
    assert set(values) == set(schema["properties"]) - {"global"}
    templates = "".join(path.read_text() for path in (CHART.folder / "templates").iterdir())
    used = set(re.findall(r"\.Values\.(\w+)", templates))
    assert used == set(values)


def test_the_chart_has_the_version_of_the_program() -> None:
    program = re.search(r'current = "([^"]+)"', (ROOT / "Sources/Settings/ProgramVersion.swift").read_text())[1]
    assert yaml.safe_load((CHART.folder / "Chart.yaml").read_text())["appVersion"] == program


# ECS


def test_the_template_for_ecs_is_sound() -> None:
    lint("cfn-lint", ECS)


class Tagged(yaml.SafeLoader):
    """Reads CloudFormation's short forms as what they apply to."""


def _untagged(loader: yaml.SafeLoader, _: str, node: yaml.Node) -> object:
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    return loader.construct_scalar(node)


Tagged.add_multi_constructor("!", _untagged)


def ecs() -> dict:
    return yaml.load(ECS.read_text(), Tagged)


# As OvalEdge's own template has them: 04 of its parameters, and what ECS adds.
PARAMETERS = {
    "AllowedCidr", "AssignPublicIp", "AuthMode", "CertificateArn", "ContainerPort", "Cpu", "CredentialsCacheMaxEntries",
    "DesiredCount", "Environment", "ImageUri", "McpHttpStateless", "McpServerVersion", "Memory", "OAuthAllowedIssuers",
    "OAuthAudience", "OAuthClientId", "OAuthIntrospectionUrl", "OAuthIssuer", "OAuthScopes", "OpenAIAppsChallenge",
    "OvalEdgeBaseUrl", "OvalEdgeForwardIdpToken", "OvalEdgeHttpAuthScheme", "OvalEdgeMaxRetries", "SubnetIds", "VpcId",
}  # fmt: skip
OUTPUTS = {"HealthUrl", "MCPBrandIconUrl", "MCPEndpointUrl", "MCPPublicBaseUrl", "OAuthDiscoveryUrl"}


def test_the_template_has_the_names_of_ovaledges_own() -> None:
    assert PARAMETERS <= set(ecs()["Parameters"]) and OUTPUTS <= set(ecs()["Outputs"])


def test_a_task_has_no_rights_and_time_to_finish() -> None:
    resources = ecs()["Resources"]
    task = resources["TaskDefinition"]["Properties"]
    container = task["ContainerDefinitions"][0]
    assert container["User"] == "10001:10001" and container["ReadonlyRootFilesystem"] is True
    assert container["StopTimeout"] >= DRAIN + MARGIN
    assert container["HealthCheck"]["Command"] == ["CMD", *Image((ROOT / "Dockerfile").read_text()).health]
    attributes = {it["Key"]: it["Value"] for it in resources["LoadBalancer"]["Properties"]["LoadBalancerAttributes"]}
    # Of two ends of a connection the one that asks has to give it up first.
    assert int(attributes["idle_timeout.timeout_seconds"]) < 75
    assert "Policies" not in resources["TaskRole"]["Properties"]
    # What is secret comes from Secrets Manager, and never as a parameter.
    assert not [name for name in ecs()["Parameters"] if re.search("Secret|ApiKey|Password", name) and not name.endswith("Arn")]


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A docker and an AWS command line that write down what they are asked."""
    for name in ("docker", "aws"):
        path = tmp_path / name
        path.write_text(f'#!/bin/sh\necho "{name} $*" >>{tmp_path}/asked\n[ "$1" != sts ] || echo 123456789012\n')
        path.chmod(0o755)
    return tmp_path


REQUIRED = {"OVALEDGE_BASE_URL": "https://acme.ovaledge.net/ovaledge", "VPC_ID": "vpc-1", "SUBNET_IDS": "subnet-1,subnet-2"}


def deploy(tools: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess:
    environment = {"PATH": f"{tools}:/usr/local/bin:/usr/bin:/bin", "HOME": str(tools)} | variables
    return subprocess.run(
        [ROOT / "scripts/deploy_ecs.sh", *arguments], env=environment, capture_output=True, text=True, timeout=60
    )


def test_a_deployment_builds_pushes_and_passes_on_what_is_set(tools: Path) -> None:
    done = deploy(tools, **REQUIRED, CERTIFICATE_ARN="arn:aws:acm:x", CPU_ARCHITECTURE="ARM64")
    assert done.returncode == 0, done.stderr
    asked = (tools / "asked").read_text().splitlines()
    builds = [line for line in asked if line.startswith("docker build")]
    assert len(builds) == 2 and all("--platform linux/arm64" in line for line in builds) and "Dockerfile.ecs" in builds[1]
    assert "123456789012.dkr.ecr.us-east-1.amazonaws.com/oe-mcp-ecs:latest" in builds[1]
    (stack,) = [line for line in asked if "cloudformation deploy" in line]
    given = dict(word.split("=", 1) for word in stack.partition("--parameter-overrides ")[2].split())
    assert given["CertificateArn"] == "arn:aws:acm:x" and given["SubnetIds"] == "subnet-1,subnet-2"
    # What is not set has the template's default.
    assert "DesiredCount" not in given and set(given) <= set(ecs()["Parameters"])


def test_each_parameter_can_be_set_by_a_variable_that_help_names(tools: Path) -> None:
    script = (ROOT / "scripts/deploy_ecs.sh").read_text()
    passed = dict(re.findall(r"^pass (\w+) (\w+)$", script, re.M))
    assert set(passed) | {"ImageUri", "CpuArchitecture", "ContainerPort", "LogRetentionDays"} == set(ecs()["Parameters"])
    said = deploy(tools, "--help")
    assert said.returncode == 0 and set(passed.values()) <= set(re.findall(r"\w+", said.stdout))
    assert not (tools / "asked").exists()


@pytest.mark.parametrize(
    ("arguments", "variables", "named"),
    [
        (["--zip"], REQUIRED, "--help"),
        ([], {}, "OVALEDGE_BASE_URL VPC_ID SUBNET_IDS"),
        ([], REQUIRED | {"DESIRED_COUNT": "2"}, "STORE_URL_SECRET_ARN"),
        ([], REQUIRED | {"CPU_ARCHITECTURE": "mips"}, "ARM64"),
        ([], REQUIRED | {"AUTH_MODE": "remote_login", "STORE_URL_SECRET_ARN": "arn:a"}, "SEAL_KEYS_SECRET_ARN"),
        ([], REQUIRED | {"AUTH_MODE": "remote"}, "CERTIFICATE_ARN"),
        ([], REQUIRED | {"AUTH_MODE": "remote", "CERTIFICATE_ARN": "arn:a", "PUBLIC_BASE_URL": "https://a"}, "OAUTH_AUDIENCE"),
    ],
)
def test_a_deployment_that_cannot_work_is_not_begun(tools: Path, arguments: list[str], variables: dict, named: str) -> None:
    done = deploy(tools, *arguments, **variables)
    assert done.returncode == 64 and named in done.stderr and not (tools / "asked").exists()


# At the edge


@pytest.mark.parametrize("name", ["nginx.conf", "nginx-keys.conf"])
def test_a_configuration_of_nginx_has_no_known_weakness(name: str, tmp_path: Path) -> None:
    for path in EDGE.glob("*.conf"):
        (tmp_path / path.name).write_text(path.read_text().replace("/etc/nginx/oe-mcp", str(tmp_path)))
    (tmp_path / "clients.keys").write_text('"Bearer key" "token::secret";\n')
    (tmp_path / "main.conf").write_text(f"events {{}}\nhttp {{\n    include {tmp_path}/{name};\n}}\n")
    lint("gixy", tmp_path / "main.conf")


# All together


def known_settings() -> set[str]:
    """Those of the program, which it writes itself."""
    own = set(re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.M))
    return own | {"HOME"}


def named_settings() -> dict[str, set[str]]:
    """The settings that each place sets."""
    image = set().union(*(Image(path.read_text()).variables for path in DOCKERFILES))
    compose = composed(COMPOSE[0])["services"]["oe-mcp"]["environment"]
    unit = re.findall(r"(\w+)=", " ".join(re.findall(r"^Environment=(.*)$", SERVICE, re.M)))
    file = re.findall(r"^(\w+)=", (ROOT / "infra/systemd/oe-mcp.env").read_text(), re.M)
    everything = VALUES["with a sign-in page"] | {"tls": {"existingSecret": "b"}}
    container = ecs()["Resources"]["TaskDefinition"]["Properties"]["ContainerDefinitions"][0]
    # A conditional entry is read as its condition, what it is and what it else is.
    entries = [entry[1] if isinstance(entry, list) else entry for entry in container["Environment"] + container["Secrets"]]
    return {
        "images": image, "compose": set(compose), "systemd": {*unit, *file},
        "helm": set(rendered(everything)[0]["ConfigMap"]["data"]), "ECS": {entry["Name"] for entry in entries},
    }  # fmt: skip


def test_every_setting_that_is_set_somewhere_is_one() -> None:
    unknown = {place: names - known_settings() for place, names in named_settings().items()}
    assert not any(unknown.values()), unknown


def test_every_place_ends_the_program_late_enough() -> None:
    stop = re.search(r"^TimeoutStopSec=(\d+)$", SERVICE, re.M)
    assert int(stop[1]) >= DRAIN + MARGIN


def test_a_place_that_hands_over_settings_one_by_one_has_all_of_both_modes() -> None:
    """But those that name files, which an image would have to bring, and what is off wherever there is no file."""
    files = {"OAUTH_CA_BUNDLE", "OAUTH_KEY", "OAUTH_STATIC_CLIENTS", "OAUTH_CLIENT_CREDENTIALS", "OAUTH_ID_JAG_ISSUERS"}
    own = {name for name in known_settings() if name.startswith("OAUTH_") and not name.endswith("_FILE")} - files
    assert len(own) > 25 and own | {"OAUTH_KEY_FILE"} <= named_settings()["ECS"]
    function = (ROOT / "infra/template.yaml").read_text()
    assert own | {"OAUTH_KEY"} <= set(re.findall(r"^ +(OAUTH_\w+):", function, re.M))
