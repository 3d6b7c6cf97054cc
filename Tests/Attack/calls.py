"""Calls that work in the sample catalog, to be made hostile: each tool, and each tool that writes as far as its preview."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import hostile

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Benchmarks"))
from questions import QUESTIONS  # noqa: E402

READS: list[tuple[str, dict]] = [call for question in QUESTIONS for call in question.calls]
COLUMN = {"object_id": 50106, "object_type": "oecolumn"}


def _queries(rng: random.Random) -> dict:
    word = hostile.word(rng)
    return {
        "rule_query": f"SELECT COUNT(*) FROM SALES.orders WHERE channel = '{word}'",
        "stats_query": f"SELECT COUNT(*) FROM SALES.orders -- {hostile.word(rng)}",
        "failed_values_query": f"SELECT channel FROM SALES.orders WHERE channel = '{word}'",
    }


def write(rng: random.Random) -> tuple[str, dict]:
    """A call that changes something, with words of its own in every text that goes into the request."""
    def said() -> str:
        return hostile.word(rng) if rng.random() < 0.5 else hostile.text(rng)

    audit = {name: said() for name in ("prompt", "reason", "idempotency_key") if rng.random() < 0.4}
    table = {"object_id": rng.choice((501, 502)), "object_type": "oetable"}
    match rng.randrange(9):
        case 0:
            names = [n for n in ("business_description", "technical_description") if rng.random() < 0.7] or ["business_description"]
            return "update_asset_descriptions", table | {name: said() for name in names} | audit
        case 1:
            action = rng.choice(("Yes", "No", "None"))
            return "update_cde_associations", {"targets": [table], "action": action, "cde_justification": said()} | audit
        case 2:
            place = "Sales > Revenue > Reported revenue"
            return "create_glossary_term", {"term_name": said(), "domain_name": place, "description": said(), "definition": said()}
        case 3:
            parent = {"parent_tag_id": 353, "parent_tag_id_confirmed_by_user": True, "parent_step_completed_by_user": True}
            return "create_tag", {"tag_name": said(), "description": said()} | parent
        case 4:
            roles = {rng.choice(("owner", "steward", "custodian")): rng.choice(("lena", "mira", "aiko", said()))}
            return "update_governance_roles", table | {"role_updates": roles} | audit
        case 5:
            update = {"field_name": "Region", "value": rng.choice(("APAC", "AMER", "EMEA", said()))}
            return "update_custom_field_value", table | {"field_updates": [update]} | audit
        case 6:
            return "dq_rule_advisor", {"step": "validate_query", "connection_id": 20, "schema_id": 102} | _queries(rng)
        case 7:
            rule = {"step": "create_custom_sql", "sql_rule_name": said(), "objects": [COLUMN], "recommended_function": "SQL Exact Value"}
            return "dq_rule_manager", rule | _queries(rng)
        case _:
            request = {"request_type": "access", "object_type": "table", "object_id": [501], "summary": said()}
            return "create_service_request", request | ({"description": said()} if rng.random() < 0.5 else {})


def any_call(rng: random.Random, schemas: dict[str, dict], writes: float = 0.4) -> tuple[str, object]:
    """A call of any tool: as it works, changed in places, or made of its schema alone."""
    draw = rng.random()
    if draw < 0.25:
        tool = rng.choice(sorted(schemas))
        return tool, hostile.arguments(schemas[tool], rng)
    if draw < 0.28:
        return rng.choice((hostile.text(rng, 50), "", "asset_explorer ", "Asset_Explorer")), hostile.value(rng)
    tool, given = write(rng) if rng.random() < writes else rng.choice(READS)
    if tool not in schemas or rng.random() < 0.25:
        return tool, given
    return tool, hostile.changed(given, schemas[tool], rng)
