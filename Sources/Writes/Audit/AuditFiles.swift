import Crypto
import Files

/// The files of an audit log: one that grows, and those that were full and put aside under a number.
struct AuditFiles {
    let folder: PrivateDirectory

    static let current = "audit.jsonl"
    /// Beyond it a name is not one of the log's files: no one puts so many aside, and counting on from there must not
    /// end the process.
    static let numberLimit = Int(Int32.max)
    private static let sizeLimit = 1 << 28

    static func name(of number: Int) -> String { "audit-\(number).jsonl" }

    /// The numbers of the files put aside, in order; some may have been moved away.
    func numbers() throws(FileError) -> [Int] {
        try folder.names().compactMap { name in
            guard name.hasPrefix("audit-"), name.hasSuffix(".jsonl"),
                let number = Int(name.dropFirst("audit-".count).dropLast(".jsonl".count)),
                1...Self.numberLimit ~= number, name == Self.name(of: number)
            else { return nil }
            return number
        }
        .sorted()
    }

    /// All files in the order in which they were written.
    func names() throws(FileError) -> [String] {
        try numbers().map { Self.name(of: $0) } + (folder.holds(Self.current) ? [Self.current] : [])
    }

    /// Lines with their numbers, without the blank ones; none when there is no such file.
    func lines(of name: String) throws(FileError) -> [(number: Int, bytes: [UInt8])] {
        guard folder.holds(name) else { return [] }
        guard let bytes = folder.contents(of: name, limit: Self.sizeLimit) else { throw folder.foreign(name) }
        return bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
            .filter { !$0.element.isEmpty }
            .map { ($0.offset + 1, Array($0.element)) }
    }

    /// Whether there is anything that was made with a key.
    func areKeyed() throws(FileError) -> Bool {
        if folder.holds(AuditHead.name) { return true }
        for name in try names() where try lines(of: name).contains(where: { AuditEntry($0.bytes)?.number != nil }) {
            return true
        }
        return false
    }

    /// Nil when the file is missing; an error for one that was not sealed with this key.
    func head(_ key: AuditKey) throws -> AuditHead? {
        guard folder.holds(AuditHead.name) else { return nil }
        guard let sealed = folder.contents(of: AuditHead.name, limit: 4096) else {
            throw folder.foreign(AuditHead.name)
        }
        return try AuditHead(opening: sealed, key)
    }
}
