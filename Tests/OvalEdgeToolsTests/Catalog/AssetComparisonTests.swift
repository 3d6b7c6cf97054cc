import HTTP
import JSON
import MCP
import OvalEdgeTools
import Sandbox
import TestSupport
import Testing

@Suite struct `asset_details of several assets` {
    private let sandbox: SandboxClient
    private let catalog: TestCatalog

    init() {
        sandbox = SandboxClient()
        catalog = TestCatalog(sandbox)
    }

    private func objects(_ ids: Int...) -> JSON {
        .array(ids.map { ["object_id": .int($0), "object_type": "oetable"] })
    }

    @Test func `shows a few lines of each, next to each other`() async throws {
        let answer = try await catalog.call("asset_details", ["objects": objects(501, 502, 501)])
        try expectSnapshot("asset_details.comparison.md", of: answer.text)
        #expect(answer.structured?["objects"]?.array?.count == 2)
        #expect(answer.structured?["objects"]?[0]?["details"]?["objectId"] == 501)
        #expect(answer.structured?["objects"]?[0]?["columnNames"]?.array?.isEmpty == false)
    }

    @Test func `says what the tables share and what only one has`() async throws {
        let catalog = TestCatalog(
            AnsweringHTTP { [sandbox] request throws(HTTPFailure) in
                guard request.url.contains("asset-details") else { return try await sandbox.send(request) }
                let isFirst = request.url.contains("objectId=1&")
                let columns: JSON = isFirst ? [["name": "id"], ["name": "a"]] : [["name": "ID"], ["name": "b"]]
                let details: JSON = [
                    "objectId": isFirst ? 1 : 2, "objectType": "oetable", "objectName": isFirst ? "x" : "y",
                    "steward": isFirst ? "ann" : .null, "criticalDataElement": isFirst ? 1 : "N",
                ]
                let reply: JSON = ["data": ["details": details, "profile": ["columns": columns]]]
                return HTTPResponse(.ok, text: reply.text, type: "application/json")
            }
        )
        let answer = try await catalog.call("asset_details", ["objects": objects(1, 2)])
        #expect(
            answer.text == """
                # 2 assets compared
                |  | x `oetable 1` | y `oetable 2` |
                |---|---|---|
                | Owner | not given | not given |
                | Steward | ann | not given |
                | Custodian | not given | not given |
                | Certification | not given | not given |
                | Critical data element | yes | no |
                | Columns | 2 | 2 |

                ## Columns
                - In all (1): id
                - Further in x `oetable 1` (1): a
                - Further in y `oetable 2` (1): b
                """,
            "\(answer.text)"
        )
    }

    @Test func `says which of them did not come, and why`() async throws {
        let catalog = TestCatalog(
            AnsweringHTTP { [sandbox] request throws(HTTPFailure) in
                guard request.url.contains("objectId=502&") else { return try await sandbox.send(request) }
                let reply: JSON = ["ok": false, "message": "The object is locked by a running crawl"]
                return HTTPResponse(.ok, text: reply.text, type: "application/json")
            }
        )
        let answer = try await catalog.call("asset_details", ["objects": objects(501, 9, 502)])
        #expect(!answer.isFailure && answer.text.hasPrefix("# 1 of 3 assets\n"), "\(answer.text)")
        #expect(answer.text.contains("`oetable 9` is not among them: OvalEdge returned 404"))
        #expect(
            answer.text.contains("`oetable 502` is not among them: OvalEdge refused the request: “The object is locked")
        )
        #expect(answer.structured?["objects"]?.array?.count == 1)
        let locked = try await catalog.call("asset_details", ["objects": objects(9, 502)])
        #expect(locked.isFailure && locked.text.contains("locked by a running crawl"))
    }

    @Test func `is refused where none of them is there`() async throws {
        let answer = try await catalog.call("asset_details", ["objects": objects(8, 9)])
        let beginning = "The catalog does not have `oetable 8`, `oetable 9`, or this account"
        #expect(answer.isFailure && answer.text.hasPrefix(beginning), "\(answer.text)")
    }

    @Test func `takes ten of them, and no single one besides`() {
        let eleven = JSON.array((1...11).map { ["object_id": .int($0), "object_type": "oetable"] })
        #expect(mistakes(AssetDetails.self, ["objects": eleven]) == ["`objects` holds more than 10 assets."])
        #expect(
            mistakes(AssetDetails.self, ["objects": objects(1), "object_id": 2, "object_type": "oetable"])
                == ["Give `objects`, or one asset by `object_id` and `object_type`, not both."]
        )
        #expect(mistakes(AssetDetails.self, ["objects": [["object_id": 1]]]).count == 1)
    }
}
