import HTTP
import JSON
import OvalEdge
import Testing

@Suite struct `The older variants` {
    /// The requests as `path?a=b`, the lead first.
    private func sent(_ question: Question, in variant: EndpointVariant) throws -> [String] {
        let plan = try question.plan(in: variant)
        return ([plan.lead] + plan.others).map { part in
            let path = part.request.path.split(separator: "/").last ?? ""
            return "\(path)?\(part.request.query.map { "\($0.name)=\($0.value)" }.joined(separator: "&"))"
        }
    }

    private func refused(_ question: Question, in variant: EndpointVariant) -> OvalEdgeError? {
        do throws(OvalEdgeError) {
            _ = try question.plan(in: variant)
            return nil
        } catch {
            return error
        }
    }

    private func search(_ change: (inout AssetSearch) -> Void) -> Question {
        var search = AssetSearch()
        change(&search)
        return .explorer(search)
    }

    @Test func `of the search send lists as JSON, and each its own spelling`() throws {
        let question = search {
            $0.terms = ["orders", "Größe"]
            $0.contextQuery = "where are orders"
            $0.objectType = .oetable
            $0.page = 2
            $0.limit = 50
            $0.filters = [.owner: "ann", .tags: ["PII"], .connectionName: ["dw"], .customFields: "Region"]
            $0.subcategory = .init(id: 7, name: "Opex")
            $0.domain = .init(name: "Finance")
        }
        let shared = """
            page=2&limit=50&searchTerms=["orders","Größe"]&contextQuery=where are orders&objectType=oetable\
            &connectionName=dw&owner=ann&tags=["PII"]&customFields=["Region"]&domainName=Finance
            """
        #expect(
            try sent(question, in: .searchCatalog) == [
                "search-catalog?\(shared)&subCategoryId=7&subCategoryName=Opex"
            ]
        )
        #expect(
            try sent(question, in: .explorerByParameters) == [
                "asset-explorer?\(shared)&subcategoryId=7&subcategoryName=Opex"
            ]
        )
        #expect(try sent(search { _ in }, in: .searchCatalog) == ["search-catalog?page=1&limit=20"])
    }

    @Test func `of the search refuse by name what they have no place for`() throws {
        let question = search {
            $0.sort = .init(.name)
            $0.filters = [.rating: ["min": 4], .owner: "ann", .createdDate: ["from": "2026-01-01"]]
            $0.name = "orders"
            $0.includesChildren = true
        }
        let error = try #require(refused(question, in: .searchCatalog))
        #expect(error.what.contains("`sort`, `name`, `include_children`, `filters.rating`, `filters.createdDate`"))
        #expect(!error.what.contains("owner"))
        let byParameters = try #require(refused(question, in: .explorerByParameters))
        #expect(byParameters.what.contains("`sort`, `filters.rating`, `filters.createdDate`"))
        let several = search { $0.filters = [.owner: ["ann", "bo"]] }
        #expect(refused(several, in: .searchCatalog)?.what.contains("`filters.owner with several values`") == true)
        #expect(refused(question, in: .postedExplorer) == nil)
    }

    @Test func `look terms and tags up where these are`() throws {
        let term = search { ($0.objectType, $0.name) = (.glossary, "Net sales") }
        #expect(try sent(term, in: .searchCatalog) == ["glossary-terms?termName=Net sales&limit=20"])
        let tag = search { ($0.objectType, $0.objectID, $0.limit) = (.oetag, 12, 1) }
        #expect(try sent(tag, in: .searchCatalog) == ["tags?objectId=12&limit=1"])
        let sorted = search { ($0.objectType, $0.name, $0.sort) = (.oetag, "PII", .init(.name)) }
        #expect(refused(sorted, in: .searchCatalog)?.what.contains("take `sort` here") == true)
        let words = search { ($0.objectType, $0.terms) = (.glossary, ["sales"]) }
        #expect(try sent(words, in: .searchCatalog)[0].hasPrefix("search-catalog?"))
    }

    @Test(arguments: [
        (ObjectType.oetable, ["object-details", "column-profile", "entity-relationships"]),
        (.oefile, ["object-details", "column-profile"]), (.glossary, ["object-details"]),
    ])
    func `of the details ask for the parts that the type has`(type: ObjectType, paths: [String]) throws {
        let sent = try sent(.details(id: 5, type: type), in: .objectDetails)
        #expect(sent.map { $0.prefix { $0 != "?" } } == paths.map { $0[...] })
        #expect(sent[0].hasSuffix("?objectId=5&objectType=\(type.rawValue)"))
    }

    @Test func `of lineage differ by the path alone`() throws {
        let question = Question.lineage(id: 5, type: .oetable, depth: 3)
        #expect(try sent(question, in: .lineage) == ["lineage?objectId=5&objectType=oetable&depth=3"])
        #expect(try sent(question, in: .assetLineage) == ["asset-lineage?objectId=5&objectType=oetable&depth=3"])
    }
}

extension `The older variants` {
    private func knowledge(_ change: (inout KnowledgeSearchQuery) -> Void) -> Question {
        var query = KnowledgeSearchQuery()
        change(&query)
        return .knowledge(query)
    }

    @Test(arguments: [
        (100, nil, "limit=100&numCandidates=128"), (15, nil, "limit=15&numCandidates=128"),
        (5, 200, "limit=5&numCandidates=200"), (20, 5, "limit=20&numCandidates=20"),
    ])
    func `of knowledge weigh no fewer passages than they return`(limit: Int, candidates: Int?, sent: String) throws {
        let question = knowledge { ($0.query, $0.limit, $0.candidates) = ("rules", limit, candidates) }
        #expect(try self.sent(question, in: .storiesAndDocs)[0] == "search-platform-docs?query=rules&\(sent)")
    }

    @Test func `of knowledge ask for what the question names`() throws {
        let both = knowledge { ($0.query, $0.storyZoneName) = ("retention", "Legal") }
        #expect(
            try sent(both, in: .storiesAndDocs) == [
                "search-platform-docs?query=retention",
                "lookup-datastory?contentQuery=retention&storyZoneName=Legal",
            ]
        )
        let story = knowledge { ($0.storyName, $0.contentQuery) = ("Retention", "periods") }
        #expect(
            try sent(story, in: .storiesAndDocs) == ["lookup-datastory?storyName=Retention&contentQuery=periods"]
        )
        let known = knowledge { ($0.objectID, $0.storyZoneName) = (9, "Legal") }
        #expect(try sent(known, in: .storiesAndDocs) == ["lookup-datastory?objectId=9&storyZoneName=Legal"])
        let zone = knowledge { $0.storyZoneName = "Legal" }
        #expect(refused(zone, in: .storiesAndDocs)?.what.contains("`story_zone_name alone`") == true)
        let mixed = knowledge { ($0.objectID, $0.storyName) = (9, "Retention") }
        #expect(refused(mixed, in: .storiesAndDocs)?.what.contains("`story_name with object_id`") == true)
    }

    private func access(_ direction: AccessDirection, _ change: (inout AccessQuery) -> Void) -> Question {
        var query = AccessQuery(direction)
        change(&query)
        return .access(query)
    }

    @Test func `of access are two, without the operation`() throws {
        let rights = access(.objectToUsers) {
            ($0.sourceSystem, $0.paths, $0.objectType, $0.connectionID) = ("snowflake", ["dw.fin.orders"], "table", 4)
            // Found by the path, which says the same.
            $0.objectID = 310
            ($0.includesColumns, $0.resolvesAllMatches, $0.reachesDescendants) = (true, true, true)
        }
        #expect(
            try sent(rights, in: .sourceAndCatalogAccess) == [
                """
                source-system-access?sourceSystem=snowflake&queryDirection=object_to_users&objectType=table\
                &objectPath=dw.fin.orders&includeColumns=true&connectionId=4&resolveAllMatches=true\
                &scopeMode=descendants
                """
            ]
        )
        let users = access(.userToObjects) { ($0.sourceSystem, $0.users) = ("tableau", ["ann", "bo"]) }
        #expect(
            try sent(users, in: .sourceAndCatalogAccess) == [
                "source-system-access?sourceSystem=tableau&queryDirection=user_to_objects&username=ann&username=bo"
            ]
        )
        let catalog = access(.objectToPrincipals) { ($0.objectID, $0.objectType) = (310, "oetable") }
        #expect(
            try sent(catalog, in: .sourceAndCatalogAccess) == [
                "get-user-object-access?queryDirection=object_to_principals&objectId=310&objectType=oetable"
            ]
        )
    }

    @Test func `of access refuse other platforms and directions`() {
        let membership = access(.roleToUsers) { ($0.sourceSystem, $0.names) = ("snowflake", ["ANALYST"]) }
        #expect(
            refused(membership, in: .sourceAndCatalogAccess)?.what.contains("`query_direction: role_to_users`") == true
        )
        let known = access(.objectToUsers) { ($0.sourceSystem, $0.objectID) = ("snowflake", 310) }
        #expect(refused(known, in: .sourceAndCatalogAccess)?.what.contains("`object_id`") == true)
        let platform = access(.userToObjects) { ($0.sourceSystem, $0.users) = ("oracle", ["ann"]) }
        let error = refused(platform, in: .sourceAndCatalogAccess)
        #expect(error?.what.contains("`source_system: oracle`") == true)
        #expect(error?.saysSourceIsUnsupported == true)
    }
}
