"""Resources, prompts and completion through the official Python SDK: listed, read, filled in, completed."""

from __future__ import annotations

import time
from pathlib import Path

import anyio
import pytest
from mcp import Client, MCPError, StdioServerParameters
from mcp.types import PromptReference, ResourceTemplateReference

from sdk import server
from stand_in import Reply, StandIn

GUIDES = {f"docs://ovaledge/{stem}" for stem in (
    "overview", "mcp_workflows", "asset_types", "governance", "rdam_source_access"
)}
ASSETS = {
    "ovaledge://catalog/table/{object_id}": (501, "orders"),
    "ovaledge://catalog/file/{object_id}": (701, "orders_export.jsonl"),
    "ovaledge://governance/glossary-term/{object_id}": (333, "Net revenue"),
    "ovaledge://governance/data-story/{object_id}": (365, "Retention policy"),
    "ovaledge://governance/tag/{object_id}": (357, "Gold"),
}
PROMPTS = {
    "data_discovery", "trust_assessment", "explore_data_domain", "trace_data_lineage", "find_related_assets",
    "metadata_drift", "organizational_knowledge", "platform_help", "resolve_object_access", "native_source_access",
    "dam_object_browse", "catalog_object_access", "explain_business_term", "explain_tag", "explain_dq_rule",
    "assess_cde_dq_coverage",
}
pytestmark = pytest.mark.anyio


# Rows: G131, G133, G145
async def test_every_guide_is_listed_and_read(parameters: StdioServerParameters, mode: str) -> None:
    async with Client(parameters, mode=mode) as client:
        resources = (await client.list_resources()).resources
        assert {resource.uri for resource in resources} == GUIDES
        for resource in resources:
            assert resource.title and resource.description and resource.mime_type == "text/markdown"
            contents = (await client.read_resource(resource.uri)).contents
            assert [part.uri for part in contents] == [resource.uri]
            assert len(contents[0].text.encode()) == resource.size


# Rows: G131, G132, G133, G145
async def test_every_template_is_listed_and_filled_in(parameters: StdioServerParameters, mode: str) -> None:
    async with Client(parameters, mode=mode) as client:
        templates = (await client.list_resource_templates()).resource_templates
        assert {template.uri_template for template in templates} == set(ASSETS)
        for template, (number, name) in ASSETS.items():
            uri = template.replace("{object_id}", str(number))
            contents = (await client.read_resource(uri)).contents
            assert contents[0].uri == uri and contents[0].mime_type == "text/markdown"
            assert contents[0].text.splitlines()[:2][-1 if "«" in contents[0].text else 0].startswith(f"# {name} (")
            assert "[Open in OvalEdge](http" in contents[0].text


# Rows: G134, G135
async def test_what_does_not_exist_is_no_resource(parameters: StdioServerParameters, mode: str) -> None:
    async with Client(parameters, mode=mode) as client:
        for uri in ("ovaledge://catalog/table/999999", "ovaledge://catalog/table/../501", "docs://ovaledge/nope"):
            with pytest.raises(MCPError) as error:
                await client.read_resource(uri)
            assert error.value.code == (-32002 if client.protocol_version < "2026-07-28" else -32602)
            assert error.value.error.data == {"uri": uri}


# Rows: G147, G151, G152
async def test_every_prompt_is_listed_and_filled_in(parameters: StdioServerParameters, mode: str) -> None:
    async with Client(parameters, mode=mode) as client:
        prompts = (await client.list_prompts()).prompts
        assert {prompt.name for prompt in prompts} == PROMPTS
        for prompt in prompts:
            assert prompt.title and prompt.description
            assert all(argument.required and argument.description for argument in prompt.arguments)
            values = {argument.name: 'the "best" orders' for argument in prompt.arguments}
            if "connection_id" in values:
                values["connection_id"] = "20"
            messages = (await client.get_prompt(prompt.name, values)).messages
            assert [message.role for message in messages] == ["user"]
            assert r"\"best\" orders" in messages[0].content.text


# Rows: G148, G149
async def test_prompts_want_what_they_say(parameters: StdioServerParameters, mode: str) -> None:
    async with Client(parameters, mode=mode) as client:
        for name, values in (("no_such_prompt", {}), ("explain_tag", {}), ("explain_tag", {"tag_name": " "})):
            with pytest.raises(MCPError) as error:
                await client.get_prompt(name, values)
            assert error.value.code == -32602


# Rows: G154, G160
async def test_names_and_ids_are_completed(parameters: StdioServerParameters, mode: str) -> None:
    table = "ovaledge://catalog/table/{object_id}"
    wanted = [
        (PromptReference(type="ref/prompt", name="explain_tag"), "tag_name", "go", ["Gold"]),
        (PromptReference(type="ref/prompt", name="explain_business_term"), "term", "net", ["Net revenue"]),
        (PromptReference(type="ref/prompt", name="platform_help"), "question", "net", []),
        (ResourceTemplateReference(type="ref/resource", uri=table), "object_id", "revenue", ["504"]),
    ]
    async with Client(parameters, mode=mode) as client:
        for reference, name, typed, values in wanted:
            # The first one may wait for the sign-in longer than a menu does.
            for _ in range(20):
                found = (await client.complete(reference, {"name": name, "value": typed})).completion
                if not found.has_more:
                    break
            assert found.values == values


async def test_completion_does_not_wait_for_a_slow_back_end(
    oe_mcp: str, tmp_path: Path, ovaledge: StandIn, settings: dict[str, object]
) -> None:
    slow = settings | {"OVALEDGE_TIMEOUT_SECONDS": 30}
    reference = PromptReference(type="ref/prompt", name="trust_assessment")
    async with Client(server(oe_mcp, tmp_path, **slow)) as client:
        assert not (await client.call_tool("asset_explorer", {"search_terms": ["loans"]})).is_error
        asked = len(ovaledge.seen("asset-explorer"))
        late = {"data": {"items": [{"objectId": 7, "objectType": "oetable", "objectName": "loans"}], "total": 1}}
        ovaledge.next("asset-explorer", Reply(200, late, delay=2))
        before = time.monotonic()
        found = (await client.complete(reference, {"name": "asset_name", "value": "lo"})).completion
        assert time.monotonic() - before < 2
        assert found.values == [] and found.has_more
        # What comes too late for one menu is there for the next.
        with anyio.fail_after(10):
            while not found.values:
                found = (await client.complete(reference, {"name": "asset_name", "value": "loa"})).completion
        assert found.values == ["loans"] and len(ovaledge.seen("asset-explorer")) == asked + 1


# Rows: G159
async def test_completion_offers_nothing_to_who_is_not_signed_in(oe_mcp: str, tmp_path: Path) -> None:
    reference = PromptReference(type="ref/prompt", name="trust_assessment")
    async with Client(server(oe_mcp, tmp_path)) as client:
        found = (await client.complete(reference, {"name": "asset_name", "value": "lo"})).completion
        assert found.values == []
        assert {resource.uri for resource in (await client.list_resources()).resources} == GUIDES
