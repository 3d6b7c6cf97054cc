import ClientConfiguration

/// The clients that `oe-mcp install` knows: where each keeps its list of servers, and what to do afterwards.
enum ClientsTable {
    static var markdown: String {
        let rows = ClientProgram.all.map { client in
            "| \(client.name) | `\(client.id)` | \(place(client)) | \(project(client)) | \(client.reload) |\n"
        }
        return "| Client | Name | Its file | In a project | Afterwards |\n|---|---|---|---|---|\n" + rows.joined()
    }

    private static func place(_ client: ClientProgram) -> String {
        switch client.writer {
        case .command(let program): "by its own command, `\(program) mcp add`"
        case .person: "printed, to be pasted or opened as a link"
        case .file: client.files.user(.linux).first { $0.first != "$" }.map { "`\(shown($0))`" } ?? "—"
        }
    }

    private static func project(_ client: ClientProgram) -> String {
        guard client.writer != .person, let place = client.files.project.first else { return "—" }
        return "`\(shown(place).dropFirst(2))`"
    }

    /// As it is on Linux.
    private static func shown(_ place: String) -> String {
        let words = ["CONFIG": "~/.config", "APP": "~/.config", "NAME.yaml": "ovaledge.yaml"]
        return place.split(separator: "/").map { words[String($0)] ?? String($0) }.joined(separator: "/")
    }
}
