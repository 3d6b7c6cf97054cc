/// The words of which the large catalog is made.
enum LargeNames {
    static let connections: [(name: String, server: String)] = [
        ("snowflake_prod", "snowflake"), ("oracle_erp", "oracle"), ("postgres_app", "postgres"),
        ("bigquery_mkt", "bigquery"), ("s3_lake", "s3"), ("tableau_main", "tableau"),
    ]
    static let schemas = [
        "SALES", "FINANCE", "HR", "MARKETING", "LOGISTICS", "SUPPORT", "RISK", "PRODUCT", "RAW", "ARCHIVE",
    ]
    static let domains = ["Sales", "Finance", "HR", "Marketing", "Logistics", "Support", "Risk", "Product"]
    static let categories = ["Measures", "Entities", "Processes"]
    static let zones = ["Handbook", "Legal", "Finance", "Engineering", "Support"]
    static let topics = [
        "Revenue", "Customer", "Inventory", "Payroll", "Campaign", "Churn", "Delivery", "Supplier", "Margin", "Risk",
        "Ticket", "Forecast",
    ]
    static let forms = ["overview", "trend", "detail", "scorecard", "monthly"]
    static let stages = ["raw", "stg", "dim", "fact", "agg", "tmp", "hist", "ref", "map", "snap"]
    static let entities = [
        "customer", "order", "invoice", "shipment", "payment", "product", "account", "campaign", "ticket", "employee",
        "vendor", "contract", "asset", "lead", "session",
    ]
    static let suffixes = [
        "daily", "monthly", "v2", "eu", "us", "archive", "delta", "keys", "audit", "log", "current", "history", "lines",
    ]
    static let columns = [
        "customer_id", "email", "status", "created_at", "amount", "currency", "country", "phone", "updated_at",
        "quantity", "price", "discount", "channel", "region", "birth_date", "first_name", "last_name", "city",
        "postal_code", "iban", "tax_rate", "net_total", "gross_total", "due_date", "paid_at", "source", "batch_id",
        "is_active", "score", "rank", "weight", "height", "width", "category", "label", "comment", "valid_from",
        "valid_to", "hash_key", "load_ts",
    ]
    static let types = ["VARCHAR(200)", "NUMBER(18,2)", "TIMESTAMP", "INTEGER", "BOOLEAN", "DATE"]
    static let sources = ["the shop", "the call centre", "partner files", "the ledger", "field staff"]
    static let cadences = ["every night", "every hour", "weekly", "by hand", "as a stream"]
    static let personal: Set<String> = ["email", "phone", "birth_date", "first_name", "last_name", "iban"]

    /// Tables with a part to play: their ids, names, and schemas by number.
    static let tables: [Int: (name: String, schema: Int)] = {
        var tables: [Int: (name: String, schema: Int)] = [
            1007: ("WIDE_FACT", 1), 1031: ("empty_reply", 2), 1032: ("null_reply", 2), 1033: ("locked_reply", 2),
            1034: ("no_details", 2), 1035: ("empty_list", 2), 1040: (longName, 9),
            1050: ("customer_address_current", 0), 1200: ("dim_customer_master", 0), 1251: ("fact_order_lines", 0),
            1321: ("fx_rate_import", 11), 1322: ("fx_rate_checked", 11), 1323: ("fx_rate_published", 11),
            1324: ("fx_rate_report_base", 11), 1360: ("crm_accounts", 20), 1361: ("crm_accounts_v2", 20),
        ]
        for id in 1061...1098 { tables[id] = ("orders", (id - 1061)) }
        for step in 1...11 { tables[1300 + step] = ("ledger_step_\(step < 10 ? "0" : "")\(step)", 10 + step % 10) }
        return tables
    }()

    static let longName = String(repeating: "generated_by_a_loop_that_never_ended_", count: 135) + "_end1"
}

/// Someone with an account: two names occur twice.
struct LargePerson: Hashable, Sendable {
    let user: String
    let name: String

    static let all = [
        ("mgarcia", "Maria Garcia"), ("mgarcia2", "Maria Garcia"), ("jsmith", "John Smith"), ("jsmith2", "John Smith"),
        ("pnair", "Priya Nair"), ("tokafor", "Tobe Okafor"), ("lweber", "Lena Weber"), ("akowal", "Anna Kowal"),
        ("sduarte", "Sofia Duarte"), ("hyilmaz", "Hakan Yilmaz"), ("rchen", "Rui Chen"), ("dmoreau", "Denise Moreau"),
        ("ksato", "Kenji Sato"), ("olindqvist", "Olle Lindqvist"), ("bfarah", "Basma Farah"),
        ("gconti", "Giulia Conti"),
        ("nreddy", "Nikhil Reddy"), ("evasquez", "Elena Vasquez"), ("fhaddad", "Farid Haddad"), ("izhou", "Iris Zhou"),
        ("mdubois", "Marc Dubois"), ("tnguyen", "Thi Nguyen"), ("wolsen", "Wenche Olsen"), ("xlima", "Xavier Lima"),
    ].map { LargePerson(user: $0.0, name: $0.1) }
}
