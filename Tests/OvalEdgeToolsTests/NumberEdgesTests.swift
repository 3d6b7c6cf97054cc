import HTTP
import JSON
import MCP
import OvalEdgeTools
import Sandbox
import TestSupport
import Testing

/// Every number that a tool takes, wherever it stands in its arguments, at the edges of what a number can be.
@Suite struct `A number at the edge of its type` {
    private static let edges = [
        "-9223372036854775808", "9223372036854775808", "9223372036854775807", "4611686018427387904",
        "1000000000000000000", "9007199254740993", "2147483648", "2147483647", "-1", "0", "1.5", "1e300",
    ]

    @Test(arguments: Listed.all, SandboxGeneration.allCases)
    func `has an answer from the sandbox`(_ listed: Listed, generation: SandboxGeneration) async throws {
        try await expectAnswers(of: listed, from: SandboxClient(generation: generation))
    }

    /// Full pages whichever is asked for, as from a back end, a cache or a gateway that ignores what it does not know.
    @Test(arguments: Listed.all, SandboxGeneration.allCases)
    func `has an answer from what gives the first page always`(
        _ listed: Listed,
        generation: SandboxGeneration
    ) async throws {
        try await expectAnswers(of: listed, from: FirstPage(of: SandboxClient(generation: generation)))
    }

    private func expectAnswers(of listed: Listed, from client: any HTTPClient) async throws {
        let catalog = TestCatalog(client)
        let numbers = subschemas(of: listed.tool.inputSchema).filter {
            ["integer", "number"].contains($0.schema["type"]?.string)
        }
        for example in try examples(of: listed) {
            for (path, _) in numbers {
                for edge in Self.edges {
                    for value in [try JSON(parsing: edge), .string(edge)] {
                        let arguments = placing(value, at: path.dropFirst(2), in: example)
                        let answer = try await catalog.call(listed.definition.name, arguments)
                        #expect(!answer.text.isEmpty, "\(arguments.text)")
                        #expect(answer.isFailure || answer.structured?.object != nil, "\(arguments.text)")
                    }
                }
            }
        }
    }

    /// A call that works, with each of the steps that the tool has.
    private func examples(of listed: Listed) throws -> [JSON] {
        let example = try #require(listed.example)
        let schema = listed.tool.inputSchema
        let steps = ["step", "operation"].compactMap { name in schema["properties"]?[name].map { (name, $0) } }
        return [example]
            + steps.flatMap { name, step in
                (step["enum"]?.array ?? []).filter { $0 != example[name] }.map { example.with(name, $0) }
            }
    }

    /// `path` is as ``subschemas(of:at:)`` writes it: `objects[].object_id`.
    private func placing(_ value: JSON, at path: Substring, in json: JSON) -> JSON {
        let name = path.prefix { $0 != "." && $0 != "[" }
        let rest = path.dropFirst(name.count)
        if rest.isEmpty { return json.with(String(name), value) }
        guard rest.hasPrefix("[]") else {
            return json.with(String(name), placing(value, at: rest.dropFirst(), in: json[String(name)] ?? [:]))
        }
        let inside = rest.dropFirst(2)
        let item = json[String(name)]?[0] ?? [:]
        return json.with(String(name), [inside.isEmpty ? value : placing(value, at: inside.dropFirst(), in: item)])
    }
}

extension JSON {
    fileprivate func with(_ name: String, _ value: JSON) -> JSON {
        var json = self
        json[name] = value
        return json
    }
}

/// Passes every request on as if it asked for the first page.
private struct FirstPage: HTTPClient {
    private let client: SandboxClient

    init(of client: SandboxClient) { self.client = client }

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        var request = request
        if let mark = request.url.firstIndex(of: "?") {
            let items = URLText.queryItems(String(request.url[mark...].dropFirst()))
            let kept = items.filter { !["page", "limit", "size"].contains($0.name) }
            request.url = request.url[..<mark] + "?" + URLText.query(kept.map { ($0.name, $0.value) })
        }
        if var body = try? JSON(parsing: request.body), body["search"] != nil {
            body["search"]?["page"] = nil
            body["search"]?["limit"] = nil
            request.body = body.bytes
        }
        return try await client.send(request)
    }
}
