package import JSON
package import MCP
package import OvalEdge
import Rendering
package import Writes

package struct UpdateCDEAssociations: WritingTool {
    package static let family = WriteFamily.governance
    package static let definition = ToolDefinition(
        name: "update_cde_associations",
        title: "Mark critical data elements",
        effect: .changes,
        searchHint: "mark unmark critical data element CDE",
        summary: "Mark assets as critical data elements, or remove the mark, after a person has agreed.",
        guidance: """
            A critical data element is one the organisation depends on. Takes schemas, tables, columns, files, \
            reports, APIs and queries, also several kinds at once: all of them are looked up first, and if one is not \
            found, nothing is written. The answer shows the current and the new mark of each; nothing is written \
            before the person has agreed. With dry_run OvalEdge checks it and changes nothing.
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
        action = input.read("action", "Yes: critical; No: checked and not critical; None: no mark.")
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

    package func plan(from ovalEdge: OvalEdgeAPI, in context: RequestContext) async throws -> WriteProposal {
        var seen: Set<Target> = []
        let targets = targets.map { $0.target }.filter { seen.insert($0).inserted }
        let found = try await ovalEdge.assets(targets.map { ($0.id, $0.type) })
        let missing = zip(targets, found).compactMap { target, asset in asset == nil ? target.name : nil }
        guard missing.isEmpty else { return .answer(Self.missing(missing)) }
        let assets = found.compactMap { $0 }
        return .write(write(zip(targets, assets).map { Marking(target: $0, asset: $1) }))
    }

    private struct Marking {
        let target: Target
        let asset: Asset

        var name: String { "\(asset.title) (\(target.name))" }
    }

    private func write(_ markings: [Marking]) -> Write {
        let subject = markings.count == 1 ? "one critical data element" : "\(markings.count) critical data elements"
        let request = APIRequest.updateCriticalElements(
            CriticalElementUpdate(
                markings.map { $0.target },
                action,
                category: cdeCategory,
                justification: cdeJustification,
                client: why.context
            )
        )
        return Write(
            tool: Self.definition.name,
            family: Self.family,
            target: markings.map { $0.target.name }.joined(separator: ", "),
            change: Change("Change of \(escaped: subject)", in: request.body, parts(markings)),
            request: request,
            isDryRun: why.dryRun
        ) { reply, ovalEdge in
            let targets = markings.map { ($0.target.id, $0.target.type) }
            let now = why.dryRun ? nil : await ovalEdge.readBack { try await $0.assets(targets) }
            let fields = markings.enumerated().map { index, marking in
                ReadBack(
                    marking.name,
                    wanted: action.rawValue,
                    before: marking.asset.criticalMark,
                    now: (now?[index]?.criticalMark).map { .holds($0) } ?? .unread
                )
            }
            return WriteReport(reply, of: subject, nil, links: ovalEdge.links, isDryRun: why.dryRun)
                .result(readBack: fields)
        }
    }

    private func parts(_ markings: [Marking]) -> [Change.Part] {
        var parts = markings.enumerated().map { index, marking in
            Change.Part.field(
                .init(
                    marking.name,
                    at: ["action"],
                    now: marking.asset.criticalMark.map { .holds($0) } ?? .unread,
                    telling: [["targets", "\(index)"]]
                )
            )
        }
        if cdeCategory != nil { parts.append(.field(.init("Category", at: ["cdeCategory"]))) }
        if cdeJustification != nil { parts.append(.field(.init("Justification", at: ["cdeJustification"]))) }
        return parts
    }

    private static func missing(_ names: [String]) -> Answer {
        let list = names.map { "`\($0)`" }.joined(separator: ", ")
        return .failure(
            "The catalog does not have \(list), or this account cannot see it; nothing was written for any of "
                + "the targets. Look their ids up with a search, or omit them."
        )
    }

    package static let outputSchema: JSON = WriteReport.outputSchema
}

extension CriticalElementUpdate.Target {
    fileprivate var name: String { "\(type.rawValue) \(id)" }
}
