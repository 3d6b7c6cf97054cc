"""The program in front of an OvalEdge that has an older interface: every question is answered, or refused by name."""

from __future__ import annotations

import pytest

from wire import Wire

# Tool, arguments, and a word that the answer must hold.
QUESTIONS = {
    "search": ("asset_explorer", {"search_terms": ["orders"], "object_type": "oetable"}, "orders"),
    "details": ("asset_details", {"object_id": 501, "object_type": "oetable"}, "bramble_dw.SALES.orders"),
    "details by name": ("asset_details", {"object_name": "SALES.orders", "object_type": "oetable"}, "oetable 501"),
    "lineage": ("asset_lineage", {"object_id": 501, "object_type": "oetable", "depth": 2}, "stg_orders"),
    "rights": (
        "access_explorer",
        {
            "operation": "source_system_access",
            "source_system": "snowflake",
            "query_direction": "user_to_objects",
            "username": ["aiko"],
        },
        "SELECT",
    ),
    "catalog access": (
        "access_explorer",
        {
            "operation": "catalog_access",
            "query_direction": "object_to_principals",
            "access_intent_confirmed": "catalog_acl",
            "object_id": 501,
            "object_type": "oetable",
        },
        "OE_ANALYST",
    ),
    "story": ("knowledge_search", {"content_query": "retention"}, "Retention policy"),
    "documentation": ("knowledge_search", {"query": "create a rule"}, "OvalEdge documentation"),
    "term": ("asset_explorer", {"object_type": "glossary", "name": "Net revenue"}, "Net revenue"),
    "drift": ("metadata_changes_between_crawls", {"connection_name": "bramble_dw"}, "bramble_dw"),
}


@pytest.fixture(params=["classic", "transition"])
def older(request, start) -> Wire:
    wire = start("--sandbox", "--generation", request.param)
    wire.initialize()
    return wire


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_is_answered_as_the_first_one(older: Wire, name: str) -> None:
    tool, arguments, word = QUESTIONS[name]
    answer = older.call(tool, **arguments)
    assert not answer.is_error and word in answer.text, answer
    assert answer.structured, answer


def test_all_questions_are_answered_in_one_session(older: Wire) -> None:
    for tool, arguments, word in QUESTIONS.values():
        answer = older.call(tool, **arguments)
        assert not answer.is_error and word in answer.text, answer
    assert older.close() == 0


def test_what_cannot_be_asked_is_refused_by_name(older: Wire) -> None:
    call = {"search_terms": ["orders"], "sort": {"field": "rating"}, "filters": {"rating": {"min": 3}}}
    for _ in range(2):
        answer = older.call("asset_explorer", **call)
        assert answer.is_error and answer.structured is None, answer
        assert "`sort`, `filters.rating`" in answer.text, answer
        assert "older interface" in answer.text, answer
    answer = older.call("access_explorer", **(QUESTIONS["rights"][1] | {"query_direction": "user_to_roles"}))
    assert answer.is_error and "`query_direction: user_to_roles`" in answer.text, answer


def test_what_is_not_there_stays_not_found(older: Wire) -> None:
    answer = older.call("asset_details", object_id=999999, object_type="oetable")
    assert answer.is_error and "404 Not Found" in answer.text, answer


@pytest.mark.parametrize(
    ("uri", "word"),
    [
        ("ovaledge://catalog/table/501", "bramble_dw.SALES.orders"),
        ("ovaledge://governance/glossary-term/331", "#nav/glossary"),
        ("ovaledge://governance/tag/353", "#nav/tag"),
        ("ovaledge://governance/data-story/365", "Retention policy"),
    ],
)
def test_resources_are_read(older: Wire, uri: str, word: str) -> None:
    reply = older.request("resources/read", {"uri": uri})
    assert word in reply["result"]["contents"][0]["text"], reply


def test_the_names_of_then_are_understood(older: Wire) -> None:
    listed = {tool["name"] for tool in older.request("tools/list")["result"]["tools"]}
    calls = {
        "search_catalog_assets": ({"search_terms": ["orders"]}, "orders"),
        "catalog_asset_details": ({"object_id": 501, "object_type": "oetable"}, "bramble_dw.SALES.orders"),
        "lookup_glossary_term": ({"term_name": "Net revenue"}, "Net revenue"),
        "lookup_datastory": ({"story_name": "Retention policy"}, "Retention policy"),
        "get_user_object_access": (
            {"query_direction": "user_to_object", "username": "aiko", "object_id": 501, "object_type": "oetable"},
            "aiko",
        ),
    }
    for name, (arguments, word) in calls.items():
        assert name not in listed
        answer = older.call(name, **arguments)
        assert not answer.is_error and word in answer.text, answer
        assert f"`{name}` is `" in answer.text, answer
