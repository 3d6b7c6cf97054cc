import JSON
import Text

/// A tool as the REST interface has it: what the server said of it, without the arguments that are filled in here.
struct ToolEntry {
    let name: String
    /// As it is offered.
    let tool: JSON
    /// As the server gave it; arguments are checked by it.
    let schema: JSON

    /// Nil for what has no name.
    init?(_ tool: JSON, filling arguments: [ArgumentField]) {
        guard let name = tool["name"]?.string else { return nil }
        self.name = name
        schema = tool["inputSchema"] ?? [:]
        var tool = tool
        if !arguments.isEmpty, let inner = tool["inputSchema"]?.object {
            tool["inputSchema"] = .object(inner.without(arguments.map { $0.argument }))
        }
        self.tool = tool
    }

    /// All that the server said, and what this interface adds.
    func entry(at base: String) -> JSON {
        var members = tool.object?.members ?? []
        for name in ["title", "description", "outputSchema", "annotations"] where tool[name] == nil {
            members.append(.init(name, .null))
        }
        members.append(.init("meta", tool["_meta"] ?? .null))
        members.append(.init("url", .string("\(base)/tools/\(PercentEncoding.encoded(name))")))
        return .object(JSONObject(members))
    }
}

/// An argument that is taken from a header field.
package struct ArgumentField: Hashable, Sendable {
    package let argument: String
    package let field: String

    package init(argument: String, field: String) {
        self.argument = argument
        self.field = field
    }
}

extension JSONObject {
    fileprivate func without(_ names: [String]) -> JSONObject {
        var schema = self
        guard var properties = schema["properties"]?.object else { return self }
        let gone = names.filter { properties[$0] != nil }
        for name in gone { properties[name] = nil }
        schema["properties"] = .object(properties)
        if let required = schema["required"]?.array {
            let left = required.filter { name in !gone.contains { .string($0) == name } }
            schema["required"] = left.isEmpty ? nil : .array(left)
        }
        return schema
    }
}
