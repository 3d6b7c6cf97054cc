import Bridge
import Clock
import HTTP
import JSON
import JSONRPC
import Logging
import MCP
import MCPClient
import Rendering
import Settings
import Text

/// Asks a server one thing, and writes down the answer for a person, or as JSON.
struct RemoteInquiry: Sendable {
    private let session: any RemoteSession
    private let asJSON: Bool

    init(_ session: any RemoteSession, asJSON: Bool) {
        self.session = session
        self.asJSON = asJSON
    }

    func shown(_ inquiry: RemoteCommand.Inquiry) async throws -> Shown {
        switch inquiry {
        case .summary: try await summary()
        case .tools:
            try await list("tools", ["NAME", "KIND", "DESCRIPTION"]) { tool in
                [tool["name"]?.string ?? "", Self.kind(tool["annotations"]), Self.about(tool)]
            }
        case .prompts:
            try await list("prompts", ["NAME", "TAKES", "DESCRIPTION"]) { prompt in
                let names = prompt["arguments"]?.array?.compactMap { $0["name"]?.string } ?? []
                return [prompt["name"]?.string ?? "", names.joined(separator: ","), Self.about(prompt)]
            }
        case .resources: try await resources()
        case .read(let uri): try await read(uri)
        case .call(let name, let pairs): try await call(name, pairs)
        case .ping: try await ping()
        }
    }

    private func summary() async throws -> Shown {
        let server = try await session.open()
        if asJSON { return Shown(text: TerminalText.json(.object(server.result))) }
        let info = server.info
        let name = info?["title"]?.string ?? info?["name"]?.string ?? "(no name)"
        let kinds = server.capabilities.object?.names.joined(separator: ", ") ?? ""
        var rows = [
            ["Server", "\(name) \(info?["version"]?.string ?? "")"], ["Protocol", server.revision.rawValue],
            ["Offers", kinds.isEmpty ? "nothing" : kinds],
        ]
        if let url = info?["websiteUrl"]?.string { rows.append(["Website", url]) }
        let text = Table(rows).text
        guard let instructions = server.instructions, !instructions.isEmpty else { return Shown(text: text) }
        return Shown(text: "\(text)\n\n\(VisibleText.shown(instructions))")
    }

    private func ping() async throws -> Shown {
        // Without a handshake there is no ping: what takes as little is asked in its place.
        let method = try await session.open().revision.isStateless ? "server/discover" : "ping"
        let began = SystemClock.nanoseconds()
        _ = try await session.call(RemoteCall(method))
        let microseconds = (SystemClock.nanoseconds() - began) / 1000
        if asJSON { return Shown(text: JSON.members(("microseconds", .int(microseconds))).text) }
        return Shown(text: "The server answered in \(Double(microseconds) / 1000) ms.")
    }

    private func list(_ kind: String, _ head: [String], _ row: (JSON) -> [String]) async throws -> Shown {
        let items = try await all("\(kind)/list", kind)
        if asJSON { return Shown(text: TerminalText.json(.array(items))) }
        guard !items.isEmpty else { return Shown(text: "The server offers no \(kind).") }
        return Shown(text: Table([head] + items.map(row)).text)
    }

    private func resources() async throws -> Shown {
        let items = try await all("resources/list", "resources")
        let templates = try await all("resources/templates/list", "resourceTemplates")
        if asJSON { return Shown(text: TerminalText.json(.array(items + templates))) }
        guard !items.isEmpty || !templates.isEmpty else { return Shown(text: "The server offers no resources.") }
        let rows = (items + templates).map { item in
            [
                item["uri"]?.string ?? item["uriTemplate"]?.string ?? "", item["mimeType"]?.string ?? "-",
                item["title"]?.string ?? item["name"]?.string ?? "",
            ]
        }
        return Shown(text: Table([["URI", "TYPE", "NAME"]] + rows).text)
    }

    private func read(_ uri: String) async throws -> Shown {
        let result = try await session.call(RemoteCall("resources/read", JSONObject([.init("uri", .string(uri))])))
        if asJSON { return Shown(text: TerminalText.json(result)) }
        let parts = (result["contents"]?.array ?? []).map { part in
            part["text"]?.string.map { VisibleText.shown($0) }
                ?? "(\(TerminalText.line(part["mimeType"]?.string ?? "data")) in Base64: --json shows it)"
        }
        return Shown(text: parts.joined(separator: "\n"))
    }

    /// All pages; a cursor that comes back ends the list, and a kind that the server does not know is empty.
    private func all(_ method: String, _ member: String) async throws -> [JSON] {
        var items: [JSON] = []
        var cursor: JSON?
        var seen: Set<JSON> = []
        for _ in 0..<RemoteCall.mostPages {
            let params = cursor.map { JSONObject([.init("cursor", $0)]) }
            guard let page = try await self.page(RemoteCall(method, params)) else { return items }
            items += page[member]?.array ?? []
            if let omitted = page["_meta"]?[OmittedTools.key]?.int {
                StandardError.write(
                    """
                    At least \(omitted) of the server's tools are left out. Raise MCP_REMOTE_MAX_TOOLS or \
                    MCP_REMOTE_MAX_LIST_BYTES.
                    """
                )
            }
            cursor = page["nextCursor"].flatMap { $0.isNull ? nil : $0 }
            guard let cursor, seen.insert(cursor).inserted else { return items }
        }
        StandardError.write(
            "The list has more than \(RemoteCall.mostPages) pages. What is shown is not all of it; ask its operator for larger pages."
        )
        return items
    }
}

extension RemoteInquiry {
    /// Nil where the server does not know the method.
    private func page(_ call: RemoteCall) async throws(RemoteFailure) -> JSON? {
        do throws(RemoteFailure) {
            return try await session.call(call)
        } catch {
            if case .refused(let refusal) = error, refusal.code == -32601 { return nil }
            throw error
        }
    }
}

// One tool.
extension RemoteInquiry {
    private func call(_ name: String, _ pairs: [String]) async throws -> Shown {
        let tool = try await all("tools/list", "tools").first { $0["name"]?.string == name }
        let arguments = try Self.arguments(pairs, tool?["inputSchema"]?["properties"])
        let params = JSONObject([.init("name", .string(name)), .init("arguments", .object(arguments))])
        let result = try await session.call(RemoteCall("tools/call", params))
        let isFailure = result["isError"] == true
        if asJSON { return Shown(text: TerminalText.json(result), isFailure: isFailure) }
        if result["resultType"] == "input_required" {
            return Shown(text: "The tool wants to ask a person something, which a command cannot.", isFailure: true)
        }
        let blocks = (result["content"]?.array ?? []).map { Self.shownBlock($0) }
        let text = blocks.isEmpty ? result["structuredContent"].map { TerminalText.json($0) } ?? "" : ""
        return Shown(text: text + blocks.joined(separator: "\n"), isFailure: isFailure)
    }

    private static func shownBlock(_ block: JSON) -> String {
        switch block["type"]?.string {
        case "text"?: VisibleText.shown(block["text"]?.string ?? "")
        case "resource_link"?: TerminalText.line(block["uri"]?.string ?? "")
        case "resource"?:
            block["resource"]?["text"]?.string.map { VisibleText.shown($0) }
                ?? "(\(TerminalText.line(block["resource"]?["uri"]?.string ?? "a resource")))"
        default: "(\(TerminalText.line(block["type"]?.string ?? "something")): --json shows it)"
        }
    }

    /// One JSON object, or pairs: values are what the schema wants of them, else texts; a name given twice makes a list.
    static func arguments(_ pairs: [String], _ properties: JSON?) throws(UsageError) -> JSONObject {
        if pairs.count == 1, pairs[0].trimmed.hasPrefix("{") {
            guard let object = (try? JSON(parsing: pairs[0]))?.object else {
                throw UsageError(
                    "The arguments are no JSON object.",
                    advice: #"Write, for example, '{"name": "value"}'."#
                )
            }
            return object
        }
        var object = JSONObject()
        for pair in pairs {
            guard let sign = pair.firstIndex(of: "="), sign > pair.startIndex else {
                throw UsageError("`\(pair)` is not KEY=VALUE.", advice: "Write, for example, name=value.")
            }
            let name = String(pair[..<sign])
            let types = types(of: properties?[name])
            let value = typed(String(pair[pair.index(after: sign)...]), types)
            switch object[name] {
            case nil:
                let isList = types.subtracting(["null"]) == ["array"] && value.array == nil && !value.isNull
                object[name] = isList ? .array([value]) : value
            case .array(let list)?: object[name] = .array(list + [value])
            case let single?: object[name] = .array([single, value])
            }
        }
        return object
    }

    /// Those that a schema allows, by itself or by its alternatives.
    private static func types(of schema: JSON?) -> Set<String> {
        let own = schema?["type"]?.array ?? [schema?["type"]].compactMap { $0 }
        let others = (schema?["anyOf"]?.array ?? []) + (schema?["oneOf"]?.array ?? [])
        return others.reduce(into: Set(own.compactMap { $0.string })) { $0.formUnion(types(of: $1)) }
    }

    private static func typed(_ text: String, _ types: Set<String>) -> JSON {
        guard !types.isEmpty, !types.contains("string") else { return .string(text) }
        return (try? JSON(parsing: text)) ?? .string(text)
    }

    private static func kind(_ hints: JSON?) -> String {
        if hints?["readOnlyHint"] == true { return "reads" }
        return hints?["destructiveHint"] == false ? "adds" : "changes"
    }

    private static func about(_ item: JSON) -> String {
        let text = item["description"]?.string ?? item["title"]?.string ?? ""
        return String(text.split(separator: "\n").first ?? "")
    }
}

/// Rows of texts that others wrote, in columns as wide as they need to be.
private struct Table {
    private let rows: [[String]]

    init(_ rows: [[String]]) { self.rows = rows.map { $0.map { TerminalText.line($0) } } }

    var text: String {
        let columns = rows.map { $0.count }.max() ?? 0
        let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).enumerated().map { place, cell in
                place == row.count - 1 ? cell.0 : cell.0 + String(repeating: " ", count: cell.1 - cell.0.count)
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}
