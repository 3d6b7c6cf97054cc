/// One thing that must hold whatever the bytes are: nothing traps, and nothing is broken.
///
/// The same checks run in two ways: `scripts/fuzz` looks for bytes that break one, and the tests replay those that once
/// did.
package struct FuzzTarget: Sendable {
    package let name: String
    /// Throws ``Broken`` when what must hold does not.
    package let check: @Sendable (_ bytes: [UInt8]) async throws -> Void

    init(_ name: String, _ check: @escaping @Sendable (_ bytes: [UInt8]) async throws -> Void) {
        self.name = name
        self.check = check
    }
}

extension FuzzTarget {
    package static let all: [FuzzTarget] = [
        .arguments, .auditLines, .clientConfigurations, .clientDocuments, .conversation, .dotEnv, .encodings,
        .eventStream, .faults, .forms, .framing, .headerRules, .html, .incoming, .json, .jsonWebKeys, .jsonWebTokens,
        .jwt,
        .lambdaEvents, .markdown, .messages, .previews, .redaction, .redirects, .requestFields, .sessionIDs,
        .signInRecords, .tokenReply, .urls,
    ]
}

/// What did not hold, as a sentence.
package struct Broken: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

func hold(_ isTrue: Bool, _ sentence: @autoclosure () -> String) throws(Broken) {
    if !isTrue { throw Broken(sentence()) }
}

/// Bytes that choose something, read from the front of the input; zeros once it is used up.
struct Dice {
    private(set) var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }
}
