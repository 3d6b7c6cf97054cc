"""Frameworks for agents, each driven by a script in place of a model: python frameworks.py NAME, a plan on standard input.

The plan is `{"command": [...], "calls": [[tool, arguments], ...]}`. Written to standard output, as one JSON object:
`tools`, the input schema of each tool as the framework hands it to a model, and `results`, what it hands back of each
call. An argument `$confirmation_token` stands for the token in the result before it.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import re
import sys
from collections.abc import Callable
from typing import Any

FRAMEWORKS: dict[str, Callable] = {}


def framework(drive: Callable) -> Callable:
    FRAMEWORKS[drive.__name__] = drive
    return drive


class Plan:
    """The script: which tool comes next, and what was shown of those before."""

    def __init__(self, command: list[str], calls: list[tuple[str, dict]]):
        self.command, self.arguments = command[0], command[1:]
        self.calls = list(calls)
        self.tools: dict[str, Any] = {}
        self.results: list[str] = []

    def next(self) -> tuple[str, dict] | None:
        """The next call, when all results so far were noted."""
        if len(self.results) == len(self.calls):
            return None
        name, arguments = self.calls[len(self.results)]
        return name, {key: self.token() if value == "$confirmation_token" else value for key, value in arguments.items()}

    def token(self) -> str:
        return re.search(r"confirmation_?token\W+([\w.~-]{20,})", self.results[-1], re.IGNORECASE)[1]

    def note(self, result: object) -> None:
        self.results.append(result if isinstance(result, str) else json.dumps(result, default=str, ensure_ascii=False))

    async def run(self, call: Callable) -> None:
        """Calls tool by tool, for frameworks whose tools can be called without an agent around them."""
        while step := self.next():
            try:
                result = call(*step)
                self.note(await result if inspect.isawaitable(result) else result)
            except Exception as error:  # What a framework raises is what its agent is shown.
                self.note(f"{type(error).__name__}: {error}")


@framework
async def pydantic_ai(plan: Plan) -> None:
    from fastmcp.client.transports import StdioTransport
    from pydantic_ai import Agent
    from pydantic_ai.mcp import MCPToolset
    from pydantic_ai.messages import ModelResponse, RetryPromptPart, TextPart, ToolCallPart, ToolReturnPart
    from pydantic_ai.models.function import FunctionModel

    def model(messages: list, info: Any) -> ModelResponse:
        plan.tools = {tool.name: tool.parameters_json_schema for tool in info.function_tools}
        for part in messages[-1].parts:
            if isinstance(part, (ToolReturnPart, RetryPromptPart)):
                plan.note(part.content)
        step = plan.next()
        return ModelResponse(parts=[ToolCallPart(*step) if step else TextPart("done")])

    toolset = MCPToolset(StdioTransport(plan.command, plan.arguments, keep_alive=False))
    async with Agent(FunctionModel(model), toolsets=[toolset]) as agent:
        await agent.run("go")


@framework
async def openai_agents(plan: Plan) -> None:
    from agents import Agent, RunConfig, Runner
    from agents.items import ModelResponse
    from agents.mcp import MCPServerStdio
    from agents.models.interface import Model
    from agents.usage import Usage
    from openai.types.responses import ResponseFunctionToolCall, ResponseOutputMessage, ResponseOutputText

    class Scripted(Model):
        async def get_response(self, *_: Any, input: Any, tools: list, **__: Any) -> ModelResponse:
            plan.tools = {tool.name: tool.params_json_schema for tool in tools}
            if isinstance(input, list) and input[-1].get("type") == "function_call_output":
                plan.note(input[-1]["output"])
            if step := plan.next():
                place = len(plan.results)
                item = ResponseFunctionToolCall(
                    id=f"fc_{place}", call_id=f"c_{place}", name=step[0], arguments=json.dumps(step[1]), type="function_call"
                )
            else:
                text = ResponseOutputText(text="done", type="output_text", annotations=[])
                item = ResponseOutputMessage(id="m", role="assistant", status="completed", type="message", content=[text])
            return ModelResponse(output=[item], usage=Usage(), response_id=None)

        def stream_response(self, *_: Any, **__: Any) -> None:
            raise NotImplementedError

    async with MCPServerStdio(params={"command": plan.command, "args": plan.arguments}) as server:
        agent = Agent(name="a", instructions="go", model=Scripted(), mcp_servers=[server])
        await Runner.run(agent, "go", run_config=RunConfig(tracing_disabled=True), max_turns=20)


@framework
async def langchain(plan: Plan) -> None:
    from langchain_mcp_adapters.client import MultiServerMCPClient

    server = {"command": plan.command, "args": plan.arguments, "transport": "stdio"}
    tools = {tool.name: tool for tool in await MultiServerMCPClient({"ovaledge": server}).get_tools()}
    plan.tools = {name: tool.args_schema for name, tool in tools.items()}

    async def call(name: str, arguments: dict) -> str:
        asked = {"type": "tool_call", "id": "1", "name": name, "args": arguments}
        return str((await tools[name].ainvoke(asked)).content)

    await plan.run(call)


@framework
async def llama_index(plan: Plan) -> None:
    from llama_index.tools.mcp import BasicMCPClient, McpToolSpec

    client = BasicMCPClient(plan.command, args=plan.arguments)
    tools = {tool.metadata.name: tool for tool in await McpToolSpec(client=client).to_tool_list_async()}
    plan.tools = {name: tool.metadata.get_parameters_dict() for name, tool in tools.items()}

    async def call(name: str, arguments: dict) -> str:
        return str((await tools[name].acall(**arguments)).content)

    await plan.run(call)


@framework
async def strands(plan: Plan) -> None:
    from mcp import StdioServerParameters, stdio_client
    from strands.tools.mcp import MCPClient

    def drive() -> None:
        parameters = StdioServerParameters(command=plan.command, args=plan.arguments)
        with MCPClient(lambda: stdio_client(parameters)) as client:
            plan.tools = {tool.tool_name: tool.tool_spec["inputSchema"] for tool in client.list_tools_sync()}
            while step := plan.next():
                plan.note(client.call_tool_sync(str(len(plan.results)), *step)["content"])

    await asyncio.to_thread(drive)


@framework
async def smolagents(plan: Plan) -> None:
    from mcp import StdioServerParameters
    from smolagents import MCPClient
    from smolagents.models import get_tool_json_schema

    def drive() -> None:
        parameters = StdioServerParameters(command=plan.command, args=plan.arguments)
        with MCPClient(parameters, structured_output=False) as listed:
            tools = {tool.name: tool for tool in listed}
            plan.tools = {name: get_tool_json_schema(tool)["function"]["parameters"] for name, tool in tools.items()}
            asyncio.run(plan.run(lambda name, arguments: tools[name](**arguments)))

    await asyncio.to_thread(drive)


@framework
async def agno(plan: Plan) -> None:
    from agno.tools.mcp import MCPTools
    from mcp import StdioServerParameters

    parameters = StdioServerParameters(command=plan.command, args=plan.arguments)
    async with MCPTools(server_params=parameters, transport="stdio") as tools:
        functions = tools.get_async_functions() or tools.functions
        plan.tools = {name: function.to_dict() for name, function in functions.items()}

        async def call(name: str, arguments: dict) -> str:
            return str(await functions[name].entrypoint(**arguments))

        await plan.run(call)


@framework
async def autogen(plan: Plan) -> None:
    from autogen_core import CancellationToken
    from autogen_ext.tools.mcp import StdioServerParams, mcp_server_tools

    parameters = StdioServerParams(command=plan.command, args=plan.arguments)
    tools = {tool.name: tool for tool in await mcp_server_tools(parameters)}
    plan.tools = {name: tool.schema["parameters"] for name, tool in tools.items()}

    async def call(name: str, arguments: dict) -> str:
        return str(await tools[name].run_json(arguments, CancellationToken()))

    await plan.run(call)


@framework
async def semantic_kernel(plan: Plan) -> None:
    from semantic_kernel import Kernel
    from semantic_kernel.connectors.ai.function_calling_utils import kernel_function_metadata_to_function_call_format
    from semantic_kernel.connectors.mcp import MCPStdioPlugin

    async with MCPStdioPlugin(name="ovaledge", command=plan.command, args=plan.arguments) as plugin:
        kernel = Kernel()
        kernel.add_plugin(plugin)
        plan.tools = {
            name: kernel_function_metadata_to_function_call_format(function.metadata)["function"]["parameters"]
            for name, function in kernel.plugins["ovaledge"].functions.items()
        }

        async def call(name: str, arguments: dict) -> str:
            return str(await kernel.invoke(plugin_name="ovaledge", function_name=name, **arguments))

        await plan.run(call)


@framework
async def google_adk(plan: Plan) -> None:
    from google.adk.agents import LlmAgent
    from google.adk.models import BaseLlm, LlmResponse
    from google.adk.runners import InMemoryRunner
    from google.adk.tools.mcp_tool import McpToolset, StdioConnectionParams
    from google.genai import types
    from mcp import StdioServerParameters

    class Scripted(BaseLlm):
        async def generate_content_async(self, asked: Any, stream: bool = False) -> Any:
            declared = [function for tool in asked.config.tools for function in tool.function_declarations]
            plan.tools = {function.name: function.model_dump(mode="json", exclude_none=True) for function in declared}
            if answered := asked.contents[-1].parts[-1].function_response:
                plan.note(answered.response)
            step = plan.next()
            call = types.FunctionCall(name=step[0], args=step[1]) if step else None
            part = types.Part(function_call=call) if call else types.Part(text="done")
            yield LlmResponse(content=types.Content(role="model", parts=[part]))

    parameters = StdioServerParameters(command=plan.command, args=plan.arguments)
    toolset = McpToolset(connection_params=StdioConnectionParams(server_params=parameters))
    runner = InMemoryRunner(agent=LlmAgent(name="a", model=Scripted(model="scripted"), tools=[toolset]), app_name="x")
    session = await runner.session_service.create_session(app_name="x", user_id="u")
    message = types.Content(role="user", parts=[types.Part(text="go")])
    async for _ in runner.run_async(user_id="u", session_id=session.id, new_message=message):
        pass
    await toolset.close()


@framework
async def agent_framework(plan: Plan) -> None:
    from agent_framework import MCPStdioTool

    async with MCPStdioTool(name="ovaledge", command=plan.command, args=plan.arguments) as server:
        functions = {function.name: function for function in server.functions}
        plan.tools = {name: function.to_json_schema_spec() for name, function in functions.items()}

        async def call(name: str, arguments: dict) -> str:
            result = await functions[name].invoke(arguments=arguments)
            return "".join(str(getattr(part, "text", part)) for part in result) if isinstance(result, list) else str(result)

        await plan.run(call)


@framework
async def haystack(plan: Plan) -> None:
    from haystack_integrations.tools.mcp import MCPToolset, StdioServerInfo

    def drive() -> None:
        toolset = MCPToolset(server_info=StdioServerInfo(command=plan.command, args=plan.arguments))
        toolset.warm_up()
        tools = {tool.name: tool for tool in toolset}
        plan.tools = {name: tool.tool_spec["parameters"] for name, tool in tools.items()}
        asyncio.run(plan.run(lambda name, arguments: str(tools[name].invoke(**arguments))))
        toolset.close()

    await asyncio.to_thread(drive)


@framework
async def mcp_use(plan: Plan) -> None:
    from mcp_use import MCPClient

    client = MCPClient({"mcpServers": {"ovaledge": {"command": plan.command, "args": plan.arguments}}})
    session = await client.create_session("ovaledge")
    plan.tools = {tool.name: getattr(tool, "input_schema", None) or tool.inputSchema for tool in await session.list_tools()}

    async def call(name: str, arguments: dict) -> str:
        return (await session.call_tool(name, arguments)).content[0].text

    await plan.run(call)
    await client.close_all_sessions()


@framework
async def chuk_mcp(plan: Plan) -> None:
    from chuk_mcp.protocol.messages.initialize.send_messages import send_initialize
    from chuk_mcp.protocol.messages.tools.send_messages import send_tools_call, send_tools_list
    from chuk_mcp.transports.stdio import StdioParameters, stdio_client

    def plain(value: Any) -> Any:
        return value.model_dump() if hasattr(value, "model_dump") else value

    async with stdio_client(StdioParameters(command=plan.command, args=plan.arguments)) as (read, write):
        await send_initialize(read, write)
        listed = plain(await send_tools_list(read, write))["tools"]
        plan.tools = {tool["name"]: tool["inputSchema"] for tool in map(plain, listed)}

        async def call(name: str, arguments: dict) -> str:
            return plain(await send_tools_call(read, write, name, arguments))["content"][0]["text"]

        await plan.run(call)


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    plan = Plan(asked["command"], asked["calls"])
    asyncio.run(FRAMEWORKS[sys.argv[1]](plan))
    print(json.dumps({"tools": plan.tools, "results": plan.results}, default=str))
