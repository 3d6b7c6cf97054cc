import JSON
import OvalEdge
import Rendering

/// Which of all assets that were read lack something, those first that lack most.
///
/// Where no row has a member for it, not even an empty one, it is not known which assets lack it.
struct Shortfall: Sendable {
    /// All of them where nothing was asked for that may be missing.
    let assets: [Asset]
    let untold: [AssetGap]
    private let told: [AssetGap]
    private let read: Int

    init(_ missing: [AssetGap], in all: [Asset]) {
        let told = missing.filter { gap in all.isEmpty || all.contains { gap.isTold(of: $0) } }
        let open = all.map { asset in (asset, told.count { $0.isOpen(in: asset) }) }.filter { $0.1 > 0 }
        assets =
            missing.isEmpty
            ? all
            : (1...max(told.count, 1)).reversed().flatMap { count in open.filter { $0.1 == count }.map { $0.0 } }
        untold = missing.filter { !told.contains($0) }
        self.told = told
        read = all.count
    }

    /// Whether anything can be said of what is missing.
    var isKnown: Bool { untold.isEmpty || !told.isEmpty }

    /// `1204 of 15000 assets lack owner or steward: owner 800, steward 900, both 496`.
    var summary: String {
        guard !told.isEmpty else {
            return untold.isEmpty
                ? "\(read) assets" : "Of \(read) assets it is not known whether they lack \(names(untold))"
        }
        let all = "\(assets.count) of \(read) assets"
        guard told.count > 1 else { return "\(all) \(assets.count == 1 ? "has" : "have") no \(names(told))" }
        let counts = told.map { gap in "\(gap.rawValue) \(count(of: gap))" }
        return
            "\(all) lack \(names(told)): \(counts.joined(separator: ", ")), \(told.count == 2 ? "both" : "all") \(lackingAll)"
    }

    /// The same for programs.
    var counts: JSON {
        var counts: JSON = .object(JSONObject(told.map { .init($0.rawValue, .int(count(of: $0))) }))
        if told.count > 1 { counts["all"] = .int(lackingAll) }
        return counts
    }

    /// What of it is open, where several things may be and the line does not say it.
    func gaps(of asset: Asset) -> Inline {
        let said = Set(asset.facts.map { $0.fact.text })
        let open = told.filter { gap in
            gap.isOpen(in: asset) && !said.contains("\(gap.rawValue) not given") && !said.contains("no \(gap.rawValue)")
        }.map { "no \($0.rawValue)" }
        return told.count > 1 && !open.isEmpty ? " · \(words: open.joined(separator: " · "))" : ""
    }

    private func names(_ gaps: [AssetGap]) -> String { gaps.map { $0.rawValue }.joined(separator: " or ") }

    private func count(of gap: AssetGap) -> Int { assets.count { gap.isOpen(in: $0) } }

    private var lackingAll: Int { assets.count { asset in told.allSatisfy { $0.isOpen(in: asset) } } }
}
