import OvalEdge
import OvalEdgeTools

extension Guide {
    /// From a question to the right calls: the page to read first.
    static let workflows = Guide(
        stem: "mcp_workflows",
        title: "From a question to the right calls",
        description: "Which tool answers which question, in which order, and what to watch for. Read this first.",
        priority: 0.9
    ) {
        [
            Section("In three steps", steps),
            Section("Which tool for which question") { tools in routes(tools) },
            Section("The tools") { tools in toolTable(tools) },
            Section("Searching well", about: [.assetExplorer]) { _ in searching },
            Section("\"My\" and \"I\"", firstPerson),
            Section("Access") { tools in access(tools) },
            Section("Descriptions") { _ in descriptions },
            Section("Changes", about: [.updateAssetDescriptions], changes),
            Section("Data quality", about: [.dqRuleAdvisor], quality),
            Section("Service requests", about: [.createServiceRequest], requests),
            Section("Resources") { _ in resources },
            Section("Prompts") { tools in prompts(tools) },
        ]
    }

    private static let steps = """
        1. **Find**: `asset_explorer` turns words into assets, each with an id and a type.
        2. **Look**: `asset_details` for one of them; `asset_lineage` for where its data comes from and goes.
        3. **Report**: with links (`redirectUrl`), with what is missing named as missing, and never an `ovaledge://` \
        address.

        Never make up an id or a type: both come from a search. If several assets could be meant, ask.
        """

    private struct Route {
        let question: String
        let way: String
        let tools: [ToolName]
    }

    private static func routes(_ tools: EnabledTools) -> String {
        let shown = allRoutes.filter { tools.contains($0.tools) }
        return table(["The question is about", "Use"], shown.map { [$0.question, $0.way] })
    }

    private static let allRoutes = [
        Route(question: "finding data, lists, counts", way: "`asset_explorer`", tools: [.assetExplorer]),
        Route(question: "one asset, its columns, people, quality", way: "`asset_details`", tools: [.assetDetails]),
        Route(question: "origin, use, the effect of a change", way: "`asset_lineage`", tools: [.assetLineage]),
        Route(
            question: "what a word means here",
            way: "`asset_explorer` with `name` and `object_type` `glossary`",
            tools: [.assetExplorer]
        ),
        Route(
            question: "policies, decisions, how-to",
            way: "`knowledge_search`: stories with `content_query`, OvalEdge's handbook with `query`",
            tools: [.knowledgeSearch]
        ),
        Route(
            question: "what changed since the last crawl",
            way: "`metadata_changes_between_crawls`",
            tools: [.metadataChanges]
        ),
        Route(question: "who may see or do what", way: "`access_explorer`; see Access below", tools: [.accessExplorer]),
        Route(
            question: "data quality rules",
            way: "`dq_rule_advisor`, then `dq_rule_manager`",
            tools: [.dqRuleAdvisor, .dqRuleManager]
        ),
        Route(
            question: "getting access, a change, a ticket",
            way: "`create_service_request`",
            tools: [.createServiceRequest]
        ),
    ]

    private static var searching: String {
        let rare = AssetFilter.allCases.filter { !SearchFilters.ownArguments.contains($0) }
        return """
            - Two to four specific words go into `search_terms`, the whole question into `context_query`. Omit \
            `object_type` at first: the match may be a report, a term or a file.
            - Filters match exactly and can be used alone: `owner` `ann` lists all that Ann owns.
            - Sort only lists made by filters; with words a `sort` overrides their ranking.
            - Rarer filters go into `filters`: \(codes(rare.map { $0.rawValue })). Numbers are ranges such as \
            `{"rating": {"min": 4}}`, days are `{"createdDate": {"from": "2026-01-01"}}`.
            - Data products are the type `dp_product`, their domains `dp_domain`.
            - Nothing found: remove filters one at a time, then try other words. A search is one POST that reads; it \
            changes nothing and may be repeated.
            - More than a page: call again with the next `page`; `complete` says whether that is needed.
            """
    }

    private static let firstPerson = """
        "What can I see?", "which tables do we have?" ask for a list: `asset_explorer`, which shows what this account \
        may see. "What do I own?" needs the person's name as in the catalog: ask for it, then filter by `owner`. \
        Questions about a named person's or role's access are about access; "I need access to …" is a request, not a \
        question.
        """

    private static func access(_ tools: EnabledTools) -> String {
        let start = """
            There are two kinds: rights in the source system (native, RDAM) and catalog access. When it is not clear \
            which is meant, ask before anything is looked up; `docs://ovaledge/rdam_source_access` explains how to \
            tell. A search shows no rights and replaces neither.
            """
        let absence =
            " This server is set up without `access_explorer` and can look up neither: name owner and steward."
        return tools.contains(.accessExplorer) ? start : start + absence
    }

    private static var descriptions: String {
        """
        An asset has description slots, each with its own purpose: business (what it means), technical (how it is made), \
        detailed (for terms and data products), and one for domains, tags and master tags. In JSON they are \
        \(codes(["businessDescription", "technicalDescription", "detailedDescription", "domainDescription", "tagDescription", "masterTagDescription"])). \
        Say which slot a text is from; an empty one is "not given".
        """
    }

    private static let changes = """
        A tool that writes only previews at first. Show the preview; after a clear yes repeat the same call with \
        `write_confirmed_by_user` and the preview's `confirmation_token`. Changed arguments need a new preview.
        """

    private static let quality = """
        Rules are found, not invented: look one up by name (`lookup`), assess columns (`assess`), and only where no \
        rule and no standard function fits, have SQL generated (`generate_query`) and checked (`validate_query`).
        """

    private static let requests = """
        Find the assets first. Called without a summary, the tool returns the fields of the ticket; ask for the \
        required ones at once, preview, and file it.
        """

    private static var resources: String {
        let pages = all.map { "- `\($0.uri)`: \($0.description)" }.joined(separator: "\n")
        return "\(pages)\n\n\(templateTable)"
    }

    private static func prompts(_ tools: EnabledTools) -> String {
        let listed = OvalEdgePrompts.all.filter { tools.contains($0.tools) }
        return """
            A person picks these from a menu; their steps are also useful without being picked.

            \(table(["Prompt", "What it does"], listed.map { ["`\($0.name)`", $0.description] }))
            """
    }
}
