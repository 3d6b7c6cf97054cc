import HTTP
import JSON
import JSONRPC
import MCP
import Text

@testable import StreamableHTTP

extension FuzzTarget {
    /// Fields that say what the body says are accepted, and no others.
    static let headerRules = FuzzTarget("header-rules") { bytes in
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: "\n\n", maxSplits: 1)
        guard parts.count == 2, let json = try? JSON(parsing: Array(parts[1].utf8)) else { return }
        _ = HeaderParameter.all(in: json)
        guard case .request(let request)? = try? Message(json) else { return }
        try checkGiven(HTTPFields(lines: parts[0].split(separator: "\n")), request)
        try checkFaithful(request)
        try checkParameters(request.params?["arguments"] ?? [:])
    }

    /// Whatever was sent: what is accepted is there once, and is the method.
    private static func checkGiven(_ fields: HTTPFields, _ request: Request) throws {
        try? HeaderRules(fields: fields).check(parameters, against: request.params?["arguments"] ?? [:])
        guard accepts(fields, request) else { return }
        let methods = fields.values("Mcp-Method").map { String($0.trimmed) }
        try hold(methods == [request.method], "\(methods) was accepted for \(request.method).")
    }

    /// What a client sends that follows the rules is accepted; twice, changed or left out it is not.
    private static func checkFaithful(_ request: Request) throws {
        guard isVisible(request.method) else { return }
        let method: HTTPFields = ["Mcp-Method": request.method]
        var fields = method
        if let name = name(of: request) { fields.append("Mcp-Name", encoded(name)) }
        try hold(accepts(fields, request), "A faithful request is refused: \(fields)")
        for field in fields.all {
            var (twice, without, changed) = (fields, fields, fields)
            twice.append(field.name.uppercased(), field.value)
            without[field.name] = nil
            changed[field.name] =
                field.name == "Mcp-Name" ? encoded((name(of: request) ?? "") + "x") : field.value + "x"
            for other in [twice, without, changed] {
                try hold(!accepts(other, request), "\(other) was accepted for \(request.method).")
            }
        }
    }

    private static func checkParameters(_ arguments: JSON) throws {
        var fields = HTTPFields()
        for parameter in parameters {
            if let value = parameter.value(in: arguments) {
                fields.append(parameter.field, encoded(value.string ?? value.text))
            }
        }
        try HeaderRules(fields: fields).check(parameters, against: arguments)
        guard let first = fields.all.first else { return }
        fields[first.name] = nil
        do {
            try HeaderRules(fields: fields).check(parameters, against: arguments)
        } catch { return }
        throw Broken("\(first.name) may be missing: \(arguments.text)")
    }

    private static let parameters: [HeaderParameter] =
        HeaderParameter.all(in: [
            "properties": [
                "text": ["type": "string", "x-mcp-header": "Text"],
                "count": ["type": "integer", "x-mcp-header": "Count"],
                "inner": ["properties": ["flag": ["type": "boolean", "x-mcp-header": "Flag"]]],
            ]
        ]) ?? []

    private static func accepts(_ fields: HTTPFields, _ request: Request) -> Bool {
        do {
            try HeaderRules(fields: fields).check(request)
            return true
        } catch { return false }
    }

    private static func name(of request: Request) -> String? {
        let members = ["tools/call": "name", "prompts/get": "name", "resources/read": "uri"]
        return members[request.method].flatMap { request.params?[$0]?.string }
    }

    private static func encoded(_ text: String) -> String { "=?base64?\(Base64.encoded(text))?=" }

    private static func isVisible(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
