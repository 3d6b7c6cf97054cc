import JSON
import Logging
package import MCP

/// A server with a little of everything, for tests that speak with it in each revision.
package enum FixtureServer {
    package static let info = ServerInfo(
        name: "test",
        version: "1",
        instructions: "Ask.",
        title: "Test",
        description: "A little of everything.",
        websiteURL: "https://example.com",
        icons: [Icon("https://example.com/icon.png", mimeType: "image/png", sizes: ["48x48"])]
    )

    /// Lists show two entries at a time.
    package static func server(pageSize: Int = 2) -> Server {
        Server(
            info: info,
            tools: FixtureTools(),
            resources: resources,
            prompts: prompts,
            logsFrom: .emergency,
            changes: [.tools, .prompts, .resources, .contents],
            pageSize: pageSize,
            log: .none
        )
    }

    package static let view = View("ui://test/show.html", name: "show", title: "Show", description: "To look at.")

    private static let resources = ResourceSet(
        [
            .init(
                Resource(
                    "test://text",
                    name: "text",
                    title: "A text",
                    description: "Two lines.",
                    mimeType: "text/plain",
                    size: 7,
                    annotations: Annotations(audience: [.user, .assistant], priority: 0.5, lastModified: date),
                    icons: [Icon("data:image/png;base64,AAAA")],
                    meta: ["com.example/kind": "text"]
                ),
                .text("one\ntwo")
            ),
            .init(
                Resource("test://bytes", name: "bytes", mimeType: "application/octet-stream"),
                .bytes([0, 0xFF, 0x7F])
            ),
            .init(Resource("test://nothing", name: "nothing")) { _ in ResourceAnswer([]) },
            .init(view.resource) { _ in ResourceAnswer(view.contents("<!doctype html>")) },
        ],
        templates: [
            .init(
                ResourceTemplate("test://word/{word}", name: "word", title: "A word", mimeType: "text/plain"),
                known: ["word": (1...250).map { "word\($0)" }]
            ) { values, context in
                // The words of one are not for all.
                values["word"] == "secret" && context.principal == .local ? nil : .text(values["word"] ?? "")
            },
            .init(ResourceTemplate("test://pair/{first}/{second}", name: "pair")) { values, _ in
                .text("\(values["first"] ?? "") and \(values["second"] ?? "")")
            },
            .init(ResourceTemplate("test://last/{x}", name: "last")) { _, _ in nil },
        ]
    )

    private static let date = "2026-07-28T12:00:00Z"

    private static let prompts = PromptSet([
        .init(
            PromptDefinition(
                name: "greet",
                title: "Greet",
                description: "Greets somebody.",
                arguments: [
                    .init("who", title: "Whom", "Whose name.", isRequired: true), .init("how", "In which words."),
                ],
                icons: [Icon("https://example.com/greet.png")],
                meta: ["com.example/kind": "greeting"]
            ),
            known: ["who": ["Ada", "Alan", "Grace"]]
        ) { arguments, _ in
            PromptAnswer(description: "A greeting", "\(arguments["how"] ?? "Hello"), \(arguments["who"] ?? "")!")
        },
        .init(PromptDefinition(name: "show", title: "Show", description: "Shows each kind of content.")) { _, _ in
            PromptAnswer(FixtureTools.everyKind.map { .init(.assistant, $0) })
        },
        .init(PromptDefinition(name: "break", title: "Break", description: "Breaks.")) { _, _ in throw Broken() },
    ])

    /// What must not be sent to a client.
    package struct Broken: Error, CustomStringConvertible {
        package static let secret = "line 7 of internals.swift"
        package let description = "\(secret) is broken"
    }
}
