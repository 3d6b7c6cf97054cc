"""Sixty hard questions about the large catalog, with what is true of it.

The facts come from `large.json`, which is counted in what the catalog is generated from, never in answers. Each must stand
in the text and in the data of the last answer; a tuple holds several spellings of one fact. `never` are patterns of
what is not true.
"""

from __future__ import annotations

import json
from pathlib import Path

from questions import Question, access, advise, drift, find, know

TRUTH: dict = json.loads((Path(__file__).parent / "large.json").read_text())


def true(name: str) -> list[str]:
    """A fact of the generator as texts: one, or those of a list."""
    value = TRUTH[name]
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]


def flows(id: int, type: str = "oetable", **more) -> tuple[str, dict]:
    return "asset_lineage", {"object_id": id, "object_type": type} | more


def page_of(id: int, type: str = "oetable", **more) -> tuple[str, dict]:
    return "asset_details", {"object_id": id, "object_type": type} | more


def rights(direction: str, **more) -> tuple[str, dict]:
    return access("source_system_access", direction, source_system="snowflake", **more)


CYCLE = r"(?i)cycle through"

STEWARDS = [
    Question("How many tables have no owner?", [find(object_type="oetable", missing=["owner"], limit=1)],
             true("tables without owner"), "gaps", [r"owner N/A"]),
    Question("In which connections are the tables without an owner?",
             [find(object_type="oetable", missing=["owner"], count_by="connection")],
             [*true("tables without owner in oracle_erp"), *true("tables without owner in postgres_app"),
              *true("tables without owner in snowflake_prod"), *true("tables without owner in bigquery_mkt")], "gaps"),
    Question("How many tables have no steward?", [find(object_type="oetable", missing=["steward"], limit=1)],
             true("tables without steward"), "gaps", [r"steward N/A"]),
    Question("How many of the 400 glossary terms are not described?",
             [find(object_type="glossary", missing=["description"], limit=1)],
             true("glossary without description"), "gaps", [r"\b800\b"]),
    Question("Which certified tables have no owner?",
             [find(object_type="oetable", filters={"certification": ["certified"]}, missing=["owner"], limit=50)],
             true("certified tables without owner"), "gaps"),
    Question("How many files are not described?", [find(object_type="oefile", missing=["description"], limit=1)],
             true("oefile without description"), "gaps"),
    Question("How many critical columns have no description?",
             [find(object_type="oecolumn", critical_data_element=["Yes"], missing=["description"], limit=1)],
             true("critical columns without description"), "gaps"),
    Question("How many tables are certified, and how many to be used with caution?",
             [find(object_type="oetable", count_by="certification")],
             [*true("tables with certified"), *true("tables with caution"), *true("tables with violation")], "counts"),
    Question("Which terms of HR are drafts?",
             [find(object_type="glossary", domain_name="HR", filters={"termStatus": ["Draft"]}, limit=50)],
             [*true("drafts of HR"), "DRAFT"], "glossary", [r"\b20 assets"]),
    Question("What is an active customer?", [find(name="Active Customer", object_type="glossary")],
             [*true("ids of Active Customer"), *true("domains of Active Customer")], "glossary", [r"\b6 (assets|terms)"]),
    Question("Which tables does Maria Garcia own?", [find(owner="Maria Garcia", object_type="oetable", limit=10)],
             ["mgarcia", "mgarcia2"], "people"),
    Question("How many tables does mgarcia2 own?", [find(owner="mgarcia2", object_type="oetable", limit=1)],
             true("tables with mgarcia2 as owner"), "people", [r"\b176\b"]),
    Question("Who owns dim_customer_master, and who is its steward?", [find(name="dim_customer_master", object_type="oetable")],
             [true("owner of table 1200")[0], true("steward of table 1200")[0]], "people"),
    Question("What stands below the tag Personal?", [find(name="Personal", object_type="oetag", include_children=True)],
             true("tags below Personal"), "tags"),
    Question("Where does the tag Banking high belong?", [find(name="Banking high", object_type="oetag", include_parent=True)],
             true("way to Banking high"), "tags"),
    Question("What must be kept for 10 years?", [find(custom_fields=["Retention=10 years"], limit=20)],
             true("tables kept 10 years"), "custom fields"),
]

ANALYSTS = [
    Question("Which five tables are the largest, with their rows?",
             [find(object_type="oetable", sort={"field": "row_count", "direction": "desc"}, limit=5)],
             [*true("largest tables"), *true("rows of the largest tables")], "find"),
    Question("Which tables were made since October 2026, and when?",
             [find(object_type="oetable", filters={"createdDate": {"from": "2026-10-01"}}, limit=25)],
             [*true("tables created since 2026-10-01"), "2026-10"], "find", [r"\b17\d{11}\b"]),
    Question("Which tables were made in the first half of January 2019?",
             [find(object_type="oetable", filters={"createdDate": {"from": "2019-01-01", "to": "2019-01-15"}})],
             true("tables created in the first half of January 2019"), "find"),
    Question("Where is custmer_adress_curent?", [find(search_terms=["custmer_adress_curent"], object_type="oetable")],
             ["customer_address_current", "1050"], "find"),
    Question("In which schemas of Snowflake are tables called orders?",
             [find(name="orders", object_type="oetable", connection_name="snowflake_prod")],
             ["SALES", "FINANCE", "HR", "MARKETING", "LOGISTICS", "SUPPORT", "RISK", "PRODUCT", "RAW", "ARCHIVE"], "find"),
    Question("How many columns are there?", [find(object_type="oecolumn", count_by="type")],
             [("15000", "10000 or more", "more than 10000", "first 10000", "at least 10000")], "counts",
             [r"(?<!more than )(?<!first )\b10,?000 assets (found|match)"]),
    Question("How many stories are there?", [find(object_type="oestory", count_by="type")],
             true("assets of the kind oestory"), "counts", [r"\b50 assets found"]),
    Question("How many overview reports can I see?",
             [find(search_terms=["overview"], object_type="oechart", limit=50, page=3)],
             true("reports named overview, seen"), "counts", [r"\b180 assets (match|found)"]),
    Question("Which columns carry the tag SOX?", [find(object_type="oecolumn", tags=["SOX"])],
             [*true("columns tagged SOX"), *true("ids of columns tagged SOX")], "tags"),
    Question("How do crm_accounts and crm_accounts_v2 differ?",
             [find(search_terms=["crm_accounts"], object_type="oetable"),
              ("asset_details", {"objects": [{"object_id": 1360, "object_type": "oetable"},
                                             {"object_id": 1361, "object_type": "oetable"}]})],
             [*true("rows of table 1360"), *true("rows of table 1361"), true("owner of table 1360")[0],
              true("owner of table 1361")[0]], "details"),
    Question("When was crm_accounts made?", [("asset_details", {"object_name": "crm_accounts", "object_type": "oetable"})],
             true("creation of table 1360"), "details"),
    Question("What is in the table empty_reply?",
             [("asset_details", {"object_name": "empty_reply", "object_type": "oetable"})],
             [("nothing", "no details")], "details", [r"none is given", r"\(no name\)"], fails=True),
    Question("Which columns does crm_accounts_v2 have?",
             [find(name="crm_accounts_v2", object_type="oetable", include_children=True)],
             [*true("columns of table 1361"), *true("ids of columns of table 1361")], "details"),
]

ENGINEERS = [
    Question("Where does dim_customer_master (oetable 1200) come from?", [flows(1200, direction="upstream", depth=4)],
             ["4", "1150", "1211", "1045", "1046"], "lineage", [CYCLE, r"\b5 upstream"]),
    Question("How many assets depend on dim_customer_master (oetable 1200), hop by hop?",
             [flows(1200, direction="downstream", depth=5, limit_per_hop=1)],
             true("downstream of table 1200, by hop"), "lineage", [CYCLE, r"\b1060\b", r"\b802 (assets|downstream|/)"]),
    Question("Of which kinds are those that depend on table oetable 1200?",
             [flows(1200, direction="downstream", depth=5, count_by="type")],
             [*true("oetable downstream of table 1200"), *true("oechart downstream of table 1200"),
              *true("oefile downstream of table 1200"), *true("oequery downstream of table 1200")], "impact", [CYCLE]),
    Question("Whom do I tell when oetable 1200 changes?",
             [flows(1200, direction="downstream", depth=5, count_by="owner")],
             ["mgarcia", "mgarcia2", *true("assets of mgarcia downstream of table 1200"),
              *true("assets without owner downstream of table 1200")], "impact", [r"Maria Garcia[^,\n]* 92\b"]),
    Question("What are the last reports that hang on oetable 1200?",
             [flows(1200, direction="downstream", depth=5, only_types=["report"], first_row=301, limit_per_hop=20)],
             [*[str(id) for id in range(1601, 1609)]], "impact"),
    Question("How does oetable 1200 get into the report oechart 1601?",
             [flows(1200, direction="downstream", depth=5, path_to=1601, path_to_type="oechart")],
             ["3", "1601", "1921"], "path", [r"without saying by which"]),
    Question("Does the report oechart 1899 hang on oetable 1200?",
             [flows(1200, depth=5, path_to=1899, path_to_type="oechart")],
             ["1899"], "path", [r"table, `oetable 1899`"]),
    Question("From which file does ledger_step_11 (oetable 1311) come in the end?",
             [flows(1311, direction="upstream", until="file")],
             ["1200", "payment_202414.parquet"], "lineage", [r"nothing further away"]),
    Question("On which file does the report oechart 1900 rest in the end?",
             [flows(1900, "oechart", direction="upstream", until="file")],
             ["1200", "1311"], "lineage"),
    Question("Are the exchange rates (oetable 1321) computed in a circle?", [flows(1321, depth=4)],
             [("cycle", "cycles"), "1321", "1322", "1323", "1324"], "lineage"),
    Question("What feeds fact_order_lines (oetable 1251)?", [flows(1251, direction="upstream", depth=4)],
             ["3", "1252", "1201"], "lineage", [CYCLE]),
    Question("How many assets depend on fact_order_lines (oetable 1251)?",
             [flows(1251, direction="downstream", depth=4, limit_per_hop=1)],
             true("downstream of table 1251, by hop"), "lineage", [CYCLE]),
    Question("On what does the column oecolumn 3756 rest?", [flows(3756, "oecolumn", direction="upstream", depth=1)],
             ["ledger_step_11", "ledger_step_10"], "lineage"),
    Question("What does the query load_session_110 read?",
             [find(name="load_session_110", object_type="oequery"), flows(1150, "oequery", direction="upstream", depth=2)],
             ["1150", "name none"], "lineage", fails=True),
    Question("Who removed columns from dim_customer_master in October 2026?",
             [drift(connection_name="snowflake_prod", table_names=["dim_customer_master"], kinds=["removed"],
                    from_timestamp="2026-10-01T00:00:00", question="who removed columns")],
             [*true("columns removed from table 1200"), *true("who removed columns from table 1200")], "drift"),
    Question("Which table lost most rows in the last two weeks?",
             [drift(connection_name="snowflake_prod", last_n_weeks=2, kinds=["rows"])],
             ["dim_customer_master", "-120400"], "drift"),
    Question("Which columns did the last crawl find to be new in dim_customer_master?",
             [drift(connection_name="snowflake_prod", table_names=["dim_customer_master"], kinds=["added"])],
             true("columns added to table 1200"), "drift"),
    Question("How many columns were added by the last crawl of Snowflake?",
             [drift(connection_name="snowflake_prod", kinds=["added"], first_row=41)],
             [*true("columns added by the last crawl"), "loyalty_tier"], "drift"),
]

AUDITORS = [
    Question("How many rights does jsmith have in Snowflake, and through which roles?",
             [rights("user_to_objects", username=["jsmith"], group_by="role")],
             ["396", "ANALYST", "60", "READER", "334", "PUBLIC"], "access"),
    Question("In which schemas may jsmith read, and how many tables in each?",
             [rights("user_to_objects", username=["jsmith"], group_by="schema")],
             ["SALES", *true("rights of jsmith in SALES"), *true("rights of jsmith in HR")], "access"),
    Question("Through which chain of roles does jsmith get rights?",
             [rights("user_to_roles", username=["jsmith"], include_parent_roles=True)],
             true("roles of jsmith"), "access"),
    Question("What may John Smith read in Snowflake?", [rights("user_to_objects", username=["John Smith"])],
             ["jsmith", "jsmith2"], "access", [r"OVALEDGE_BASE_URL"], fails=True),
    Question("What may jsmith read in Oracle?",
             [access("source_system_access", "user_to_objects", source_system="oracle", username=["jsmith"])],
             ["catalog_access"], "access", [r"Correct the arguments"], fails=True),
    Question("May svc_night write in Snowflake?", [rights("role_to_privileges", object_name=["LOADER"])],
             ["INSERT", "DELETE"], "access"),
    Question("How many critical columns have no rule?",
             [advise("assess", discover_cde_columns=True, only="without_rule")],
             [*true("critical columns without a rule"), *true("critical columns")], "DQ", [r"\b27 of 100"]),
    Question("How long are call recordings kept?", [know(content_query="how long are call recordings kept")],
             ["45 days after the call", "Recordings"], "stories", [r"<b>|&nbsp;|&amp;"]),
    Question("How much of an IBAN may leave the ledger?", [know(content_query="IBAN may leave the ledger")],
             ["last 4 digits"], "stories", [r"<span|&nbsp;"]),
    Question("When is a leak of personal data reported?", [know(content_query="leak of personal data reported")],
             ["within 24 hours"], "stories"),
    Question("When has a customer churned?", [know(content_query="when has a customer churned")],
             ["180 days without an order"], "stories"),
    Question("Set the region of dim_customer_master (oetable 1200) to EMEA and APAC.",
             [("update_custom_field_value", {"object_id": 1200, "object_type": "oetable",
                                             "field_updates": [{"field_name": "Region", "value": "EMEA, APAC"}]})],
             ["EMEA", "APAC", "Nothing has been written yet"], "writes", [r"holds one value only"]),
    Question("I need access to oetable 1200.",
             [("create_service_request", {"request_type": "access", "object_type": "oetable", "object_id": [1200],
                                          "summary": "Access to the customers"})],
             ["Reason"], "writes", [r"onfirmation_?[tT]oken"]),
]

LARGE_QUESTIONS = STEWARDS + ANALYSTS + ENGINEERS + AUDITORS
