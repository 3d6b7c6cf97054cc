package import JSON
import Text

/// What is not compared, or not sent, when a recording is replayed.
package struct ReplayRules: Sendable {
    /// Notifications of which it is a matter of time how many there are.
    package var passing: Set<String>
    /// A message of the server without what is random in it, or a matter of time.
    package var neutral: @Sendable (JSON) -> JSON
    /// Whether a message of the client stays unsent.
    package var leavesOut: @Sendable (JSON) -> Bool

    package init(
        passing: Set<String> = [],
        neutral: @escaping @Sendable (JSON) -> JSON = { $0 },
        leavesOut: @escaping @Sendable (JSON) -> Bool = { _ in false }
    ) {
        self.passing = passing
        self.neutral = neutral
        self.leavesOut = leavesOut
    }
}

/// The sealed texts that the server made when it was recorded, and those it makes in place of them now.
///
/// They are random, and clients carry them back: confirmation tokens, cursors, the state of a request in rounds. Any word is
/// taken for one that is as long, and has only characters of Base64.
struct CarriedTexts {
    private var now: [String: String] = [:]

    private static let shortest = 64

    /// Learns from two answers in the same place.
    mutating func learn(_ recorded: JSON, _ current: JSON) {
        switch (recorded, current) {
        case (.array(let recorded), .array(let current)):
            for (recorded, current) in zip(recorded, current) { learn(recorded, current) }
        case (.object(let recorded), .object(let current)):
            for member in recorded.members {
                if let other = current[member.name] { learn(member.value, other) }
            }
        case (.string(let recorded), .string(let current)) where recorded != current:
            for (recorded, current) in zip(Self.sealed(in: recorded), Self.sealed(in: current))
            where recorded != current {
                now[recorded] = current
            }
        default: break
        }
    }

    private static func sealed(in text: String) -> [String] {
        text.utf8.split { !$0.isBase64 }.filter { $0.count >= shortest }.map { String(decoding: $0, as: UTF8.self) }
    }

    /// What a client says, as it would say it now.
    func replaced(in message: JSON) -> JSON {
        now.isEmpty ? message : message.replacingTexts { replaced(in: $0) } ?? message
    }

    /// A text that may have some of them in it, as it would be now.
    func replaced(in text: String) -> String {
        now.reduce(text) { text, pair in text.replacing(every: pair.key, with: pair.value) }
    }
}

extension UInt8 {
    fileprivate var isBase64: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
