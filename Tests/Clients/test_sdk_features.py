"""Every feature of the protocol through the official Python SDK, which nobody here wrote, against the fixture server."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import anyio
import pytest
from mcp import Client, MCPError
from mcp import types
from mcp.client.subscriptions import PromptsListChanged, ResourceUpdated, ToolsListChanged

from sdk import server, text_of

# Logging and subscriptions of the handshake era are what some of these tests are about.
pytestmark = [pytest.mark.anyio, pytest.mark.filterwarnings("ignore::mcp.MCPDeprecationWarning")]
WATCHED = "test://watched-resource"


@pytest.fixture(params=["stdio", "http", "http without sessions"])
def connect(
    request: pytest.FixtureRequest, conformance: str, serve_conformance: Callable[..., str], tmp_path: Path, mode: str
) -> Callable[..., Client]:
    """A client that begins as `mode` says; named arguments are those of the SDK."""

    def client(*arguments: str, **more: object) -> Client:
        if request.param == "stdio":
            return Client(server(conformance, tmp_path, *arguments), mode=mode, **more)
        words = [] if request.param == "http" else ["--stateless"]
        return Client(serve_conformance(*words, *arguments), mode=mode, **more)

    client.has_sessions = request.param != "http without sessions"
    return client


@pytest.fixture
def needs_session(connect: Callable[..., Client], mode: str) -> None:
    if mode == "legacy" and not connect.has_sessions:
        pytest.skip("there is nothing of it without a session")


async def test_each_kind_of_content(connect) -> None:
    async with connect() as client:
        kinds = {
            "test_simple_text": ["text"],
            "test_image_content": ["image"],
            "test_audio_content": ["audio"],
            "test_embedded_resource": ["resource"],
            "test_multiple_content_types": ["text", "image", "resource"],
        }
        for tool, expected in kinds.items():
            result = await client.call_tool(tool)
            assert [block.type for block in result.content] == expected and not result.is_error
        assert (await client.call_tool("add", {"a": 2, "b": 3})).structured_content == {"sum": 5}
        assert (await client.call_tool("test_error_handling")).is_error
        assert (await client.call_tool("crash")).is_error


# Rows: G271, G272
async def test_arguments_in_header_fields(connect) -> None:
    async with connect() as client:
        await client.list_tools()
        for arguments in (
            {"region": "eu", "count": 42, "dry": True, "place": {"tenant": "a"}},
            {"region": "żółw", "count": -1, "dry": False, "place": {"tenant": " blank "}},
            {"region": "=?base64?eA==?=", "plain": "x"}, {"place": {}}, {},
        ):
            said = await client.call_tool("test_header_parameters", arguments)
            assert json.loads(text_of(said)) == arguments


# Rows: G170, G171
async def test_progress(connect) -> None:
    heard: list[float] = []

    async def told(progress: float, total: float | None, message: str | None) -> None:
        heard.append(progress)

    async with connect() as client:
        await client.call_tool("test_tool_with_progress", progress_callback=told)
    assert heard == [0, 50, 100]


# Rows: G173, G315
async def test_cancelling(needs_session, connect) -> None:
    started = anyio.Event()

    async def told(progress: float, total: float | None, message: str | None) -> None:
        started.set()

    async with connect() as client:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(lambda: client.call_tool("wait", progress_callback=told))
            await started.wait()
            tasks.cancel_scope.cancel()
        assert text_of(await client.call_tool("test_simple_text"))


# Rows: G179
async def test_paging(connect) -> None:
    async with connect("--page-size", "4") as client:
        for listing, name in (
            (client.list_tools, "tools"), (client.list_prompts, "prompts"), (client.list_resources, "resources"),
        ):
            page = await listing()
            names = [entry.name for entry in getattr(page, name)]
            while page.next_cursor:
                page = await listing(cursor=page.next_cursor)
                names += [entry.name for entry in getattr(page, name)]
            assert len(set(names)) == len(names) >= 3
        with pytest.raises(MCPError) as error:
            await client.list_tools(cursor="garbage")
        assert error.value.code == -32602


# Rows: G131, G133, G147, G154
async def test_resources_prompts_and_completion(connect) -> None:
    async with connect() as client:
        for resource in (await client.list_resources()).resources:
            assert (await client.read_resource(resource.uri)).contents[0].uri == resource.uri
        template = (await client.list_resource_templates()).resource_templates[0].uri_template
        assert "7" in (await client.read_resource(template.replace("{id}", "7"))).contents[0].text
        reference = types.ResourceTemplateReference(type="ref/resource", uri=template)
        found = await client.complete(reference, {"name": "id", "value": "1"})
        assert found.completion.values == ["123", "124"]
        values = {"arg1": "one", "arg2": "two"}
        prompt = await client.get_prompt("test_prompt_with_arguments", values)
        assert "one" in prompt.messages[0].content.text
        reference = types.PromptReference(type="ref/prompt", name="test_prompt_with_arguments")
        found = await client.complete(reference, {"name": "arg1", "value": "o"}, {"arg2": "two"})
        assert found.completion.values == ["other"]


# Rows: G162, G165
async def test_logging(needs_session, connect) -> None:
    lines: list[str] = []

    async def told(params: types.LoggingMessageNotificationParams) -> None:
        lines.append(params.level)

    async with connect(logging_callback=told, log_level="error") as client:
        if client.protocol_version < "2026-07-28":
            await client.set_logging_level("error")
        await client.call_tool("test_logging_tool")
    assert lines == ["error", "critical", "alert", "emergency"]


@pytest.fixture
def person() -> dict[str, object]:
    """A client that can do all a server may ask for."""

    async def form(context, params: types.ElicitRequestParams) -> types.ElicitResult:
        values = {"name": "Ada", "username": "ada", "email": "ada@example.com", "color": "blue", "context": "ships"}
        wanted = params.requested_schema["properties"]
        content = {name: values.get(name, field.get("default")) for name, field in wanted.items()}
        return types.ElicitResult(action="accept", content={name: value for name, value in content.items() if value is not None})

    async def sampling(context, params: types.CreateMessageRequestParams) -> types.CreateMessageResult:
        return types.CreateMessageResult(
            role="assistant", content=types.TextContent(type="text", text="Paris"), model="m", stop_reason="endTurn"
        )

    async def roots(context) -> types.ListRootsResult:
        return types.ListRootsResult(roots=[types.Root(uri="file:///work", name="work")])

    return {"elicitation_callback": form, "sampling_callback": sampling, "list_roots_callback": roots}


# Rows: G058, G196, G207, G213
async def test_asking(needs_session, connect, person) -> None:
    async with connect(**person) as client:
        said = await client.call_tool("test_elicitation", {"message": "Who?"})
        assert "ada@example.com" in text_of(said)
        assert '"name":"Ada"' in text_of(await client.call_tool("test_elicitation_sep1034_defaults"))
        assert "Paris" in text_of(await client.call_tool("test_sampling", {"prompt": "Where?"}))
        assert "file:///work" in text_of(await client.call_tool("test_input_required_result_list_roots"))
        rounds = await client.call_tool("test_input_required_result_multi_round")
        assert text_of(rounds) == "Ada likes blue"
        three = await client.call_tool("test_input_required_result_multiple_inputs")
        assert text_of(three) == "Paris Ada, 1 roots"
        prompt = await client.get_prompt("test_input_required_result_prompt")
        assert "ships" in prompt.messages[0].content.text


# Rows: G081, G197
async def test_asking_a_client_that_cannot_answer(connect) -> None:
    async with connect() as client:
        assert (await client.call_tool("test_elicitation", {"message": "Who?"})).is_error
        with pytest.raises(MCPError) as error:
            await client.call_tool("test_missing_capability")
        assert error.value.code == (-32602 if client.protocol_version < "2026-07-28" else -32021)


# Rows: G141, G143, G184, G185
async def test_changes(needs_session, connect) -> None:
    heard: list[object] = []
    all_told = anyio.Event()

    async def told(message: object) -> None:
        heard.append(message)
        if len(heard) == 3:
            all_told.set()

    async def trigger(client: Client) -> None:
        for kind in ("tool", "prompt", "resource"):
            await client.call_tool(f"test_trigger_{kind}_change")

    async with connect(message_handler=told) as client:
        if client.protocol_version >= "2026-07-28":
            wishes = {"tools_list_changed": True, "prompts_list_changed": True, "resource_subscriptions": [WATCHED]}
            async with client.listen(**wishes) as subscription:
                await trigger(client)
                with anyio.fail_after(10):
                    events = [await anext(subscription) for _ in range(3)]
            assert {type(event) for event in events} == {ToolsListChanged, PromptsListChanged, ResourceUpdated}
        else:
            await client.subscribe_resource(WATCHED)
            await trigger(client)
            with anyio.fail_after(10):
                await all_told.wait()
            await client.unsubscribe_resource(WATCHED)
            assert {type(message) for message in heard} == {
                types.ToolListChangedNotification,
                types.PromptListChangedNotification,
                types.ResourceUpdatedNotification,
            }
