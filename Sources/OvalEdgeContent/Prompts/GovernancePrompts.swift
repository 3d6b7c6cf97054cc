import OvalEdgeTools

/// Prompts about terms, tags, descriptions and the people who answer for them.
enum GovernancePrompts {
    static let all = [
        explainBusinessTerm, explainTag, createBusinessGlossaryTerm, createGovernanceTag, documentAssetDescriptions,
        assignGovernanceRoles,
    ]

    private static let explainBusinessTerm = Prompt(
        "explain_business_term",
        title: "Explain a business term",
        description: "Gives the organisation's definition of a word, its status, and the data it is assigned to.",
        arguments: [Prompt.Argument("term", "Term", "A business term, such as Net revenue.", from: .termNames)],
        using: [.assetExplorer, .assetDetails],
        task: "Explain what this term means in the organisation.",
        steps: [
            """
            Call `asset_explorer` with the term as `name` and `object_type` `glossary`; if that finds nothing, with its \
            words as `search_terms` and the same type. If several terms fit, show each with its domain and ask.
            """,
            "Call `asset_details` for it: definition, domain and category, status, owner and steward.",
            "Call `asset_explorer` with the exact name of the term in `terms`: the data that has it.",
            """
            Give the definition first, quoted and with its status: a draft is not agreed yet. Then explain it in your \
            own words, and list the data that has it.
            """,
            """
            If the glossary lacks the term, say so in the first sentence; general knowledge about the word comes \
            after, and is marked as such.
            """,
        ]
    )

    private static let explainTag = Prompt(
        "explain_tag",
        title: "Explain a tag",
        description: "Explains what a tag means, where it is in the hierarchy, and which assets have it.",
        arguments: [Prompt.Argument("tag_name", "Tag", "Name of the tag.", from: .tagNames)],
        using: [.assetExplorer, .assetDetails],
        task: "Explain this tag.",
        steps: [
            """
            Call `asset_explorer` with the tag as `name`, `object_type` `oetag`, `include_parent` and \
            `include_children`; if that finds nothing, with its words as `search_terms` and the same type.
            """,
            "Call `asset_details` for it: its description and who owns it.",
            "Call `asset_explorer` with its exact name in `tags` and nothing else: the assets that have it.",
            """
            Say what it means, show its place as a line (root › parent › tag › children), and count the assets that have it \
            by kind with a few examples. A tag on a table does not apply to its columns: do not infer one from the other.
            """,
        ]
    )

    private static let createBusinessGlossaryTerm = Prompt(
        "create_business_glossary_term",
        title: "Create a glossary term",
        description:
            "Guides from a word to a term with place and description, with a preview before anything is written.",
        arguments: [Prompt.Argument("term_name", "Term", "The new term.")],
        using: [.assetExplorer, .createGlossaryTerm],
        task: "Create this business glossary term together with the person.",
        steps: [
            """
            Call `asset_explorer` with term_name as `name` and `object_type` `glossary`. If the term or a synonym of \
            it already exists, show it and ask whether a new one is wanted.
            """,
            """
            Call `create_glossary_term` with `term_name`. While it returns choices (domain, then category, then \
            subcategory), show them and let the person choose; pass on what was chosen. A level is skipped only when \
            the person says so.
            """,
            "Ask for the description, or offer a draft of one or two sentences for approval.",
            .confirmed,
            "Show the place of the term, with its link and status.",
        ]
    )

    private static let createGovernanceTag = Prompt(
        "create_governance_tag",
        title: "Create a tag",
        description: "Guides from a name to a tag in the right place, with a preview before anything is written.",
        arguments: [Prompt.Argument("tag_name", "Tag", "The new tag.")],
        using: [.assetExplorer, .createTag],
        task: "Create this tag together with the person.",
        steps: [
            """
            Call `asset_explorer` with tag_name as `name` and `object_type` `oetag`. If the tag already exists, show \
            it and ask whether another one is wanted.
            """,
            """
            Call `create_tag` with `tag_name`. While it returns choices (a master tag, then a parent), show all of \
            them and let the person choose; never choose for them.
            """,
            .confirmed,
            "Show the tag in its place, with its link.",
        ]
    )

    private static let documentAssetDescriptions = Prompt(
        "document_asset_descriptions",
        title: "Describe an asset",
        description: "Reads what is known about an asset, drafts a description, and writes it once it is approved.",
        arguments: [
            .asset,
            Prompt.Argument(
                "intent",
                "Which description",
                "Which description to write, and what it should say.",
                from: .choices(["business description", "technical description", "detailed description"])
            ),
        ],
        using: [.assetExplorer, .assetDetails, .updateAssetDescriptions],
        task: "Write the description that the intent asks for.",
        steps: [
            .findAsset,
            """
            Call `asset_details`: its current texts, columns, terms and people. A draft may only say what is stated \
            there or what the person tells you.
            """,
            """
            Draft it for the slot that the intent names: a business description says what it means and for whom, a \
            technical one how it is made. Show the old text next to the new one and ask for corrections.
            """,
            "Call `update_asset_descriptions` with the object's id and type and the text in that one slot.",
            .confirmed,
            "Report which slots were written, which were blocked, and why.",
        ]
    )

    private static let assignGovernanceRoles = Prompt(
        "assign_governance_roles",
        title: "Assign owner, steward, custodian",
        description: "Changes who is responsible for an asset, with a preview of before and after.",
        arguments: [
            .asset,
            Prompt.Argument(
                "role_changes",
                "Changes",
                "Who gets which role, such as: steward ann, owner bob.",
                from: .choices(["owner ", "steward ", "custodian "])
            ),
        ],
        using: [.assetExplorer, .assetDetails, .updateGovernanceRoles],
        task: "Assign these governance roles.",
        steps: [
            .findAsset,
            "Call `asset_details` for it and note who holds each role now.",
            """
            Call `update_governance_roles` with the object's id and type and `role_updates`, one entry for each role \
            that changes. A role can be reassigned, but not cleared.
            """,
            .confirmed,
            "Show before and after for each role, including the blocked ones, with the reason.",
        ]
    )
}

extension Prompt.Step {
    /// Nothing is written that was not seen.
    static let confirmed: Prompt.Step = """
        The first call only previews. Show the preview; when the person has clearly agreed to it, repeat the call with \
        the same arguments, `write_confirmed_by_user` true and the `confirmation_token` of the preview. After any \
        change, preview again.
        """
}
