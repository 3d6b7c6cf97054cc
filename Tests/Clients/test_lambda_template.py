"""infra/template.yaml and scripts/deploy.sh: valid for AWS's own tools, complete, and what each variant comes to."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

from wire import ROOT

TEMPLATE = ROOT / "infra/template.yaml"
BASE = "https://acme.ovaledge.net/ovaledge"
#: Those of OvalEdge's own template.
PARAMETERS = """
    AuthMode OvalEdgeBaseUrl OvalEdgeTokenExchangePath OvalEdgeMaxRetries OAuthIssuer OAuthAllowedIssuers OAuthAudience
    OAuthClientId OAuthClientSecret OAuthIntrospectionUrl OAuthScopes OpenAIAppsChallenge OvalEdgeForwardIdpToken
    Environment McpHttpStateless McpServerVersion LambdaArchitecture OvalEdgeHttpAuthScheme CredentialsCacheMaxEntries
    LambdaMemorySize LambdaTimeout EnableWaf AllowedSourceCidrs TelemetryBackend TelemetryServiceName
    TelemetryProjectName TelemetryOtlpEndpoint TelemetryApiKey PhoenixHost PhoenixApiKey LangfuseHost LangfusePublicKey
    LangfuseSecretKey
""".split()
OUTPUTS = """
    ApiUrl MCPEndpointUrl OAuthDiscoveryUrl HealthUrl MCPPublicBaseUrl MCPBrandIconUrl WAFWebAclArn WAFAllowedSourceCidrs
""".split()


class NoPolicies:
    def load(self) -> dict[str, str]:
        return {"AWSLambdaBasicExecutionRole": "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"}


class Stack:
    """What the template comes to with these parameters."""

    def __init__(self, **given: str):
        source = yaml_parse(TEMPLATE.read_text())
        self.parameters = {name: given.get(name, entry.get("Default")) for name, entry in source["Parameters"].items()}
        os.environ["AWS_DEFAULT_REGION"] = "us-east-1"
        self.template = transform(source, self.parameters, NoPolicies())

    def value(self, node: object) -> object:
        """Conditions and what depends on them, worked out; the rest as it is."""
        if isinstance(node, list):
            return [self.value(item) for item in node]
        if not isinstance(node, dict) or len(node) != 1:
            return {name: self.value(value) for name, value in node.items()} if isinstance(node, dict) else node
        [(name, inner)] = node.items()
        match name:
            case "Ref":
                return self.parameters.get(inner, node)
            case "Condition":
                return self.condition(inner)
            case "Fn::Equals":
                return str(self.value(inner[0])) == str(self.value(inner[1]))
            case "Fn::Not":
                return not self.value(inner[0])
            case "Fn::And":
                return all(self.value(item) for item in inner)
            case "Fn::Or":
                return any(self.value(item) for item in inner)
            case "Fn::Join":
                parts = self.value(inner[1])
                return inner[0].join(parts if isinstance(parts, list) else [parts])
            case "Fn::If":
                return self.value(inner[1] if self.condition(inner[0]) else inner[2])
        return {name: self.value(inner)}

    def condition(self, name: str) -> bool:
        return self.value(self.template["Conditions"][name])

    @property
    def types(self) -> set[str]:
        """What there is, by type."""
        resources = self.template["Resources"].values()
        return {entry["Type"] for entry in resources if "Condition" not in entry or self.condition(entry["Condition"])}

    def function(self, name: str = "ZipFunction") -> dict:
        return self.value(self.template["Resources"][name]["Properties"])


def test_the_template_passes_the_linters():
    linted = subprocess.run([Path(sys.executable).with_name("cfn-lint"), TEMPLATE], capture_output=True, text=True)
    assert (linted.returncode, linted.stdout) == (0, "")
    rules = "{extends: default, rules: {line-length: {max: 130}, document-start: disable}}"
    linted = subprocess.run([sys.executable, "-m", "yamllint", "-s", "-d", rules, TEMPLATE], capture_output=True, text=True)
    assert (linted.returncode, linted.stdout) == (0, "")


def test_the_template_has_the_parameters_and_outputs_that_people_know():
    stack = Stack(OvalEdgeBaseUrl=BASE)
    assert set(PARAMETERS) <= stack.template["Parameters"].keys()
    assert list(stack.template["Outputs"]) != [] and set(OUTPUTS) == stack.template["Outputs"].keys()
    defaults = {
        "AuthMode": "remote_credentials", "OvalEdgeMaxRetries": "3", "OvalEdgeForwardIdpToken": "true", "Environment": "dev",
        "McpHttpStateless": "true", "LambdaArchitecture": "x86_64", "OvalEdgeHttpAuthScheme": "jwt", "EnableWaf": "false",
        "CredentialsCacheMaxEntries": "10000", "LambdaMemorySize": 1024, "LambdaTimeout": 30,
    }  # fmt: skip
    assert {name: stack.parameters[name] for name in defaults} == defaults


HTTP_API, REST_API = "AWS::ApiGatewayV2::Api", "AWS::ApiGateway::RestApi"
URL, WAF = "AWS::Lambda::Url", "AWS::WAFv2::WebACLAssociation"


@pytest.mark.parametrize(
    ("given", "there"),
    [
        ({}, {HTTP_API}), ({"EnableWaf": "true"}, {REST_API, WAF}), ({"ResponseStreaming": "true"}, {URL}),
        ({"EnableWaf": "true", "ResponseStreaming": "true"}, {REST_API, WAF}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", ["Zip", "Image"])
def test_each_variant_has_one_front_and_one_function(form: str, given: dict[str, str], there: set[str]):
    stack = Stack(OvalEdgeBaseUrl=BASE, PackageType=form, **given)
    assert stack.types & {HTTP_API, REST_API, URL, WAF} == there
    assert (stack.condition("IsZip"), stack.condition("IsImage")) == (form == "Zip", form == "Image")
    streams = stack.function(f"{form}Function")["Environment"]["Variables"]["MCP_LAMBDA_STREAMING"]
    assert streams == ("true" if URL in there else "false")


def test_the_function_is_what_aws_starts():
    stack = Stack(OvalEdgeBaseUrl=BASE)
    function = stack.function()
    assert (function["Runtime"], function["Handler"]) == ("provided.al2023", "bootstrap")
    assert stack.function("ImageFunction")["ImageConfig"] == {"Command": ["lambda"]}
    assert function["FunctionName"] == {"Fn::Sub": "${AWS::StackName}-${Environment}-lambda"}


def test_secrets_come_from_secrets_manager_and_only_where_one_is_named():
    def variables(**given: str) -> dict:
        return Stack(OvalEdgeBaseUrl=BASE, **given).function()["Environment"]["Variables"]

    arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:oe-mcp-a1b2c3"
    resolved = {"Fn::Sub": "{{resolve:secretsmanager:${SecretArn}:SecretString:MCP_SEAL_KEY}}"}
    assert variables()["MCP_SEAL_KEY"] == variables()["MCP_STORE_URL"] == ""
    assert variables(SecretArn=arn)["MCP_SEAL_KEY"] == resolved and variables(SecretArn=arn)["MCP_STORE_URL"] == ""
    assert "MCP_STORE_URL}}" in str(variables(SecretArn=arn, StoreInSecret="true")["MCP_STORE_URL"])
    assert variables(StoreInSecret="true")["MCP_STORE_URL"] == ""


def test_sign_ins_are_sealed_and_kept_by_what_the_secret_names():
    arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:oe-mcp-a1b2c3"

    def variables(**given: str) -> dict:
        return Stack(OvalEdgeBaseUrl=BASE, SecretArn=arn, StoreInSecret="true", **given).function()["Environment"]["Variables"]

    given = variables(AuthMode="remote_login", McpPublicBaseUrl="https://mcp.example.com")
    assert given["OAUTH_KEY"] == given["MCP_SEAL_KEY"] and "MCP_SEAL_KEY}}" in str(given["OAUTH_KEY"])
    assert given["OAUTH_STORE"] == given["MCP_STORE_URL"] and "MCP_STORE_URL}}" in str(given["OAUTH_STORE"])
    assert variables()["OAUTH_KEY"] == variables()["OAUTH_STORE"] == ""


def test_a_token_that_is_exchanged_is_not_handed_on():
    for exchange, forwards in [("off", "true"), ("rfc8693", ""), ("on_behalf_of", "")]:
        variables = Stack(OvalEdgeBaseUrl=BASE, OAuthExchange=exchange).function()["Environment"]["Variables"]
        assert (variables["OAUTH_EXCHANGE"], variables["OVALEDGE_REMOTE_FORWARD_IDP_TOKEN"]) == (exchange, forwards)


def test_every_path_of_a_sign_in_gets_to_the_function():
    source = yaml_parse(TEMPLATE.read_text())["Resources"]
    assert set(source["MCPApi"]["Properties"]["DefinitionBody"]["paths"]) == {"$default"}
    assert set(source["MCPRestApi"]["Properties"]["DefinitionBody"]["paths"]) == {"/", "/{proxy+}"}
    for api in ("MCPApi", "MCPRestApi"):
        for path in source[api]["Properties"]["DefinitionBody"]["paths"].values():
            assert set(path) == {"x-amazon-apigateway-any-method"}


@pytest.mark.parametrize(
    ("rule", "given"),
    [
        ("OAuthHasItsAddress", {"AuthMode": "remote"}), ("OAuthHasItsAddress", {"AuthMode": "remote_login"}),
        ("ProviderIsNamed", {"AuthMode": "remote", "OAuthIssuer": "https://login.example.com"}),
        ("SignInsAreKept", {"AuthMode": "remote_login", "SecretArn": "arn:aws:x"}),
    ],
)  # fmt: skip
def test_a_sign_in_that_cannot_work_is_not_deployed(rule: str, given: dict[str, str]):
    stack = Stack(OvalEdgeBaseUrl=BASE, **given)
    [holds] = [stack.value(it["Assert"]) for it in stack.template["Rules"][rule]["Assertions"]]
    assert stack.value(stack.template["Rules"][rule]["RuleCondition"]) is True and holds is False
    usual = Stack(OvalEdgeBaseUrl=BASE)
    assert usual.value(usual.template["Rules"][rule]["RuleCondition"]) is False


@pytest.mark.parametrize(
    "given",
    [
        {}, {"AuthMode": "remote", "OAuthIssuer": "https://login.example.com", "OAuthAudience": "api://a"},
        {"AuthMode": "remote", "OAuthIssuer": "https://login.example.com", "OAuthAudience": "api://a",
         "OAuthExchange": "rfc8693", "OAuthClientId": "a", "OAuthClientSecret": "b-secret"},
        {"AuthMode": "remote_login"},
    ],
)  # fmt: skip
def test_the_program_takes_the_settings_of_each_mode(run, given: dict[str, str]):
    stack = Stack(
        OvalEdgeBaseUrl=BASE, McpPublicBaseUrl="https://mcp.example.com", SecretArn="arn:aws:x", StoreInSecret="true", **given
    )
    secrets = {"MCP_SEAL_KEY}}": "5c" * 32, "MCP_STORE_URL}}": "rediss://:password@redis.example.com"}
    variables = stack.function()["Environment"]["Variables"]
    settings = {
        name: next(secret for end, secret in secrets.items() if value["Fn::Sub"].endswith(end)) if isinstance(value, dict) else value
        for name, value in variables.items()
    }
    done = run("validate", "https://mcp.example.com", "--settings", **settings)
    assert done.returncode == 0 and f"mode {variables['AUTH_MODE']}" in done.stdout, done.stdout + done.stderr


def test_every_setting_of_the_function_is_one_that_the_program_has():
    known = set(re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.M))
    given = Stack(OvalEdgeBaseUrl=BASE).function()["Environment"]["Variables"].keys()
    # Known from OvalEdge's own server, and of no use any more.
    early = {"OVALEDGE_TOKEN_EXCHANGE_PATH"}
    assert given - known - early == set()


@pytest.fixture
def deploy(tmp_path: Path):
    """Runs scripts/deploy.sh with stand-ins for the tools it calls, which write down how they were called."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name, says in [("aws", 'case "$*" in *Account*) echo 123456789012 ;; *describe-repositories*) exit 1 ;; esac'), ("docker", "cat >/dev/null")]:
        lines = ["#!/usr/bin/env bash", f'echo "{name} $*" >>"{tmp_path}/calls"', says]
        lines.insert(2, f'for a in "$@"; do case "$a" in file://*) cp "${{a#file://}}" "{tmp_path}/parameters.json" ;; esac; done')
        (tools / name).write_text("\n".join(lines) + "\n")
        (tools / name).chmod(0o755)

    def start(*arguments: str, **settings: str) -> tuple[subprocess.CompletedProcess, list[str], dict[str, str]]:
        for name in ("calls", "parameters.json"):
            (tmp_path / name).unlink(missing_ok=True)
        environment = {"PATH": f"{tools}:{os.environ['PATH']}", "HOME": str(tmp_path), "OVALEDGE_BASE_URL": BASE} | settings
        done = subprocess.run(
            [ROOT / "scripts/deploy.sh", *arguments], capture_output=True, text=True, env=environment,
            stdin=subprocess.DEVNULL, timeout=60,
        )  # fmt: skip
        calls = (tmp_path / "calls").read_text().splitlines() if (tmp_path / "calls").exists() else []
        kept = json.loads((tmp_path / "parameters.json").read_text()) if (tmp_path / "parameters.json").exists() else []
        return done, calls, dict(entry.split("=", 1) for entry in kept)

    return start


class TestDeploying:
    def test_builds_pushes_and_deploys_an_image(self, deploy):
        done, calls, parameters = deploy(OAUTH_SCOPES="openid profile", OAUTH_CLIENT_SECRET="geheim=1", AWS_REGION="eu-west-1")
        assert done.returncode == 0, done.stderr
        order = [" ".join(call.split()[:3]) for call in calls]
        # The two ends of a pipe start in either order.
        order[3:5] = sorted(order[3:5])
        assert order == [
            "aws sts get-caller-identity", "aws ecr describe-repositories", "aws ecr create-repository",
            "aws ecr get-login-password", "docker login --username", "docker buildx build", "aws cloudformation deploy",
            "aws cloudformation describe-stacks",
        ]  # fmt: skip
        assert all("--region eu-west-1" in call for call in calls if call.startswith("aws cloudformation"))
        assert parameters["ImageUri"].startswith("123456789012.dkr.ecr.eu-west-1.amazonaws.com/oe-mcp:")
        assert (parameters["OAuthScopes"], parameters["OAuthClientSecret"]) == ("openid profile", "geheim=1")
        assert "geheim" not in done.stdout + done.stderr + "".join(calls)
        assert parameters.keys() <= Stack(OvalEdgeBaseUrl=BASE).template["Parameters"].keys()
        assert all(parameters.values())
        [file] = re.findall(r"file://(\S+)", "\n".join(calls))
        assert file.startswith(".build/lambda/") and not (ROOT / file).exists()

    def test_shows_what_it_would_do_and_does_nothing(self, deploy):
        done, calls, _ = deploy("--dry-run", "--zip", "--reserved-concurrency", "1", "--secret-arn", "arn:aws:x")
        assert (done.returncode, calls, done.stderr) == (0, [], "")
        steps = [line[2:] for line in done.stdout.splitlines() if line.startswith("+ ")]
        assert [step.split()[0] for step in steps] == ["scripts/package-lambda", "aws", "aws", "aws", "aws"]
        assert "--region us-east-1" in steps[-1]

    def test_warns_of_what_cannot_be_right(self, deploy):
        done, _, _ = deploy("--dry-run")
        assert [line.split(",")[0] for line in done.stderr.splitlines()] == [
            "Warning: without a store", "Warning: without --secret-arn each instance has keys of its own",
        ]  # fmt: skip

    def test_hands_on_what_both_ways_to_sign_in_need(self, deploy):
        settings = {"MCP_PUBLIC_BASE_URL": "https://mcp.example.com", "OAUTH_GRANT_TTL": "30", "OAUTH_REDIRECT_ALLOW": "https://a/b"}
        done, _, parameters = deploy("--auth-mode", "remote_login", "--store", "--secret-arn", "arn:aws:x", **settings)
        assert done.returncode == 0, done.stderr
        assert (parameters["AuthMode"], parameters["OAuthGrantTtl"], parameters["StoreInSecret"]) == ("remote_login", "30", "true")
        settings |= {"SAM_OAUTH_ISSUER": "https://login.example.com", "OAUTH_AUDIENCE": "api://a", "OAUTH_EXCHANGE": "rfc8693"}
        done, _, parameters = deploy("--auth-mode", "remote", **settings)
        assert done.returncode == 0, done.stderr
        assert (parameters["OAuthIssuer"], parameters["OAuthExchange"]) == ("https://login.example.com", "rfc8693")
        assert parameters.keys() <= Stack(OvalEdgeBaseUrl=BASE).template["Parameters"].keys()

    @pytest.mark.parametrize(
        ("arguments", "settings", "says"),
        [
            (["--frog"], {}, "--frog"), (["--waf"], {}, "--allowed-cidrs"), (["--environment"], {}, "--environment needs a value"),
            (["--environment", "moon"], {}, "moon"), ([], {"OVALEDGE_BASE_URL": ""}, "OVALEDGE_BASE_URL"),
            ([], {"OVALEDGE_BASE_URL": "acme"}, "no address"), (["--store"], {}, "--secret-arn"),
            (["--waf", "--streaming", "--allowed-cidrs", "10.0.0.0/8"], {}, "--streaming"),
            (["--auth-mode", "remote"], {}, "MCP_PUBLIC_BASE_URL"), (["--auth-mode", "remote_login"], {}, "--store"),
            (["--auth-mode", "remote"], {"MCP_PUBLIC_BASE_URL": "https://a"}, "OAUTH_ISSUER"),
            (["--reserved-concurrency", "few"], {}, "whole number"), ([], {"LAMBDA_ARCHITECTURE": "mips"}, "mips"),
        ],
    )  # fmt: skip
    def test_refuses_what_cannot_be_deployed(self, deploy, arguments, settings, says):
        done, calls, _ = deploy(*arguments, **settings)
        assert (done.returncode, calls, done.stdout) == (64, [], "")
        assert says in done.stderr and done.stderr.count("\n") == 1 and "--help" in done.stderr

    def test_explains_itself(self, deploy):
        done, _, _ = deploy("--help")
        assert done.returncode == 0
        for word in "--zip --waf --allowed-cidrs --oval-edge-auth-scheme --credentials-cache-max-entries --mcp-http-stateless \
            --environment --auth-mode --dry-run STACK_NAME LAMBDA_MEMORY_SIZE SAM_OAUTH_ISSUER".split():
            assert word in done.stdout
