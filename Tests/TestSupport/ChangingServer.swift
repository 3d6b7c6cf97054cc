import Logging
package import MCP

/// A server whose tools, prompts and resources change when a test says so.
package struct ChangingServer: Sendable {
    package let tools = MadeUpTools()
    package let server: Server

    package static let note = "test://note"
    package static let other = "test://other"

    package init(_ changes: ChangeKinds = [.tools, .prompts, .resources, .contents]) {
        let prompt = PromptDefinition(name: "ask", title: "Ask", description: "Made up.")
        tools.add("work") { _, context in
            context.progress.report(1, of: 2, "Half")
            context.log(.notice, "At work.")
            return Answer("Done.")
        }
        server = Server(
            info: ServerInfo(name: "test", version: "1", instructions: ""),
            tools: tools,
            resources: ResourceSet(
                [Self.note, Self.other].map { .init(Resource($0, name: $0), .text("Nothing yet.")) }
            ),
            prompts: PromptSet([.init(prompt) { _, _ in PromptAnswer([]) }]),
            logsFrom: .emergency,
            changes: changes,
            log: .none
        )
        tools.add("write") { [weak server] _, _ in
            server?.updated(resource: Self.note)
            return Answer("Written.")
        }
        tools.add("grow") { [weak server, tools] _, _ in
            tools.add("grown")
            server?.changed(.tools)
            return Answer("Grown.")
        }
    }

    package func add(tool name: String) {
        tools.add(name)
        server.changed(.tools)
    }

    /// Changes all there is.
    package func changeAll() {
        server.changed([.tools, .prompts, .resources])
        server.updated(resource: Self.note)
        server.updated(resource: Self.other)
    }
}
