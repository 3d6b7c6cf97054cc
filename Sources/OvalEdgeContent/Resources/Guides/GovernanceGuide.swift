import OvalEdgeTools

extension Guide {
    /// People, words and marks: what they mean and how they are changed.
    static let governance = Guide(
        stem: "governance",
        title: "Governance in OvalEdge",
        description: "Who is responsible for data, and what terms, tags, marks and stories mean.",
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
        - **Owner**: is responsible for the asset and decides about it.
        - **Steward**: maintains its meaning: description, terms, quality.
        - **Custodian**: operates it technically.
        - Up to three more roles can exist (`governanceRole4`, `governanceRole5`, `governanceRole6` in filters); what they \
        are called is up to the organisation.

        A role may be inherited from a container, as from a schema to its tables. To list what a person is responsible \
        for, search with `owner`, `steward` or `custodian` and no words; the name must be exactly as in the catalog.
        """

    private static let terms = """
        A term is a word with the organisation's own definition. It belongs to a domain, and optionally to a category \
        and a subcategory. A draft is a proposal; a published term is agreed. Search for one by `name` with \
        `object_type` `glossary`, for all of a domain with `domain_name`, and for the data that has a term with \
        `terms`.
        """

    private static let creatingTerms = """
        1. Check whether the word, or a synonym, already exists.
        2. Call `create_glossary_term`; it asks for domain, category and subcategory one after the other. The person \
        chooses; a level is skipped only if they say so.
        3. A term needs a description of its own: what it means, and what it does not.
        4. Preview, a clear yes, then the same call with the preview's token.
        """

    private static let tags = """
        Tags form a hierarchy; the topmost may be master tags. A tag on a table does not apply to its columns, and a \
        tag does not put the tags above it on an asset. Search with `tags` for what has one, and with `object_type` \
        `oetag`, `include_parent` and `include_children` for its place.
        """

    private static let creatingTags = """
        OvalEdge runs in one of two modes. In open mode a tag may be anywhere, also at the top. In secure mode it is \
        below a master tag that the account may use. `create_tag` says which mode it is, and lists the choices; show \
        all of them to the person, and choose none for them.
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
        justification. It previews first, and shows the current and the new mark of each.
        """

    private static let stories = """
        A story is a page, a story zone a collection of pages. `knowledge_search` searches their text; quote a story \
        with the citation line of the answer. Who may read a story depends on its zone and roles.
        """

    private static let changingPeople = """
        `update_governance_roles` reassigns a role; it cannot clear one. Data quality rules and schemes have a steward \
        only. A role inherited from a glossary term is changed there.
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
