"""`oe-mcp-http` is killed at random points while clients renew and revoke: nothing answered is lost, nothing revoked comes back."""

from __future__ import annotations

import http.client
import os
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

from http_program import INITIALIZE, HTTPProgram
from test_oauth_login import Client, connected, login  # noqa: F401

ROUNDS = 60 if "SOAK" in os.environ else 3
GRANTS = 4
# What a client may ask in a minute, with some left for the questions after a restart.
MOST = 20


class Grant:
    """One client's tokens, as far as it was told of them."""

    def __init__(self, client: Client, tokens: dict):
        self.client = client
        self.refresh = tokens["refresh_token"]
        self.access = tokens["access_token"]
        self.former: list[str] = []
        self.revoked: list[str] = []
        # Asked for, and not answered: either is right.
        self.unsure = ""
        self.faults: list[AssertionError] = []

    def use(self) -> None:
        """Renews, and now and then gives an access token back, until the server is gone."""
        try:
            for _ in range(MOST):
                self.renew()
                if random.random() < 0.4:
                    self.give_back()
        except (OSError, http.client.HTTPException):
            pass
        except AssertionError as fault:
            self.faults.append(fault)

    def renew(self) -> None:
        reply = self.client.refresh(self.refresh)
        assert reply.status == 200, reply.body
        self.former.append(self.refresh)
        self.refresh, self.access, self.unsure = reply.json["refresh_token"], reply.json["access_token"], ""

    def give_back(self) -> None:
        self.unsure = self.access
        assert self.client.post("/revoke", {"token": self.access, "client_id": self.client.id}).status == 200
        self.revoked.append(self.access)

    def check(self) -> None:
        server = self.client.server
        for token in self.revoked[-5:]:
            assert status(server, token) == 401
        if self.access not in self.revoked and self.access != self.unsure:
            assert status(server, self.access) == 200
        self.renew()
        assert status(server, self.access) == 200


def status(server: HTTPProgram, token: str) -> int:
    return server.post(INITIALIZE, {"Authorization": f"Bearer {token}"}).status


def test_a_kill_at_any_time_loses_nothing_and_revives_nothing(
    login: Callable[..., HTTPProgram], tmp_path: Path  # noqa: F811
) -> None:
    store = {"OAUTH_STORE": f"file:{tmp_path / 'sign-ins'}", "MCP_RATE_LIMITS": "off"}
    server = login(**store)
    store["MCP_PUBLIC_BASE_URL"] = server.base
    grants = [Grant(*connected(server)) for _ in range(GRANTS)]
    for _ in range(ROUNDS):
        users = [threading.Thread(target=grant.use) for grant in grants]
        for user in users:
            user.start()
        time.sleep(random.uniform(0.02, 0.3))
        server.process.kill()
        for user in users:
            user.join(30)
        server.process.wait(10)
        server = login(**store)
        for grant in grants:
            assert not grant.faults
            grant.client.server = server
            grant.check()
    assert sum(len(grant.former) for grant in grants) > 3 * GRANTS * ROUNDS and any(grant.revoked for grant in grants)
    stolen = grants[0]
    assert stolen.client.refresh(stolen.former[0]).status == 400
    server.process.kill()
    server.process.wait(10)
    server = login(**store)
    stolen.client.server = server
    assert stolen.client.refresh(stolen.refresh).status == 400 and status(server, stolen.access) == 401
    grants[1].client.server = server
    grants[1].check()
