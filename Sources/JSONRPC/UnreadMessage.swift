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

    private let line: [UInt8]
    private var position = 0

    init(_ line: [UInt8]) {
        self.line = line
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

    /// Looks at what follows if this is a member's name.
    private mutating func take(_ name: ArraySlice<UInt8>) {
        skipSpace()
        guard current == UInt8(ascii: ":") else { return }
        position += 1
        skipSpace()
        if name.elementsEqual(#""method""#.utf8) { hasMethod = true }
        guard name.elementsEqual(#""id""#.utf8) else { return }
        let value: ArraySlice<UInt8>
        if current == UInt8(ascii: "\"") {
            value = string()
        } else {
            let ends = Array(",}]{[ \t\r".utf8)
            value = line[position...].prefix { !ends.contains($0) }
            position = value.endIndex
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
