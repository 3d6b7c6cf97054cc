package import JSON

extension JSON.Limits {
    /// What one message of the other side may hold: far more than any that is meant, and no more than some 50 MiB.
    package static let message = JSON.Limits(values: 200_000)
}

/// What can be known of a message that is too much to be read, without making values of it.
struct UnreadMessage {
    /// Of the message itself, not of anything inside.
    private(set) var id: RequestID?
    /// Whether it names a method, so that its id is one of the other side's.
    private(set) var hasMethod = false
    /// Whether it has a result or an error, so that its id is one of ours.
    private(set) var isAnswer = false

    private let line: [UInt8]
    private var position = 0

    private let isCut: Bool

    init(_ line: [UInt8], isCut: Bool = false) {
        self.line = line
        self.isCut = isCut
        skipSpace()
        guard current == UInt8(ascii: "{") else { return }
        var depth = 0
        while position < line.count {
            switch current {
            case UInt8(ascii: "\""):
                let text = string()
                if depth == 1 { take(text) }
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
            position += 1
        }
    }

    /// Of one too long to be kept: what it begins with and, where that has no id, what it ends with.
    init(start: [UInt8], end: [UInt8]) {
        self.init(start, isCut: true)
        guard id == nil, start.first(where: { $0 != 0x20 && $0 != 0x09 }) == UInt8(ascii: "{") else { return }
        id = Self.lastID(end)
    }

    /// The id of a message that has it as its last member: `,"id":…}`.
    private static func lastID(_ end: [UInt8]) -> RequestID? {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
        let marks = Array(#""id""#.utf8)
        let parts = end.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        // Without a comma before it, it is not known what it is a member of.
        guard parts.count > 1, let member = parts.last?.drop(while: isSpace), member.starts(with: marks) else {
            return nil
        }
        var value = member.dropFirst(marks.count).drop(while: isSpace)
        guard value.popFirst() == UInt8(ascii: ":") else { return nil }
        while let last = value.last, isSpace(last) { value.removeLast() }
        guard value.popLast() == UInt8(ascii: "}") else { return nil }
        return (try? JSON(parsing: Array(value))).flatMap { RequestID($0) }
    }

    /// Looks at what follows if this is a member's name.
    private mutating func take(_ name: ArraySlice<UInt8>) {
        skipSpace()
        guard current == UInt8(ascii: ":") else { return }
        position += 1
        skipSpace()
        if name.elementsEqual(#""method""#.utf8) { hasMethod = true }
        if name.elementsEqual(#""result""#.utf8) || name.elementsEqual(#""error""#.utf8) { isAnswer = true }
        guard name.elementsEqual(#""id""#.utf8) else { return }
        let value: ArraySlice<UInt8>
        if current == UInt8(ascii: "\"") {
            value = string()
        } else {
            let ends = Array(",}]{[ \t\r".utf8)
            value = line[position...].prefix { !ends.contains($0) }
            position = value.endIndex
            // A number may go on where the line is cut.
            guard !isCut || position < line.count else { return }
        }
        id = (try? JSON(parsing: Array(value))).flatMap { RequestID($0) }
    }

    /// The text that begins here, with its quotes.
    private mutating func string() -> ArraySlice<UInt8> {
        let start = position
        position += 1
        while position < line.count, current != UInt8(ascii: "\"") {
            position += current == UInt8(ascii: "\\") ? 2 : 1
        }
        position = min(position + 1, line.count)
        return line[start..<position]
    }

    private mutating func skipSpace() {
        while current == 0x20 || current == 0x09 || current == 0x0D { position += 1 }
    }

    /// The byte at hand; 0 at the end.
    private var current: UInt8 { position < line.count ? line[position] : 0 }
}
