import OvalEdge
import Rendering

/// What the catalog says of one field after a change, next to what it was to say.
package struct ReadBack: Sendable {
    package enum Now: Sendable {
        case unread
        /// As people read it; nil for nothing.
        case holds(String?)
    }

    let name: String
    /// Nil for what is shown and was not asked for.
    let wanted: String?
    let before: String?
    let now: Now

    package init(_ name: String, wanted: String? = nil, before: String? = nil, now: Now) {
        self.name = name
        self.wanted = wanted
        self.before = before
        self.now = now
    }

    var value: String? { if case .holds(let text) = now { text } else { nil } }

    enum Finding { case asWanted, asBefore, another }

    /// What the value shows of the change; nil where it was not read, or was so before.
    var finding: Finding? {
        guard let wanted, !Self.isSame(wanted, before), case .holds(let text) = now else { return nil }
        if Self.isSame(wanted, text) { return .asWanted }
        return Self.isSame(before, text) ? .asBefore : .another
    }

    /// Texts come back as HTML, with other spaces, or with a comma and a space between values.
    private static func isSame(_ text: String?, _ other: String?) -> Bool {
        let (text, other) = (text ?? "", other ?? "")
        let plain = [text, other].map { RichText($0, .html).wholePlainText }
        return folded(text) == folded(other) || folded(text) == folded(plain[1]) || folded(plain[0]) == folded(plain[1])
    }

    private static func folded(_ text: String) -> [UInt8] { Array(text.filter { !$0.isWhitespace }.utf8) }
}

extension ReadBack.Now {
    /// What `text` finds in what was read, if that came.
    package static func of<Value>(_ read: Value?, _ text: (Value) -> String?) -> Self {
        read.map { .holds(text($0)) } ?? .unread
    }
}
