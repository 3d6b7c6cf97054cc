/// A field that the shop added to its assets.
struct SampleField: Sendable {
    let key: String
    let name: String
    let type: String
    var allowsSeveral = false
    var options: [String] = []
    var isLocked = false

    static let all = [
        SampleField(key: "cf1", name: "Region", type: "code", allowsSeveral: true, options: ["EMEA", "APAC", "AMER"]),
        SampleField(key: "cf2", name: "Retention", type: "code", options: ["1 year", "3 years", "10 years"]),
        SampleField(key: "cf3", name: "Reviewed on", type: "date"),
        SampleField(key: "cf4", name: "Note", type: "text"),
        SampleField(key: "cf5", name: "Legal hold", type: "text", isLocked: true),
    ]

    /// By name or key.
    static func named(_ text: String) -> SampleField? {
        all.first { $0.name.equals(text) || $0.key == text }
    }

    /// Its fact, once a value was written.
    var fact: String { "field \(name)" }

    /// What was written, else what the sample says.
    func value(on asset: SampleAsset) -> String? {
        if let written = asset[fact] { return written.isEmpty ? nil : written }
        let start = "\(name)="
        return asset.list("custom").first { $0.hasPrefix(start) }.map { String($0.dropFirst(start.count)) }
    }
}
