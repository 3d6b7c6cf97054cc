package import JSON
package import MCP
package import OvalEdge

package struct UpdateCDEAssociations: WritingTool {
    package static let family = WriteFamily.governance
    package static let definition = ToolDefinition(
        name: "update_cde_associations",
        title: "Mark critical data elements",
        effect: .changes,
        summary: "Mark assets as critical data elements, or take the mark away, after a person has agreed.",
        guidance: """
            A critical data element is one the organisation depends on. Takes schemas, tables, columns, files, reports, \
            APIs and queries, also several kinds at once: all of them are looked up first, and when one is not there, \
            nothing is written. The answer shows the mark of each now and then; nothing is written before the person has \
            agreed. With dry_run OvalEdge checks it and changes nothing.
            """
    )

    let targets: [CriticalElementTarget]
    let action: CriticalElementUpdate.Mark
    let cdeCategory: String?
    let cdeJustification: String?
    let why: WriteReason
    package let agreement: Agreement

    package init(_ input: inout Arguments) {
        targets = input.read("targets", "The assets, each by id and kind as the search returned them.")
        action = input.read("action", "Yes: critical; No: looked at and not critical; None: no mark.")
        cdeCategory = input.read("cde_category", "Category of the mark, as OvalEdge has it.")
        cdeJustification = input.read("cde_justification", "Why they are critical, in at most 5000 characters.")
        why = WriteReason(&input)
        agreement = Agreement(&input)
        let longest = CriticalElementUpdate.longestJustification
        if (cdeJustification ?? "").count > longest {
            input.note("cde_justification", "must have at most \(longest) characters.")
        }
    }
}

extension UpdateCDEAssociations {
    private typealias Target = CriticalElementUpdate.Target

    package func plan(from ovalEdge: OvalEdgeAPI, in context: RequestContext) async throws -> Plan {
        var seen: Set<Target> = []
        let targets = targets.map { $0.target }.filter { seen.insert($0).inserted }
        let found = try await ovalEdge.assets(targets.map { ($0.id, $0.type) })
        let missing = zip(targets, found).compactMap { target, asset in asset == nil ? target.name : nil }
        guard missing.isEmpty else { return .answer(Self.missing(missing)) }
        let assets = found.compactMap { $0 }
        let marks = zip(targets, assets).map { target, asset in
            (name: "\(asset.title) (\(target.name))", before: asset.criticalMark, after: action.rawValue)
        }
        guard cdeCategory != nil || cdeJustification != nil || marks.contains(where: { $0.before != $0.after }) else {
            return .answer(unchanged(count: marks.count))
        }
        return .write(write(targets, marks.map { ($0.name, $0.before, $0.after) }))
    }

    private func write(_ targets: [Target], _ marks: [(String, String?, String)]) -> Write {
        let subject = targets.count == 1 ? "one critical data element" : "\(targets.count) critical data elements"
        let further = [("Category", cdeCategory), ("Justification", cdeJustification)]
        let change = Change(of: subject, marks, with: further.compactMap { name, text in text.map { (name, $0) } })
        let update = CriticalElementUpdate(
            targets,
            action,
            category: cdeCategory,
            justification: cdeJustification,
            client: why.context
        )
        return Write(
            tool: Self.definition.name,
            family: Self.family,
            target: targets.map { $0.name }.joined(separator: ", "),
            preview: change.preview,
            before: change.before,
            after: change.after,
            request: .updateCriticalElements(update),
            isRehearsal: why.dryRun
        ) { reply, ovalEdge in
            let now = why.dryRun ? nil : try? await ovalEdge.assets(targets.map { ($0.id, $0.type) })
            return WriteReport(reply, of: subject, nil, links: ovalEdge.links, isRehearsal: why.dryRun).answer(
                readBack: marks.enumerated().map { index, mark in (mark.0, now?[index]?.criticalMark) }
            )
        }
    }

    private static func missing(_ names: [String]) -> Answer {
        let list = names.map { "`\($0)`" }.joined(separator: ", ")
        return .failure(
            "The catalog does not have \(list), or does not show it to this account; nothing was written for any of "
                + "the targets. Look their ids up with a search, or leave them out."
        )
    }

    private func unchanged(count: Int) -> Answer {
        let all = count == 1 ? "The asset has" : "All \(count) assets have"
        return Answer(
            "\(all) the mark \(action.rawValue) already; there is nothing to change, and nothing was written.",
            structured: ["ok": true, "written": false, "status": "no_change"]
        )
    }

    package static let outputSchema: JSON = WriteReport.outputSchema
}

extension CriticalElementUpdate.Target {
    fileprivate var name: String { "\(type.rawValue) \(id)" }
}
