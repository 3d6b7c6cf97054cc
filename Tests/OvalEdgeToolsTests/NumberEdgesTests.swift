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

    /// Arguments are read before anything is asked, so that one generation stands for all.
    @Test(arguments: Listed.all)
    func `has an answer when it is given as a text`(_ listed: Listed) async throws {
        try await expectAnswers(of: listed, from: SandboxClient()) { .string($0) }
    }

    /// Full pages whichever is asked for, as from a back end, a cache or a gateway that ignores what it does not know.
    @Test(arguments: Listed.all, SandboxGeneration.allCases)
    func `has an answer from what gives the first page always`(
        _ listed: Listed,
        generation: SandboxGeneration
    ) async throws {
        let client = FirstPage(of: SandboxClient(generation: generation))
        try await expectAnswers(of: listed, for: FirstPage.names, from: client)
    }

    /// `names` are the arguments that are tried; all of them if there are none.
    private func expectAnswers(
        of listed: Listed,
        for names: Set<String> = [],
        from client: any HTTPClient,
        given: (String) throws -> JSON = { try JSON(parsing: $0) }
    ) async throws {
        let catalog = TestCatalog(client)
        let numbers = subschemas(of: listed.tool.inputSchema).filter { path, schema in
            ["integer", "number"].contains(schema["type"]?.string)
                && (names.isEmpty || names.contains { path == "$.\($0)" })
        }
        for example in try examples(of: listed) {
            for (path, _) in numbers {
                for edge in Self.edges {
                    let arguments = placing(try given(edge), at: path.dropFirst(2), in: example)
                    let answer = try await catalog.call(listed.definition.name, arguments)
                    #expect(!answer.text.isEmpty, "\(arguments.text)")
                    #expect(answer.isFailure || answer.structured?.object != nil, "\(arguments.text)")
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
    /// What asks for a page, by the names that the tools and OvalEdge share.
    static let names: Set = ["page", "limit", "size"]

    private let client: SandboxClient

    init(of client: SandboxClient) { self.client = client }

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        var request = request
        if let mark = request.url.firstIndex(of: "?") {
            let items = URLText.queryItems(String(request.url[mark...].dropFirst()))
            let kept = items.filter { !Self.names.contains($0.name) }
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
