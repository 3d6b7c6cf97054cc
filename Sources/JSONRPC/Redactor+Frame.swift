import JSON
package import Logging

/// Which texts of a message are the protocol's own, so that they stay as they are whatever the secrets.
package struct ProtocolTexts: Sendable {
    /// Members whose texts the protocol defines, or that go back as they came.
    let words: Set<String>
    /// Members that describe what this side offers, with nothing in them that came from elsewhere.
    let offers: Set<String>
    /// Members that hold data of any origin, the names in it included.
    let data: Set<String>

    package init(words: Set<String>, offers: Set<String>, data: Set<String>) {
        self.words = words
        self.offers = offers
        self.data = data
    }

    /// JSON-RPC itself says only what the members of a message are.
    package static let none = ProtocolTexts(words: [], offers: [], data: ["data"])
}

extension Redactor {
    /// One message, or a batch, without the secrets in its texts: the same message otherwise, under the same id.
    ///
    /// Nearly always the quick look finds nothing. Else the texts are redacted as values, so that numbers, ids and the
    /// words of the protocol stay, and what comes out is JSON.
    package func redacted(frame: [UInt8], keeping texts: ProtocolTexts) -> [UInt8] {
        let finder = finder
        guard finder.mayHold(frame) else { return frame }
        let texts = FrameTexts(finder: finder, own: texts)
        guard let json = try? JSON(parsing: frame, within: JSON.Limits(depth: Self.depth)) else {
            // What cannot be read cannot be shown to hold no secret.
            return Outcome.failure(.internalError).response(to: nil)
        }
        return texts.redacted(json).map { $0.bytes } ?? frame
    }

    /// Deeper than any value that was read, with what is around it in a message.
    private static var depth: Int { JSON.Limits().depth + 32 }
}

/// The texts of a message that are looked through.
private struct FrameTexts {
    let finder: SecretFinder
    let own: ProtocolTexts

    /// Nil where there is no secret.
    func redacted(_ json: JSON) -> JSON? {
        switch json {
        case .array(let messages): messages.replacing { redacted($0) }.map { .array($0) }
        case .object(let message):
            message.members.replacing { member in
                guard ["params", "result", "error"].contains(member.name) else { return nil }
                return value(member.value).map { JSONObject.Member(member.name, $0) }
            }
            .map { .object(JSONObject($0)) }
        case .null, .bool, .number, .string: nil
        }
    }

    private func value(_ json: JSON) -> JSON? {
        switch json {
        case .string(let text): finder.redacted(text).map { .string($0) }
        case .array(let items): items.replacing { value($0) }.map { .array($0) }
        case .object(let object):
            object.members.replacing { member in
                value(of: member).map { JSONObject.Member(member.name, $0) }
            }
            .map { .object(JSONObject($0)) }
        case .null, .bool, .number: nil
        }
    }

    /// The protocol's names stay, and so do its words.
    private func value(of member: JSONObject.Member) -> JSON? {
        if own.data.contains(member.name) { return member.value.replacingTexts { finder.redacted($0) } }
        if own.offers.contains(member.name) { return nil }
        if case .string = member.value, own.words.contains(member.name) { return nil }
        return value(member.value)
    }
}
