import HTTP
import Text

/// Which of the two forms of an answer a client takes (RFC 9110 §12.5.1).
struct Acceptance: Hashable, Sendable {
    /// How much each is wanted, from 0 to 1000.
    let json: Int
    let stream: Int

    init(json: Int, stream: Int) {
        self.json = json
        self.stream = stream
    }

    init(_ fields: HTTPFields) {
        let values = fields.values("Accept")
        self.init(values.count > 1 ? values.joined(separator: ",") : values.first)
    }

    /// Nothing said takes both.
    init(_ field: String?) {
        guard let field, field != "application/json, text/event-stream", field != "*/*" else {
            self.init(json: 1000, stream: 1000)
            return
        }
        let ranges = field.split(separator: ",").map { MediaRange($0) }
        self.init(
            json: Self.quality(of: "application", "json", ranges),
            stream: Self.quality(of: "text", "event-stream", ranges)
        )
    }

    var takesJSON: Bool { json > 0 }
    var takesStream: Bool { stream > 0 }

    /// The form for one that takes both alike is `form`.
    func prefersStream(over form: StreamableHTTPConfiguration.ResponseForm) -> Bool {
        if json == stream { return form == .stream }
        return stream > json
    }

    /// That of the most specific range.
    private static func quality(of type: String, _ subtype: String, _ ranges: [MediaRange]) -> Int {
        let fitting = ranges.compactMap { range in
            range.specificity(for: type, subtype).map { (specificity: $0, quality: range.quality) }
        }
        return fitting.max { $0.specificity < $1.specificity }?.quality ?? 0
    }
}

private struct MediaRange {
    private let type: String
    private let subtype: String
    let quality: Int

    init(_ text: Substring) {
        let parts = text.split(separator: ";", omittingEmptySubsequences: false).map { $0.trimmed.lowercased() }
        let type = (parts.first ?? "").split(separator: "/", omittingEmptySubsequences: false)
        self.type = type.first.map { String($0) } ?? ""
        subtype = type.count == 2 ? String(type[1]) : ""
        quality = parts.dropFirst().lazy.compactMap { Self.quality($0) }.first ?? 1000
    }

    func specificity(for type: String, _ subtype: String) -> Int? {
        switch (self.type, self.subtype) {
        case (type, subtype): 2
        case (type, "*"): 1
        case ("*", "*"): 0
        default: nil
        }
    }

    /// Nil for another parameter; what is no weight by RFC 9110 §12.4.2 counts as wanted.
    private static func quality(_ parameter: String) -> Int? {
        guard parameter.hasPrefix("q=") else { return nil }
        let text = parameter.utf8.dropFirst(2)
        let (whole, decimals) = (text.prefix(1), text.dropFirst(2))
        guard "01".utf8.contains(where: { $0 == whole.first }),
            text.dropFirst().prefix(1).allSatisfy({ $0 == UInt8(ascii: ".") }),
            decimals.count <= 3, decimals.allSatisfy({ (48...57).contains($0) })
        else { return nil }
        let thousandths = zip(decimals, [100, 10, 1]).reduce(0) { $0 + Int($1.0 - 48) * $1.1 }
        return min(Int((whole.first ?? 48) - 48) * 1000 + thousandths, 1000)
    }
}
