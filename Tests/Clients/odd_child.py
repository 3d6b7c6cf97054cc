"""A small MCP server on standard input and output that fails in the way its first argument names, the first time it runs.

The second argument is a file by which it knows that it has run before, and in which it leaves what it has started.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

how, note = sys.argv[1], Path(sys.argv[2])
first = not note.exists()
note.touch()
out = sys.stdout.buffer


def write(message: dict, end: bytes = b"\n") -> None:
    out.write(json.dumps(message).encode() + end)
    out.flush()


if how == "mark":
    out.write(b"\xef\xbb\xbf")
if how == "noise":
    out.write(b"Starting up ...\r\n\r\n\x00\x01\xff\n{\n" + b"x" * 100_000 + b"\n")
if how == "floods_errors":
    sys.stderr.write("e" * 5_000_000)
if how == "forks":
    held = subprocess.Popen(["sleep", "600"])
    note.write_text(str(held.pid))

for line in sys.stdin:
    message = json.loads(line)
    method, number = message.get("method"), message.get("id")
    if number is None:
        continue
    if method == "initialize":
        hello = {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}, "serverInfo": {"name": "odd", "version": "1"}}
        write({"jsonrpc": "2.0", "id": number, "result": hello})
    elif method == "tools/list":
        if how == "dies_listing" and first:
            out.write(b'{"jsonrpc":"2.0","id":')
            out.flush()
            os._exit(3)
        if how == "closes_output" and first:
            os.close(1)
            time.sleep(60)
        tools = {"tools": [{"name": "say", "inputSchema": {"type": "object"}}]}
        if how == "no_line_end" and first:
            write({"jsonrpc": "2.0", "id": number, "result": tools}, b"")
            os._exit(0)
        write({"jsonrpc": "2.0", "id": number, "result": tools})
    elif method == "tools/call":
        write({"jsonrpc": "2.0", "id": number, "result": {"content": [{"type": "text", "text": "said"}]}})
    elif method == "ping":
        write({"jsonrpc": "2.0", "id": number, "result": {}})
    else:
        write({"jsonrpc": "2.0", "id": number, "error": {"code": -32601, "message": "unknown"}})
