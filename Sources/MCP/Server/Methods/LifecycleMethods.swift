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
    /// `declared` is what the client can do; see ``connection(for:session:isLasting:)`` for `isLasting`.
    func initializeResult(for revision: Revision, declared: JSON, isLasting: Bool) -> EncodedJSON {
        EncodedJSON(
            .members(
                ("protocolVersion", .string(revision.rawValue)),
                (
                    "capabilities",
                    capabilities(for: revision, naming: View.isDeclared(by: declared), isLasting: isLasting)
                ),
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
                    .init("capabilities", capabilities(for: revision, naming: true, isLasting: true)),
                    .init("instructions", .string(info.instructions)),
                ],
                kept: ServerInfo.kept,
                by: projection(revision).implementation
            )
        )
    }

    /// What works here, and nothing else; sessions get extensions only when they know the word, and what serves one message
    /// offers nothing that would have to be remembered.
    private func capabilities(for revision: Revision, naming extensions: Bool, isLasting: Bool) -> JSON {
        let notified = isLasting ? changes : []
        let flag = { (change: ChangeKinds) -> JSON? in notified.contains(change) ? true : nil }
        return .members(
            ("tools", tools == nil ? nil : .members(("listChanged", flag(.tools)))),
            (
                "resources",
                resources == nil ? nil : .members(("subscribe", flag(.contents)), ("listChanged", flag(.resources)))
            ),
            ("prompts", prompts == nil ? nil : .members(("listChanged", flag(.prompts)))),
            // 2024-11-05 serves completion without a word for it.
            ("completions", canComplete && revision >= .march2025 ? [:] : nil),
            ("logging", logsFrom == nil || !isLasting ? nil : [:]),
            ("extensions", extensions && resources?.hasViews == true ? [View.extension: [:]] : nil)
        )
    }
}
