import JSON
import Text

/// One tool as an operation.
struct ToolOperation {
    let path: JSON
    let components: [JSONObject.Member]

    init(_ tool: JSON, id: String) {
        let input = ComponentSchemas(tool["inputSchema"] ?? ["type": "object"], named: "\(id).input")
        var components = input.components
        var result: JSON = ["$ref": "#/components/schemas/bridge.ToolResult"]
        if let schema = tool["outputSchema"], schema.object != nil {
            let output = ComponentSchemas(schema, named: "\(id).output")
            components += output.components
            result = [
                "allOf": [
                    ["$ref": "#/components/schemas/bridge.ToolResult"],
                    [
                        "type": "object",
                        "properties": ["structuredContent": ["$ref": .string("#/components/schemas/\(id).output")]],
                    ],
                ]
            ]
        }
        self.components = components
        let isRequired = tool["inputSchema"]?["required"]?.array.map { !$0.isEmpty } ?? false
        let annotations = tool["annotations"]
        let title = tool["title"]?.string ?? annotations?["title"]?.string ?? tool["name"]?.string
        path = [
            "post": .members(
                ("operationId", .string(id)),
                ("tags", ["tools"]),
                ("summary", title.map { .string($0) }),
                ("description", tool["description"]?.string.map { .string($0) }),
                ("x-mcp-annotations", annotations?.object == nil ? nil : annotations),
                (
                    "requestBody",
                    [
                        "required": .bool(isRequired),
                        "content": [
                            "application/json": ["schema": ["$ref": .string("#/components/schemas/\(id).input")]]
                        ],
                    ]
                ),
                ("responses", FixedOperations.responses("The result of the tool.", result))
            )
        ]
    }
}

/// What there is besides the tools.
struct FixedOperations {
    let asksForKey: Bool

    static func responses(_ about: String, _ schema: JSON) -> JSON {
        [
            "200": ["description": .string(about), "content": ["application/json": ["schema": schema]]],
            "default": [
                "description": "Why there is no result.",
                "content": ["application/json": ["schema": ["$ref": "#/components/schemas/bridge.Error"]]],
            ],
        ]
    }

    func paths(for parts: [OpenAPIDocument.Part], naming names: inout OperationNamesInUse) -> [JSONObject.Member] {
        var paths: [JSONObject.Member] = []
        for part in parts {
            paths.append(listing("\(part.path)/tools", "tools", part, "All tools.", ["type": "array"], &names))
            paths.append(listing("\(part.path)/prompts", "prompts", part, "All prompts.", ["type": "object"], &names))
            paths.append(
                listing("\(part.path)/resources", "resources", part, "All resources.", ["type": "object"], &names)
            )
        }
        var health = get("The state of this bridge.", ["type": "object"], names.unique("bridge_health"))
        health["security"] = []
        paths.append(.init("/health", ["get": health]))
        return paths
    }

    private func listing(
        _ path: String,
        _ tag: String,
        _ part: OpenAPIDocument.Part,
        _ about: String,
        _ schema: JSON,
        _ names: inout OperationNamesInUse
    ) -> JSONObject.Member {
        var schema = schema
        if schema["type"] == "array" { schema["items"] = ["type": "object"] }
        var operation = get(about, schema, names.unique("\(part.prefix)bridge_list_\(tag)"))
        operation["tags"] = [.string(tag)]
        return .init(path, ["get": operation])
    }

    private func get(_ about: String, _ schema: JSON, _ id: String) -> JSON {
        [
            "operationId": .string(id), "summary": .string(about), "tags": ["bridge"],
            "responses": Self.responses(about, schema),
        ]
    }
}
