import JSON
import Logging

/// What was found where a secret is kept: the secret, or several of them by name.
struct SecretAnswer: Sendable {
    private let whole: Secret?
    private let members: [String: Secret]

    /// All that must not be seen of it.
    var secrets: [Secret] { whole.map { [$0] } ?? Array(members.values) }

    /// A text without its last line end, in which no other line begins; of an entry with several, `firstLine` takes
    /// the first.
    init(_ bytes: [UInt8], of reference: SecretReference, firstLine: Bool = false) throws(SecretFailure) {
        guard var text = String(validating: bytes, as: UTF8.self) else {
            throw SecretFailure(unusable: reference, "is not text in UTF-8")
        }
        if firstLine { text = String(text.prefix { !$0.isNewline }) }
        if let last = text.last, last.isNewline { text.removeLast() }
        guard !text.isEmpty else { throw SecretFailure(unusable: reference, "is empty") }
        guard text.utf8.allSatisfy({ ![0, 10, 13].contains($0) }) else {
            throw SecretFailure(unusable: reference, "has several lines")
        }
        (whole, members) = (Secret(text), [:])
    }

    private init(members: [String: Secret]) {
        whole = nil
        self.members = members
    }

    /// What a program wrote: a text, or JSON with `"Version": 1` and secrets by name.
    init(ofProgram bytes: [UInt8], of reference: SecretReference) throws(SecretFailure) {
        guard bytes.first == UInt8(ascii: "{"), let object = (try? JSON(parsing: bytes))?.object,
            let version = object["Version"]
        else {
            try self.init(bytes, of: reference)
            return
        }
        guard version.int == 1 else { throw SecretFailure(unusable: reference, "is JSON of an unknown version") }
        let pairs = object.members.compactMap { member in member.value.string.map { (member.name, Secret($0)) } }
        self.init(members: Dictionary(pairs) { $1 })
    }

    /// `member` is the name by which JSON has it.
    func secret(_ member: String, of reference: SecretReference) throws(SecretFailure) -> Secret {
        guard let secret = whole ?? members[member], !secret.isEmpty else {
            throw SecretFailure(unusable: reference, "has no \(member) in it")
        }
        return secret
    }
}

extension SecretFailure {
    /// `what` reads on from what came.
    init(unusable reference: SecretReference, _ what: String) {
        self.init(
            .unusable,
            reference,
            "The value from \(reference) \(what), so it cannot be used as a secret",
            advice: "Keep nothing but the secret there, as one line of text."
        )
    }
}
