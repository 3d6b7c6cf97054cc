import HTTP
import JSON
import Sandbox
import Testing

@Suite struct `A number at the edge of its type` {
    private static let edges = [
        "-9223372036854775808", "9223372036854775808", "9223372036854775807", "4611686018427387904",
        "1000000000000000000", "9007199254740993", "-1", "0", "1.5", "1e300",
    ]

    @Test(arguments: edges)
    func `is answered by the sandbox`(edge: String) async throws {
        let visitor = try await Visitor()
        let number = try JSON(parsing: edge)
        let bodies: [(String, JSON)] = [
            ("asset-explorer", ["search": ["page": number, "limit": number], "objectId": number]),
            ("metadata-changes-between-crawls", ["lastNWeeks": number]),
            ("metadata-changes-between-crawls", ["lastNDays": number]),
            ("metadata-changes-between-crawls", ["toCrawlId": number]),
            ("metadata-changes-between-crawls", ["fromCrawlId": number, "toCrawlId": number]),
        ]
        for (path, body) in bodies {
            #expect(try await visitor.response(.post, path, body: body).status.rawValue < 500)
        }
        let queries: [(String, KeyValuePairs<String, String>)] = [
            ("domain-metadata", ["searchOn": "oeglobaldomain", "page": edge, "size": edge]),
            ("asset-lineage", ["objectId": "501", "objectType": "oetable", "depth": edge]),
            ("knowledge-search", ["query": "catalog", "limit": edge]),
        ]
        for (path, query) in queries { #expect(try await visitor.response(.get, path, query).status.rawValue < 500) }
    }

    @Test(arguments: ["cut=9223372036854775807", "cut=0", "503=86400s"])
    func `is taken by the script of faults`(script: String) async throws {
        let client = SandboxClient(faults: try SandboxFaults(parsing: "\(script)@asset-lineage"))
        let visitor = try await Visitor(client)
        _ = try? await visitor.response(.get, "asset-lineage", ["objectId": "501", "objectType": "oetable"])
        #expect(client.record.requestCount == 2)
    }
}
