"""The server of fastmcp_server.py as a function of AWS Lambda, as Python servers are made one: Mangum around the application.

Started by AWS's own runtime client: python -m awslambdaric lambda_mangum.handler
"""

from __future__ import annotations

from mangum import Mangum

from fastmcp_server import mcp

handler = Mangum(mcp.http_app(path="/mcp", json_response=True, stateless_http=True), lifespan="auto")
