import Crypto
package import JSON
import Text

/// Which OpenAPI a document is written in.
package enum OpenAPIVersion: String, CaseIterable, Sendable {
    case newer = "3.1"
    case older = "3.0"

    var text: String { self == .newer ? "3.1.0" : "3.0.3" }
}

/// A server's tools as an OpenAPI document: an operation for each, with the schemas that the server gave (07 §2.4).
package struct OpenAPIDocument: Sendable {
    /// One server with its tools, as they are offered.
    package struct Part: Sendable {
        /// What stands before `/tools` in the address, below that of the document; empty for a server alone.
        package let path: String
        /// What stands before names of operations; empty for a server alone.
        package let prefix: String
        package let tools: [JSON]

        package init(path: String = "", prefix: String = "", tools: [JSON]) {
            self.path = path
            self.prefix = prefix
            self.tools = tools
        }
    }

    package let title: String
    package let version: String
    package let description: String?
    /// The base path, or an address.
    package let server: String
    package let parts: [Part]
    /// The field of the key that the bridge itself asks for, if it does.
    package let asksForKey: Bool

    package init(
        title: String,
        version: String,
        description: String?,
        server: String,
        parts: [Part],
        asksForKey: Bool = false
    ) {
        self.title = title
        self.version = version
        self.description = description
        self.server = server
        self.parts = parts
        self.asksForKey = asksForKey
    }

    package func document(in form: OpenAPIVersion) -> JSON {
        var names = OperationNamesInUse()
        var paths: [JSONObject.Member] = []
        var schemas = Self.ownSchemas
        for part in parts {
            for tool in part.tools {
                guard let name = tool["name"]?.string else { continue }
                let id = names.unique(part.prefix + name)
                let operation = ToolOperation(tool, id: id)
                schemas += operation.components
                paths.append(.init("\(part.path)/tools/\(PercentEncoding.encoded(name))", operation.path))
            }
        }
        paths += FixedOperations(asksForKey: asksForKey).paths(for: parts, naming: &names)
        if form == .older { schemas = schemas.map { .init($0.name, OlderSchema.of($0.value)) } }
        let information = JSON.members(
            ("title", .string(title)),
            ("version", .string(version)),
            ("description", description.map { .string($0) })
        )
        return .object(
            JSONObject([
                .init("openapi", .string(form.text)), .init("info", information),
                .init("servers", [["url": .string(server.isEmpty ? "/" : server)]]),
                .init("security", asksForKey ? [["key": []]] : [["bearer": []], [:]]),
                .init("paths", .object(JSONObject(paths))),
                .init(
                    "components",
                    ["schemas": .object(JSONObject(schemas)), "securitySchemes": Self.schemes(asksForKey)]
                ),
            ])
        )
    }

    private static func schemes(_ asksForKey: Bool) -> JSON {
        var schemes: JSON = ["bearer": ["type": "http", "scheme": "bearer"]]
        if asksForKey {
            schemes = [
                "bearer": ["type": "http", "scheme": "bearer"],
                "key": ["type": "apiKey", "in": "header", "name": "X-API-Key"],
            ]
        }
        return schemes
    }

    private static let ownSchemas: [JSONObject.Member] = [
        .init(
            "bridge.Error",
            [
                "type": "object", "required": ["error", "detail", "status_code", "request_id"],
                "properties": [
                    "error": ["type": "string", "description": "For programs, such as tool_not_found."],
                    "detail": ["description": "What happened, as a text or an object."],
                    "status_code": ["type": "integer"], "request_id": ["type": "string"],
                    "result": ["type": "object", "description": "Of a tool that failed: its whole result."],
                ],
            ]
        ),
        .init(
            "bridge.ToolResult",
            [
                "type": "object", "description": "What the tool returned (CallToolResult of MCP).",
                "required": ["content"],
                "properties": [
                    "content": ["type": "array", "items": ["type": "object"]],
                    "structuredContent": [:], "isError": ["type": "boolean"], "_meta": ["type": "object"],
                ],
            ]
        ),
    ]
}

/// The names of operations, each given once: `A-Za-z0-9_-`, 64 at most.
struct OperationNamesInUse {
    private var taken: Set<String> = []
    /// What the next of the same name ends with.
    private var numbers: [String: Int] = [:]

    mutating func unique(_ name: String) -> String {
        let plain = String(
            name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") ? $0 : "_" }
        )
        let digits = (try? Crypto.digest(Array(name.utf8)).prefix(3).hexadecimal) ?? "000000"
        var candidate = plain == name && plain.utf8.count <= 64 ? plain : String(plain.prefix(57)) + "_" + digits
        let first = candidate
        var number = numbers[first] ?? 2
        while !taken.insert(candidate).inserted {
            candidate = String(plain.prefix(50)) + "_\(digits)_\(number)"
            number += 1
        }
        numbers[first] = number
        return candidate
    }
}
