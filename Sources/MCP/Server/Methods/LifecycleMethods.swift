import JSON
import JSONRPC

extension Method {
    static let lifecycle = [
        "ping": Method(if: { _, revision in !revision.isStateless }) { _, _, _ in .now(.success(.emptyObject)) },
        "server/discover": Method(if: { _, revision in revision.isStateless }) { server, _, context in
            .now(.success(server.discoverResult(for: context.revision)))
        },
    ]
}

extension Server {
    func initializeResult(for revision: Revision) -> EncodedJSON {
        EncodedJSON(
            .members(
                ("protocolVersion", .string(revision.rawValue)),
                ("capabilities", capabilities(for: revision)),
                ("serverInfo", projection(revision).implementation),
                ("instructions", .string(info.instructions))
            )
        )
    }

    fileprivate func discoverResult(for revision: Revision) -> EncodedJSON {
        let versions = Revision.allCases.reversed().map { $0.rawValue }
        return EncodedJSON(
            projection(revision).result(
                [
                    .init("supportedVersions", .strings(versions)),
                    .init("capabilities", capabilities(for: revision)),
                    .init("instructions", .string(info.instructions)),
                ],
                kept: ServerInfo.kept,
                by: projection(revision).implementation
            )
        )
    }

    /// What works here, and nothing else.
    private func capabilities(for revision: Revision) -> JSON {
        .members(
            ("tools", tools == nil ? nil : .members(("listChanged", flag(.tools)))),
            (
                "resources",
                resources == nil ? nil : .members(("subscribe", flag(.contents)), ("listChanged", flag(.resources)))
            ),
            ("prompts", prompts == nil ? nil : .members(("listChanged", flag(.prompts)))),
            // 2024-11-05 serves completion without a word for it.
            ("completions", canComplete && revision >= .march2025 ? [:] : nil),
            ("logging", logsFrom == nil ? nil : [:])
        )
    }

    private func flag(_ change: Changes) -> JSON? { changes.contains(change) ? true : nil }
}
