"""A small MCP server on standard input and output, with a process of its own below it; it ends when it is told `die`."""

import json
import os
import subprocess
import sys

CHILD = subprocess.Popen(["sleep", "1000"])


def main() -> None:
    for line in sys.stdin:
        message = json.loads(line)
        if "id" not in message:
            continue
        method, params = message["method"], message.get("params", {})
        if method == "initialize":
            info = {"name": "small", "version": "1"}
            result = {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}, "serverInfo": info}
        elif method == "tools/list":
            result = {"tools": [{"name": name, "inputSchema": {"type": "object"}} for name in ("pids", "die", "env")]}
        elif method == "tools/call" and params["name"] == "die":
            os._exit(7)
        elif method == "tools/call":
            shown = dict(os.environ) if params["name"] == "env" else [os.getpid(), CHILD.pid]
            result = {"content": [{"type": "text", "text": json.dumps(shown)}]}
        elif method == "ping":
            result = {}
        else:
            error = {"code": -32601, "message": "no"}
            print(json.dumps({"jsonrpc": "2.0", "id": message["id"], "error": error}), flush=True)
            continue
        print(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}), flush=True)


main()
