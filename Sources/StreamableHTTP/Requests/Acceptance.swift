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

    /// Nil for another parameter; one that cannot be read counts as wanted.
    private static func quality(_ parameter: String) -> Int? {
        guard parameter.hasPrefix("q="), let value = Double(parameter.dropFirst(2)) else { return nil }
        return Int((min(max(value, 0), 1) * 1000).rounded())
    }
}
