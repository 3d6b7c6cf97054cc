import JSON
import MCP
import OvalEdge
import Rendering

/// Questions about all that a search finds: which of it lacks something, and how much there is of each.
extension AssetExplorer {
    func survey(of ovalEdge: OvalEdgeAPI, in context: RequestContext) async throws -> SizedAnswer {
        let reading = try await AllPages(search, from: ovalEdge, reporting: context.progress).read()
        let found = Shortfall(missing, in: reading.assets)
        return countBy.map { counts(of: found, by: $0, reading) } ?? list(found, reading, links: ovalEdge.links)
    }

    private func list(_ found: Shortfall, _ reading: AllPages.Reading, links: LinkBase) -> SizedAnswer {
        let lacking = ordered(found.assets)
        let wanted = Array(
            ListWindow(from: firstRow, of: [lacking.count], in: SizeLimits(items: page.limit)).of(lacking)
        )
        let (told, untold) = members.told(of: wanted)
        return SizedAnswer(detail.limits(Self.brief), more: Self.more, beyond: Self.further, fewest: 1) { limits in
            let room = SizeLimits(items: min(page.limit, max(1, limits.items)))
            let rows = ListWindow(from: firstRow, of: [lacking.count], in: room)
            let shown = Array(rows.of(lacking))
            var text = Markdown()
            text.line("\(words: found.summary).")
            write(reading, found, to: &text)
            if !untold.isEmpty, !shown.isEmpty { text.note(Self.untold(untold)) }
            let lines = AssetLines(shown, links: links, telling: told)
            lines.write(to: &text) { text, index in
                text.line("\(firstRow + index). \(lines.line(index))\(found.gaps(of: shown[index]))")
            }
            if let advice = rows.advice { text.note(advice) }
            let items = JSON.array(shown.map { $0.json })
            var json = structured(["data": ["items": items]], shown, links: links)
            json["lacking"] = found.counts
            return Answer(text, structured: described(json, reading, found, rows))
        }
    }

    /// As asked for; the largest first, and what has no value last.
    private func ordered(_ assets: [Asset]) -> [Asset] {
        guard let sort, let member = sort.field.member else { return assets }
        let values = assets.map { asset in (asset, asset.json[member]) }
        let known = values.filter { $0.1?.isNothing == false }
        let sorted = known.enumerated().sorted { one, other in
            let (a, b) = (one.element.1, other.element.1)
            if a == b { return one.offset < other.offset }
            let isLess =
                switch (a?.wholeNumber.map { Double($0) } ?? a?.double, b?.wholeNumber.map { Double($0) } ?? b?.double)
                {
                case (let a?, let b?): a < b
                default: (a?.plainText ?? "") < (b?.plainText ?? "")
                }
            return isLess == (sort.direction == .ascending)
        }
        return sorted.map { $0.element.0 } + values.filter { $0.1?.isNothing != false }.map { $0.0 }
    }

    private func counts(of found: Shortfall, by grouping: AssetGrouping, _ reading: AllPages.Reading) -> SizedAnswer {
        let groups = Dictionary(grouping: found.assets) { grouping.value(of: $0) }.mapValues { $0.count }
            .sorted { ($1.value, $0.key ?? "~") < ($0.value, $1.key ?? "~") }
        return SizedAnswer(.whole, more: Self.further, fewest: 1) { limits in
            let rows = ListWindow(from: firstRow, of: [groups.count], in: limits)
            let shown = rows.of(groups)
            var text = Markdown()
            text.line("\(words: found.summary), by \(words: grouping.rawValue) (\(groups.count)):")
            write(reading, found, to: &text)
            if found.assets.contains(where: { grouping.isReplaced(in: $0) }) {
                text.note("What has no \(words: grouping.rawValue) is counted by \(words: grouping.replacement).")
            }
            text.table(
                ["\(words: grouping.rawValue)", "assets"],
                shown.map { value, count in [value.map { "\(escaped: $0.shortened)" } ?? "(none)", "\(count)"] }
            )
            if let advice = rows.advice { text.note(advice) }
            let counts = shown.map { value, count in
                JSON.members(("value", value.map { .string(Untrusted.cleaned($0)) }), ("count", .int(count)))
            }
            var json: JSON = ["counts": .array(counts)]
            if !missing.isEmpty { json["lacking"] = found.counts }
            return Answer(text, structured: described(json, reading, found, rows))
        }
    }

    /// What was not read, and what the rows do not say, so that nothing is taken for empty that is not known.
    private func write(_ reading: AllPages.Reading, _ found: Shortfall, to text: inout Markdown) {
        let (count, counted) = (reading.assets.count, reading.counted)
        if let obstacle = reading.obstacle {
            text.note("Not all could be read, only \(count) assets on \(reading.pages) pages: \(words: obstacle)")
            text.note("Narrow with `connection_name`, `schema_name` or `object_type`, and ask for each part.")
        } else {
            text.note(
                "\(words: reading.pages == 1 ? "The only page was read." : "All \(reading.pages) pages were read.")"
            )
        }
        if reading.obstacle == nil, let counted, counted != count, counted != AssetSearch.window || count < counted {
            text.note("\(count) can be seen; OvalEdge counts \(counted).")
        }
        guard !found.untold.isEmpty else { return }
        text.note(
            "No row tells of \(words: found.untold.map { $0.rawValue }.joined(separator: ", ")): OvalEdge may leave that out of searches. Check one with `asset_details`."
        )
    }

    private func described(
        _ json: JSON,
        _ reading: AllPages.Reading,
        _ found: Shortfall,
        _ rows: ListWindow
    ) -> JSON {
        var json = json
        json["returned"] = .int(rows.range.count)
        json["total"] = found.isKnown ? .int(rows.longest) : nil
        json["page"] = 1
        json["limit"] = .int(page.limit)
        json["read"] = .int(reading.assets.count)
        json["complete"] = .bool(rows.isWhole && reading.obstacle == nil && found.untold.isEmpty)
        json["nextRow"] = rows.next.map { .int($0) }
        return json
    }
}

extension SortField {
    /// The member by which it orders; nil where that is no member.
    fileprivate var member: String? {
        switch self {
        case .relevance: nil
        case .name: "objectName"
        case .qualityIndex: "dqScore"
        case .curationScore: "curationScore"
        case .rowCount: "rowCount"
        case .columnCount: "columnCount"
        case .nullDensity: "nullDensity"
        case .createdDate: "createdDate"
        case .popularity, .rating, .density: rawValue
        }
    }
}
