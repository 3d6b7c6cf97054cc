import JSON
import MCP

/// What a client of an older revision cannot take of a newer server, as it can; what does it no harm stays as it came.
///
/// Unknown members do no harm in any revision; unknown kinds of content and schemas beyond an object do.
enum DownLevel {
    static func projected(_ result: JSON, of method: String, from server: Revision, to client: Revision) -> JSON {
        guard client < server else { return result }
        return switch method {
        case "tools/list": changing(result, "tools") { $0.map { tool($0, from: server) } }
        case "tools/call": toolAnswer(result, to: client)
        case "prompts/get": prompt(result, to: client)
        default: result
        }
    }

    private static func changing(_ json: JSON, _ name: String, _ change: ([JSON]) -> [JSON]) -> JSON {
        guard let items = json[name]?.array else { return json }
        var json = json
        json[name] = .array(change(items))
        return json
    }
}

// Tools: only 2026-07-28 has schemas of any form.
extension DownLevel {
    private static func tool(_ tool: JSON, from server: Revision) -> JSON {
        guard server >= .july2026 else { return tool }
        var tool = tool
        if let schema = tool["outputSchema"], schema["type"] != "object" { tool["outputSchema"] = nil }
        if let schema = tool["inputSchema"] { tool["inputSchema"] = objectSchema(schema) }
        return tool
    }

    /// Up to 2025-11-25 the type is there, and each property has an object for a schema.
    private static func objectSchema(_ schema: JSON) -> JSON {
        guard case .object(var members) = schema else { return ["type": "object"] }
        if members["type"] != "object" { members["type"] = "object" }
        guard case .object(let properties)? = members["properties"] else { return .object(members) }
        let changed = properties.members.replacing { property -> JSONObject.Member? in
            switch property.value {
            case .bool(true): .init(property.name, [:])
            case .bool(false): .init(property.name, ["not": [:]])
            default: nil
            }
        }
        if let changed { members["properties"] = .object(JSONObject(changed)) }
        return .object(members)
    }
}

// Content.
extension DownLevel {
    private static func toolAnswer(_ result: JSON, to client: Revision) -> JSON {
        guard case .object(var members) = changing(result, "content", { $0.map { block($0, to: client) } }) else {
            return result
        }
        // Up to 2025-11-25 it is an object; what is something else is shown as text instead.
        if let value = members["structuredContent"], value.object == nil {
            members["structuredContent"] = nil
            if members["content"]?.array?.isEmpty ?? true {
                members["content"] = [["type": "text", "text": .string(value.text)]]
            }
        }
        return .object(members)
    }

    private static func prompt(_ result: JSON, to client: Revision) -> JSON {
        changing(result, "messages") { messages in
            messages.map { message in
                guard let content = message["content"] else { return message }
                var message = message
                message["content"] = block(content, to: client)
                return message
            }
        }
    }

    private static func block(_ block: JSON, to client: Revision) -> JSON {
        switch block["type"]?.string {
        case "audio" where client < .march2025: sound(block)
        case "resource_link" where client < .june2025: link(block)
        default: block
        }
    }

    private static func sound(_ block: JSON) -> JSON {
        .members(
            ("type", "resource"),
            (
                "resource",
                .members(("uri", "audio:content"), ("mimeType", block["mimeType"]), ("blob", block["data"]))
            ),
            ("annotations", block["annotations"])
        )
    }

    private static func link(_ block: JSON) -> JSON {
        let name = block["title"]?.string ?? block["name"]?.string
        let uri = block["uri"]?.string ?? ""
        return .members(
            ("type", "text"),
            ("text", .string(name.map { "\($0): \(uri)" } ?? uri)),
            ("annotations", block["annotations"])
        )
    }
}
