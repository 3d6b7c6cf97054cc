"""Forty questions that stewards and analysts ask, each as the calls a model makes to answer it.

A later call may only use ids that the question or an earlier answer holds; `answers.py` checks that. `holds` are the
facts asked for: each must stand in the last answer. Of a question about the sample catalog the text is looked at, in
this spelling; of one about the large catalog the text and the data, whatever the separators in numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Question:
    words: str
    calls: list[tuple[str, dict]]
    holds: list[str]
    kind: str
    never: list[str] = field(default_factory=list)
    """Patterns of what is not true, which no part of the last answer may say."""
    fails: bool = False
    """Whether the right answer is that it cannot be answered."""


def find(**arguments) -> tuple[str, dict]:
    return "asset_explorer", arguments


def details(name: str, type: str = "oetable") -> tuple[str, dict]:
    return "asset_details", {"object_name": name, "object_type": type}


def lineage(name: str, type: str = "oetable", **more) -> tuple[str, dict]:
    return "asset_lineage", {"object_name": name, "object_type": type} | more


def drift(**arguments) -> tuple[str, dict]:
    return "metadata_changes_between_crawls", arguments


def know(**arguments) -> tuple[str, dict]:
    return "knowledge_search", arguments


def access(operation: str, direction: str, **more) -> tuple[str, dict]:
    return "access_explorer", {"operation": operation, "query_direction": direction} | more


def advise(step: str, **more) -> tuple[str, dict]:
    return "dq_rule_advisor", {"step": step} | more


FIND = [
    Question(
        "Where do we keep orders in the warehouse?",
        [find(search_terms=["orders"], connection_name="bramble_dw", object_type="oetable")],
        ["oetable 501", "One row per order"], "find",
    ),
    Question("Which tables does Mira own?", [find(owner="mira", object_type="oetable")],
             ["9 assets", "revenue_daily", "raw_customers"], "owner"),
    Question("What is Aiko the steward of among the tables?", [find(steward="aiko", object_type="oetable")],
             ["customers", "customer_segments"], "owner"),
    Question("Is there a report about revenue?", [find(search_terms=["revenue"], object_type="oechart")],
             ["Sales overview", "oechart 801"], "find"),
    Question("What files does the tax adviser get?", [find(search_terms=["tax adviser"], object_type="oefile")],
             ["revenue_for_tax.csv"], "find"),
    Question("Which tables hold personal data?", [find(tags=["Personal data"], object_type="oetable")],
             ["3 assets", "customers", "shop_customers", "raw_customers"], "tags"),
    Question("Which columns hold email addresses?", [find(tags=["Email"], object_type="oecolumn")],
             ["shop_db.public.shop_customers", "bramble_dw.CUSTOMER.customers", "bramble_dw.RAW.raw_customers"], "tags"),
    Question("Which tables are marked with caution?",
             [find(object_type="oetable", filters={"certification": ["caution"]})],
             ["2 assets", "customer_segments", "stock_levels"], "trust"),
    Question("What has the retention set to 3 years?", [find(custom_fields=["Retention=3 years"])],
             ["customers", "oetable 511"], "custom fields"),
    Question("Which columns are critical data elements?",
             [find(critical_data_element=["Yes"], object_type="oecolumn")],
             ["5 assets", "order_id", "SALES.orders", "net_revenue", "SALES.revenue_daily", "email", "CUSTOMER.customers"],
             "CDE"),
    Question("Which tables have the worst data quality?",
             [find(object_type="oetable", sort={"field": "dq_index", "direction": "asc"}, limit=3)],
             ["stock_levels", "55"], "DQ"),
    Question("What belongs to the data product Customer 360?", [find(data_products=["Customer 360"])],
             ["customers", "customer_segments"], "find"),
    Question("Which table with newsletter addresses has nobody who answers for it?",
             [find(search_terms=["newsletter"], object_type="oetable")],
             ["newsletter_tmp", "owner not given"], "owner"),
    Question("Which tables were made since 2025?",
             [find(object_type="oetable", filters={"createdDate": {"from": "2025-01-01"}})],
             ["seedling_trays", "supplier_notes"], "find"),
]

EXPLAIN = [
    Question("What does net revenue mean?", [find(name="Net revenue", object_type="glossary")],
             ["without tax, shipping and refunds"], "glossary"),
    Question("Which terms does the Sales domain have?", [find(object_type="glossary", domain_name="Sales")],
             ["Order date", "Net revenue"], "glossary"),
    Question("Is the term Customer segment agreed, or still a draft?",
             [details("Customer segment", "glossary")],
             ["DRAFT"], "glossary"),
    Question("What stands below the tag Address, and above it?",
             [find(name="Address", object_type="oetag", include_parent=True, include_children=True)],
             ["Personal data", "Delivery address"], "tags"),
    Question("Can I trust the table orders?",
             [find(name="orders", object_type="oetable")],
             ["certified", "91", "mira", "jonas"], "trust"),
    Question("Whom do I ask about customer segments, and how good are they?",
             [find(name="customer_segments")],
             ["aiko", "caution", "66"], "trust"),
    Question("How many customers have no first name?",
             [details("first_name", "oecolumn")],
             ["77"], "profile"),
    Question("How are orders joined to customers?",
             [details("orders")],
             ["customer_id", "customers", "FK"], "relationships"),
    Question("How long may we keep a customer account?", [know(content_query="how long customer accounts are kept")],
             ["three years after the last order"], "stories"),
    Question("On which day does a refund count?", [know(content_query="on which day refunds count")],
             ["on the day they are agreed"], "stories"),
    Question("May a report show email addresses?", [know(story_name="Personal data in reports")],
             ["Emails never leave the warehouse"], "stories"),
    Question("How do I mark a column as critical in OvalEdge?", [know(query="mark a column as critical")],
             ["with a category and a reason"], "help"),
]

LINEAGE = [
    Question("Where does the orders table come from?",
             [lineage("orders", direction="upstream", depth=6)],
             ["stg_orders", "raw_orders", "shop_orders"], "lineage"),
    Question("What breaks if I change orders?",
             [lineage("orders", direction="downstream", depth=5)],
             ["14 downstream", "Sales overview", "revenue_for_tax.csv"], "impact"),
    Question("Which reports hang on orders?",
             [lineage("orders", direction="downstream", depth=5, only_types=["report"])],
             ["Sales overview", "Customer health"], "impact"),
    Question("How does an order get from the shop into the Sales overview?",
             [find(name="Sales overview"), lineage("shop_orders", depth=10, path_to=801)],
             ["8 hops downstream", "raw_orders", "revenue_daily"], "path"),
    Question("What feeds the shipments?", [lineage("shipments", direction="upstream", depth=1)],
             ["carrier_scans.parquet", "orders"], "lineage"),
]

CHANGE = [
    Question("What changed in the warehouse since the crawl before?", [drift(connection_name="bramble_dw")],
             ["10 changes", "newsletter_tmp", "orders.channel", "customers.last_name"], "drift"),
    Question("Which columns were added to orders?",
             [drift(connection_name="bramble_dw", table_names=["orders"], question="Which columns were added?")],
             ["orders.channel"], "drift"),
    Question("Who can read the table customers in Snowflake itself?",
             [access("source_system_access", "object_to_users", source_system="snowflake",
                     object_name=["customers"], object_type=["oetable"], access_intent_confirmed="native")],
             ["lena", "SELECT", "tariq", "OWNERSHIP"], "access"),
    Question("What may Aiko read in Snowflake?",
             [access("source_system_access", "user_to_objects", source_system="snowflake", username=["aiko"])],
             ["customer_segments", "ANALYST"], "access"),
    Question("Which critical data elements have no quality rule?", [advise("assess", discover_cde_columns=True)],
             ["orders.customer_id", "revenue_daily.net_revenue", "customers.customer_id"], "DQ"),
    Question("Is there a rule that keys are unique?", [advise("lookup", rule_name="unique")], ["dqrule 701"], "DQ"),
]

WRITES = [
    Question("Please describe stg_orders as: Orders before they are cleaned.",
             [find(name="stg_orders"),
              ("update_asset_descriptions", {"object_id": 502, "object_type": "oetable",
                                             "business_description": "Orders before they are cleaned."})],
             ["Nothing has been written yet", "new: Orders before they are cleaned."], "describe"),
    Question("Make Lena the owner of customers.",
             [find(name="customers", object_type="oetable"),
              ("update_governance_roles", {"object_id": 511, "object_type": "oetable",
                                           "role_updates": {"owner": "lena"}})],
             ["Nothing has been written yet", "mira", "lena"], "owner"),
    Question("I need read access to the orders until the end of the year.",
             [find(name="orders", object_type="oetable"),
              ("create_service_request", {"request_type": "access", "object_type": "oetable", "object_id": [501],
                                          "summary": "Read access to the orders",
                                          "ticket_fields": {"Needed until": "2026-12-31"}})],
             ["Nothing has been written yet", "2026-12-31"], "access"),
]

QUESTIONS = FIND + EXPLAIN + LINEAGE + CHANGE + WRITES
