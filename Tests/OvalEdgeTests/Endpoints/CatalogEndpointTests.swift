import JSON
import OvalEdge
import Testing

@Suite struct `Catalog requests` {
    @Test func `always say page and limit, and nothing that is empty`() {
        let request = APIRequest.assetExplorer(AssetSearch())
        #expect(request.path == "/api/v1/mcp/asset-explorer")
        #expect(request.body?.text == #"{"search":{"page":1,"limit":20}}"#)
        #expect(request.mayBeRepeated)
    }

    @Test func `carry everything that a search can say`() throws {
        var search = AssetSearch()
        search.objectID = 12
        search.objectType = .oetable
        search.name = "Revenue"
        search.includesParent = true
        search.includesChildren = true
        search.terms = ["orders"]
        search.contextQuery = "where are orders"
        search.page = 2
        search.limit = 5
        search.sort = AssetSearch.Sort(.qualityIndex, .ascending)
        search.domain = AssetSearch.Placement(id: 3, name: "Finance")
        search.category = AssetSearch.Placement(id: 4)
        search.subcategory = AssetSearch.Placement(name: "Opex")
        search.filters = [.rating: ["min": 4], .connectionName: "dw", .tags: ["PII"]]
        let expected = """
            {"objectId":12,"objectType":"oetable","name":"Revenue","includeParent":true,"includeChildren":true,\
            "search":{"searchTerms":["orders"],"contextQuery":"where are orders","page":2,"limit":5,\
            "sort":{"field":"dq_index","direction":"asc"}},\
            "glossaryPlacement":{"domainId":3,"domainName":"Finance","categoryId":4,"subcategoryName":"Opex"},\
            "filters":{"connectionName":"dw","tags":["PII"],"rating":{"min":4}}}
            """
        #expect(search.body.text == expected)
    }

    @Test func `ask for details and lineage by id and type`() {
        let details = APIRequest.assetDetails(id: 501, type: .oetable)
        #expect(details.query.map { "\($0.name)=\($0.value)" } == ["objectId=501", "objectType=oetable"])
        let lineage = APIRequest.assetLineage(id: 501, type: .oefile, depth: 0)
        #expect(lineage.query.map { "\($0.name)=\($0.value)" } == ["objectId=501", "objectType=oefile", "depth=0"])
    }

    @Test(
        arguments: [
            (nil, nil, nil), (5, nil, "128"), (50, nil, "128"), (5, 200, "200"), (20, 5, "20"), (nil, 0, "1"),
            (nil, 9999, "512"), (10, 9999, "512"),
        ] as [(Int?, Int?, String?)]
    )
    func `look at enough passages, and not at too many`(limit: Int?, candidates: Int?, sent: String?) {
        var query = KnowledgeSearchQuery()
        query.query = "retention"
        query.limit = limit
        query.candidates = candidates
        let parameters = APIRequest.knowledge(query).query
        #expect(parameters.first { $0.name == "numCandidates" }?.value == sent)
        #expect(parameters.first { $0.name == "limit" }?.value == limit.map { String($0) })
    }

    @Test func `know all connectors and filters once`() {
        #expect(ServerType.known.count == 160 && Set(ServerType.known).count == 160)
        #expect(ServerType.known.contains("qlik sense"))
        #expect(AssetFilter.allCases.count == 40)
        #expect(ObjectType.allCases.count == 23)
    }
}
