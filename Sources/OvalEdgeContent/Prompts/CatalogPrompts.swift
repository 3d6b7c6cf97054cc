import OvalEdgeTools

/// Prompts that find assets and explain them.
enum CatalogPrompts {
    static let all = [
        dataDiscovery, trustAssessment, exploreDataDomain, traceDataLineage, findRelatedAssets, metadataDrift,
    ]

    private static let dataDiscovery = Prompt(
        "data_discovery",
        title: "Find data for a question",
        description: "Searches the catalog once, looks closer at the best hits and presents up to five with reasons.",
        arguments: [Prompt.Argument("query", "Question", "What data you need, in plain words.")],
        using: [.assetExplorer, .assetDetails],
        task: "Find the data assets that fit the query best, and say how far each can be trusted.",
        steps: [
            """
            Call `asset_explorer` once: the two to four most specific words of the query as `search_terms`, the whole \
            query as `context_query`, no `object_type`, no `sort`. If nothing fits, try once more with other words; if \
            nothing fits then, say so and stop.
            """,
            "Choose up to five hits. Among equals prefer what is certified, described and has an owner.",
            "Call `asset_details` for each of them.",
            """
            Show them as a table: name with link, kind, what it holds in one line, owner, certification, data quality \
            score, and your trust in it (high, medium, low) with its reason.
            """,
            "End with the one you would take first, why, and what you could not find out.",
        ]
    )

    private static let trustAssessment = Prompt(
        "trust_assessment",
        title: "Can I trust this asset?",
        description: "Rates one asset green, amber or red by certification, people, description, quality and lineage.",
        arguments: [.asset],
        using: [.assetExplorer, .assetDetails, .assetLineage],
        task: "Judge how far this asset can be trusted for decisions.",
        steps: [
            .findAsset,
            "Call `asset_details` for it.",
            """
            Call `asset_lineage` with `depth` 2 if it is a table, a file, a report, a query or a column. Other kinds have \
            no lineage: leave that line of the table empty.
            """,
            """
            Rate each in a table with its evidence: certification (certified is green; caution, inactive and the like are \
            red), owner and steward (both green, one amber, none red), description (says what a row means: green), data \
            quality score (80 and more green, 60 to 79 amber, less red), lineage (known origin green, none amber).
            """,
            """
            Give one verdict: red if certification or quality is red, green if both are green and nothing else is red, \
            amber otherwise. What is not given is a gap, not a fault: name it, and say who could close it.
            """,
        ]
    )

    private static let exploreDataDomain = Prompt(
        "explore_data_domain",
        title: "Explore a data domain",
        description: "Gives an overview of a business area: its terms, its most used data, its people, its stories.",
        arguments: [
            Prompt.Argument("domain", "Domain", "A business area, such as Sales or Customer.", from: .domainNames)
        ],
        using: [.assetExplorer, .knowledgeSearch],
        task: "Give an overview of this domain of the organisation's data.",
        steps: [
            "Call `asset_explorer` with the domain as `search_terms` and no `object_type`: everything with its name.",
            "Call `asset_explorer` with the domain as `domain_name` and `object_type` `glossary`: the terms of the domain.",
            "Call `knowledge_search` with the domain as `content_query`: what people wrote about it.",
            """
            Report in this order: what the domain covers, the glossary terms to know, the tables, files and reports \
            that matter most, who is responsible for them, and the stories worth reading. Mark what is a draft or not \
            certified.
            """,
            "Close with three follow-up questions.",
        ]
    )

    private static let traceDataLineage = Prompt(
        "trace_data_lineage",
        title: "Trace where data comes from and goes",
        description: "Follows a table or file three hops each way and explains the path of its data.",
        arguments: [.asset],
        using: [.assetExplorer, .assetLineage],
        task: "Explain where the data of this asset comes from and where it goes.",
        steps: [
            .findAsset,
            """
            Call `asset_lineage` with `depth` 3. A report, a query or a column is followed by what it rests on: say so \
            if the answer does.
            """,
            """
            Present it as a path: the origins first, then each step, then the asset, then what depends on it. Name the \
            kinds, and list reports separately from tables and files.
            """,
            """
            Point out what matters for a change: how many assets are downstream, which of them are reports, links \
            added by hand, cycles, and whether the lineage continues beyond three hops.
            """,
        ]
    )

    private static let findRelatedAssets = Prompt(
        "find_related_assets",
        title: "Find related assets",
        description: "Ranks the assets related to one: by keys, by words and by shared terms and tags.",
        arguments: [.asset],
        using: [.assetExplorer, .assetDetails],
        task: "Find the assets related to this one.",
        steps: [
            .findAsset,
            "Call `asset_details` for it: its relationships, terms, tags and data products.",
            """
            Call `asset_explorer` with the most specific words of its name and description as `search_terms` and no \
            `object_type`; and once more with its `terms` or `tags` alone, if it has any.
            """,
            """
            Rank up to ten, each with its reason: linked by a key, same glossary term, same tag or data product, \
            similar name. Omit the asset itself and its own columns.
            """,
        ]
    )

    private static let metadataDrift = Prompt(
        "metadata_drift",
        title: "What changed in the metadata?",
        description: "Compares crawls of a connection, schema or table and says which changes matter.",
        arguments: [
            Prompt.Argument(
                "scope",
                "Scope",
                "Connection, schemas, tables and period to compare, in plain words.",
                from: .connectionNames
            )
        ],
        using: [.metadataChanges],
        task: "Report what changed in the metadata within this scope.",
        steps: [
            """
            Call `metadata_changes_between_crawls` with what the scope names and nothing else: `connection_name`, \
            `schema_names`, `table_names`, and either `last_n_days` or `last_n_weeks`, or `from_timestamp` and \
            `to_timestamp`. Put the person's words into `question`.
            """,
            "Show its answer unchanged.",
            """
            Below it, in at most five lines, say what could break: removed or renamed columns, narrower types, sudden \
            jumps in row counts. If no two crawls could be compared, say that instead.
            """,
        ]
    )
}

extension Prompt.Argument {
    /// An asset by its name.
    static let asset = Prompt.Argument(
        "asset_name",
        "Asset",
        "Name of the asset, with its schema if there are several of that name.",
        from: .assetNames
    )
}

extension Prompt.Step {
    /// From a name to one asset.
    static let findAsset: Prompt.Step = """
        Find the asset: call `asset_explorer` with asset_name as `name`, and if that finds nothing, with its words as \
        `search_terms`. If several could be meant, show them with their places and ask which; do not guess.
        """
}
