import MCP

/// The resources and prompts of the suite.
enum Fixtures {
    static let resources = ResourceSet(
        [
            .init(
                Resource(
                    "test://static-text",
                    name: "static-text",
                    title: "A text",
                    description: "A text that never changes.",
                    mimeType: "text/plain"
                ),
                .text("The content of the static text.")
            ),
            .init(
                Resource(
                    "test://static-binary",
                    name: "static-binary",
                    title: "A picture",
                    description: "A picture that never changes.",
                    mimeType: "image/png",
                    size: Samples.png.count,
                    annotations: Annotations(audience: [.user], priority: 0.5, lastModified: "2026-07-28T12:00:00Z")
                ),
                .bytes(Samples.png)
            ),
            .init(
                Resource(
                    "test://watched-resource",
                    name: "watched-resource",
                    title: "A resource to watch",
                    description: "One that clients subscribe to.",
                    mimeType: "text/plain"
                ),
                .text("Nothing has happened yet.")
            ),
        ],
        templates: [
            .init(
                ResourceTemplate(
                    "test://template/{id}/data",
                    name: "template",
                    title: "Data by id",
                    description: "Says which id it was read with.",
                    mimeType: "application/json"
                ),
                known: ["id": ["123", "124", "200"]]
            ) { values, _ in
                .text(#"{"id":"\#(values["id"] ?? "")","templateTest":true}"#)
            }
        ]
    )

    static let prompts = PromptSet([
        .init(
            PromptDefinition(name: "test_simple_prompt", title: "Simple", description: "Says one thing.")
        ) { _, _ in PromptAnswer("A simple prompt.") },
        .init(
            PromptDefinition(
                name: "test_prompt_with_arguments",
                title: "With arguments",
                description: "Repeats its two arguments.",
                arguments: [
                    .init("arg1", "The first.", isRequired: true), .init("arg2", "The second.", isRequired: true),
                ]
            ),
            known: ["arg1": ["testValue1", "testValue2", "other"]]
        ) { arguments, _ in
            PromptAnswer("Arguments: arg1='\(arguments["arg1"] ?? "")', arg2='\(arguments["arg2"] ?? "")'")
        },
        .init(
            PromptDefinition(
                name: "test_prompt_with_embedded_resource",
                title: "With a resource",
                description: "Carries the resource it is given the URI of.",
                arguments: [.init("resourceUri", "Which resource.", isRequired: true)]
            )
        ) { arguments, _ in
            let uri = arguments["resourceUri"] ?? ""
            return PromptAnswer([
                .init(.user, .resource(ResourceContents(uri, mimeType: "text/plain", .text("What \(uri) holds.")))),
                .init(.user, .text("What does this resource say?")),
            ])
        },
        .init(
            PromptDefinition(name: "test_prompt_with_image", title: "With a picture", description: "Shows a picture.")
        ) { _, _ in
            PromptAnswer([.init(.user, Samples.image), .init(.user, .text("What is on this picture?"))])
        },
        RoundTools.prompt,
    ])
}
