/// A client's file is not to be changed: it cannot be understood, or says something else than expected.
package struct DocumentFault: Error, Hashable, CustomStringConvertible {
    /// What is wrong, with line and column where it has a place.
    package let description: String
    package let advice: String
    /// Whether no one could read it; else it is only too much for what is read here.
    package let isBroken: Bool

    package init(
        _ description: String,
        advice: String = "Correct the file and try again; nothing was changed.",
        isBroken: Bool = true
    ) {
        self.description = description
        self.advice = advice
        self.isBroken = isBroken
    }

    /// Names line and column, both from 1; columns count bytes.
    init(_ problem: String, at offset: Int, in bytes: [UInt8]) {
        let before = bytes[..<min(offset, bytes.count)]
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let column = before.count - (before.lastIndex(of: UInt8(ascii: "\n")) ?? -1)
        self.init("\(problem) at line \(line), column \(column)")
    }
}

extension [UInt8] {
    /// The byte order mark of UTF-8.
    static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// Throws for what is no text in UTF-8.
    func checkText() throws(DocumentFault) {
        var place = 0
        while place < count {
            let byte = self[place]
            if byte == 0 { throw DocumentFault("a NUL byte", at: place, in: self) }
            if byte < 0x80 {
                place += 1
                continue
            }
            let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
            guard place + length <= count,
                String(validating: self[place..<(place + length)], as: UTF8.self) != nil
            else { throw DocumentFault("a byte that is not UTF-8", at: place, in: self) }
            place += length
        }
    }

    /// With the ranges replaced, which do not overlap; insertions at one place stay in their order.
    func applying(_ edits: [TextEdit]) -> [UInt8] {
        var result: [UInt8] = []
        var place = 0
        let ordered = edits.enumerated().sorted { one, other in
            let (one, other) = ((one.element.range, one.offset), (other.element.range, other.offset))
            return (one.0.lowerBound, one.0.upperBound, one.1) < (other.0.lowerBound, other.0.upperBound, other.1)
        }
        for (_, edit) in ordered {
            result += self[place..<edit.range.lowerBound]
            result += edit.text
            place = edit.range.upperBound
        }
        return result + self[place...]
    }

    /// Where the line of this place begins.
    func lineStart(_ place: Int) -> Int {
        (self[..<place].lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
    }

    /// Where the next line begins, or the end.
    func nextLine(_ place: Int) -> Int {
        (self[place...].firstIndex(of: UInt8(ascii: "\n")) ?? count - 1) + 1
    }

    /// The blanks and tabs that the line of this place begins with.
    func indentation(_ place: Int) -> [UInt8] {
        let start = lineStart(place)
        return Array(self[start..<place].prefix { $0 == 0x20 || $0 == 0x09 })
    }

    /// How its lines end: as the first one does.
    var lineEnd: [UInt8] {
        guard let first = firstIndex(of: UInt8(ascii: "\n")) else { return [0x0A] }
        return first > 0 && self[first - 1] == 0x0D ? [0x0D, 0x0A] : [0x0A]
    }
}

/// One change of a text: these bytes in place of that range, which is empty for an insertion.
struct TextEdit: Hashable {
    let range: Range<Int>
    let text: [UInt8]

    init(_ range: Range<Int>, _ text: [UInt8] = []) {
        self.range = range
        self.text = text
    }

    init(at place: Int, _ text: [UInt8]) { self.init(place..<place, text) }
}
