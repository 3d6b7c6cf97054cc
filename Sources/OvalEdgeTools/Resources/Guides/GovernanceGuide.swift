extension Guide {
    /// People, words and marks: what they mean and how they are changed.
    static let governance = Guide(
        stem: "governance",
        title: "Governance in OvalEdge",
        description: "Who answers for data, and what terms, tags, marks and stories mean.",
        priority: 0.5
    ) {
        [
            Section("People", people),
            Section("Glossary terms", terms),
            Section("Creating a term", about: [.createGlossaryTerm], creatingTerms),
            Section("Tags", tags),
            Section("Creating a tag", about: [.createTag], creatingTags),
            Section("Marks of trust", marks),
            Section("Marking critical data elements", about: [.updateCDEAssociations], markingElements),
            Section("Data stories", stories),
            Section("Changing people", about: [.updateGovernanceRoles], changingPeople),
            Section("What cannot be changed here") { tools in missing(tools) },
        ]
    }

    private static let people = """
        - **Owner**: answers for the asset and decides about it.
        - **Steward**: cares for its meaning: description, terms, quality.
        - **Custodian**: keeps it running, technically.
        - Up to three more roles can exist (`governanceRole4`, `governanceRole5`, `governanceRole6` in filters); what they \
        are called is up to the organisation.

        A role may come down from a container, as from a schema to its tables. To list what a person answers for, search \
        with `owner`, `steward` or `custodian` and no words; the name has to be as the catalog writes it.
        """

    private static let terms = """
        A term is a word with the organisation's own definition. It stands in a domain, and there possibly in a category \
        and a subcategory. A draft is a proposal; a published term is agreed. Search for one by `name` with `object_type` \
        `glossary`, for all of a domain with `domain_name`, and for the data that carries a term with `terms`.
        """

    private static let creatingTerms = """
        1. Look whether the word, or another one for the same thing, is there already.
        2. Call `create_glossary_term`; it asks for domain, category and subcategory one after the other. The person \
        chooses; a level is skipped only if they say so.
        3. A term needs a description of its own: what it means, and what it does not.
        4. Preview, a clear yes, then the same call with the preview's token.
        """

    private static let tags = """
        Tags stand below each other; the topmost may be master tags. A tag on a table is not one on its columns, and a \
        tag below another one does not put the upper one on an asset. Search with `tags` for what carries one, and with \
        `object_type` `oetag`, `include_parent` and `include_children` for its place.
        """

    private static let creatingTags = """
        An OvalEdge is in one of two modes. In the open one a tag may stand anywhere, also alone. In the secure one it \
        stands below a master tag that the account may use. `create_tag` says which it is, and shows what there is to \
        choose from; all choices are shown to the person, and none is made for them.
        """

    private static let marks = """
        - **Certification** is given by people: certified, or a warning such as caution or inactive.
        - **Data quality score** comes from rules that run, from 0 to 100. No score means that nothing was measured.
        - **Critical data element**: `Yes`, `No` or `None`, for what the organisation depends on.
        - **Classification**: how confidential or personal it is, such as PII.
        - **Rating and popularity**: how people like it, and how much they use it. Neither proves that it is right.
        """

    private static let markingElements = """
        `update_cde_associations` sets `Yes`, `No` or `None` on several assets at once, with a category and a \
        justification. It previews first, and shows for each what it was and what it will be.
        """

    private static let stories = """
        A story is a page, a story zone a shelf of pages. `knowledge_search` looks into their text; quote a story with \
        the citation line of the answer. Who may read a story follows from its zone and roles.
        """

    private static let changingPeople = """
        `update_governance_roles` gives a role to someone else; it cannot leave one empty. Data quality rules and \
        schemes have a steward only. Where a role follows from a glossary term, it is changed there.
        """

    private static func missing(_ tools: EnabledTools) -> String {
        let writing: [ToolName] = [
            .updateAssetDescriptions, .updateCDEAssociations, .createGlossaryTerm, .createTag, .updateGovernanceRoles,
            .updateCustomFieldValue, .dqRuleManager, .createServiceRequest,
        ]
        let absent = writing.filter { !tools.contains($0) }
        if absent.isEmpty { return "What no tool above covers is changed in OvalEdge itself: give the asset's link." }
        return """
            This server is set up without \(codes(absent.map { $0.rawValue })). Such changes are made in OvalEdge itself: \
            give the person the asset's link and say what to change there.
            """
    }
}
