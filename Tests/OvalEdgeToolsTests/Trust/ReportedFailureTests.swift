import HTTP
import JSON
import MCP
import OvalEdge
import OvalEdgeTools
import Sandbox
import TestSupport
import Testing
import docs_writer

/// Replies whose status says success and whose content says failure.
@Suite struct `A failure that OvalEdge reports with status 200` {
    private static let bodies = [
        #"{"success":false,"message":"The index is down"}"#, #"{"ok":"false","message":"The index is down"}"#,
        #"{"status":"error","message":"The index is down","data":{"items":[]}}"#,
        #"{"errors":[{"message":"The index is down"}],"data":null}"#,
        #"{"ok":true,"data":{"status":"failed","message":"The index is down"}}"#,
    ]

    @Test(arguments: Listed.all)
    func `is an error of every tool that reads`(_ listed: Listed) async throws {
        let name = try #require(ToolName(rawValue: listed.definition.name))
        for body in Self.bodies {
            let answer = try await TestCatalog(answering: .ok, body).call(name.rawValue, name.example)
            #expect(answer.isFailure && answer.text.contains("“The index is down”"), "\(body): \(answer.text)")
        }
    }

    @Test(arguments: AnyWrite.all)
    func `is an error of every tool that writes`(_ write: AnyWrite) async throws {
        for body in Self.bodies {
            let sandbox = SandboxClient()
            let catalog = TestCatalog(
                AnsweringHTTP { request throws(HTTPFailure) in
                    guard !request.mayBeRepeated, !request.url.hasSuffix(TokenExchange.path) else {
                        return try await sandbox.send(request)
                    }
                    return HTTPResponse(.ok, text: body, type: "application/json")
                }
            )
            let done = try await catalog.confirmed(write.tool, write.arguments).done
            #expect(done.isFailure && done.text.contains("“The index is down”"), "\(body): \(done.text)")
        }
    }
}
