/// What a `.env` file says, by seven rules; nothing in it is executed or expanded.
///
/// 1. The file is UTF-8; a byte order mark and CRLF line ends are tolerated.
/// 2. Blank lines, and lines that begin with `#`, say nothing.
/// 3. A line is `NAME=value`, with or without `export ` before it; spaces around the name and the value do not count.
///    A name has letters, digits and underscores, and does not begin with a digit.
/// 4. A value without quotes is taken unchanged; a `#` behind white space begins a comment.
/// 5. Between single quotes everything is literal.
/// 6. Between double quotes `\n`, `\t`, `\"` and `\\` mean a new line, a tab, a quote and a backslash; no other
///    backslash is special. Quotes end on their line, and only a comment may follow them.
/// 7. When a name occurs twice the last one wins. Any other line is reported by its number, never by its
///    content, and the others count.
package struct DotEnv: Hashable, Sendable {
    package struct Assignment: Hashable, Sendable {
        package let name: String
        package let value: String
        package let line: Int
    }

    package private(set) var assignments: [Assignment] = []
    /// Numbers of the lines that break the rules, from 1.
    package private(set) var badLines: [Int] = []
    /// Numbers of those among them in which a quote is opened and not closed.
    package private(set) var openLines: [Int] = []

    /// Whether the bytes are those of a text in UTF-16, as Windows PowerShell writes files, with its mark or without.
    package static func isUTF16(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 4 else { return bytes == [0xFF, 0xFE] || bytes == [0xFE, 0xFF] }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { return true }
        let zeros = bytes[..<4].map { $0 == 0 }
        return zeros == [false, true, false, true] || zeros == [true, false, true, false]
    }

    package init(parsing bytes: [UInt8]) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = bytes.starts(with: mark) ? bytes[3...] : bytes[...]
        let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            guard let text = String(validating: line, as: UTF8.self), let statement = Statement(text[...]) else {
                badLines.append(index + 1)
                continue
            }
            switch statement {
            case .nothing: break
            case .open:
                badLines.append(index + 1)
                openLines.append(index + 1)
            case .assignment(let name, let value):
                assignments.append(Assignment(name: name, value: value, line: index + 1))
            }
        }
    }
}

/// One line that keeps the rules, or all but one of them.
///
/// It is read by scalars, not by characters: a mark that combines with a quote or a backslash takes nothing from it.
private enum Statement {
    private typealias Scalars = Substring.UnicodeScalarView

    case nothing
    /// A quote is not closed.
    case open
    case assignment(String, String)

    init?(_ line: Substring) {
        let line = line.unicodeScalars.trimmed
        // A control character can only be damage, and would cut the value short where C reads it.
        guard line.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F || $0 == "\t" }) else { return nil }
        if line.isEmpty || line.first == "#" {
            self = .nothing
            return
        }
        guard let sign = line.firstIndex(of: "=") else { return nil }
        guard let name = Self.name(line[..<sign]) else { return nil }
        let text = line[line.index(after: sign)...]
        if let value = Self.value(text) {
            self = .assignment(name, value)
        } else {
            guard Self.isOpen(text.trimmed) else { return nil }
            self = .open
        }
    }

    private static func name(_ text: Scalars) -> String? {
        var name = text.trimmed
        let export = "export".unicodeScalars
        if name.starts(with: export), name.dropFirst(export.count).first?.isBlank == true {
            name = name.dropFirst(export.count).trimmed
        }
        let isName = name.allSatisfy { scalar in
            switch scalar {
            case "A"..."Z", "a"..."z", "0"..."9", "_": true
            default: false
            }
        }
        guard isName, let first = name.first, !("0"..."9").contains(first) else { return nil }
        return String(name)
    }

    private static func value(_ text: Scalars) -> String? {
        let value = text.trimmed
        switch value.first {
        case "'":
            guard let end = value.dropFirst().firstIndex(of: "'") else { return nil }
            guard isComment(value[value.index(after: end)...]) else { return nil }
            return String(value[value.index(after: value.startIndex)..<end])
        case "\"": return doubleQuoted(value)
        default: return plain(text)
        }
    }

    /// Ends where a `#` follows white space; `text` still has the white space behind the `=`.
    private static func plain(_ text: Scalars) -> String {
        var isBlankBefore = false
        let end = text.firstIndex { scalar in
            defer { isBlankBefore = scalar.isBlank }
            return scalar == "#" && isBlankBefore
        }
        return String(text[..<(end ?? text.endIndex)].trimmed)
    }

    private static func doubleQuoted(_ text: Scalars) -> String? {
        var value = String.UnicodeScalarView()
        var rest = text.dropFirst()
        while let scalar = rest.popFirst() {
            if scalar == "\"" { return isComment(rest) ? String(value) : nil }
            guard scalar == "\\" else {
                value.append(scalar)
                continue
            }
            switch rest.first {
            case "n": value.append("\n")
            case "t": value.append("\t")
            case "\"": value.append("\"")
            case "\\": value.append("\\")
            default:
                value.append("\\")
                continue
            }
            rest.removeFirst()
        }
        return nil
    }

    /// Whether the quote that it begins with is not closed.
    private static func isOpen(_ value: Scalars) -> Bool {
        var rest = value.dropFirst()
        while let scalar = rest.popFirst() {
            if scalar == value.first { return false }
            if scalar == "\\" && value.first == "\"" { rest = rest.dropFirst() }
        }
        return true
    }

    private static func isComment(_ rest: Scalars) -> Bool {
        let text = rest.trimmed
        return text.isEmpty || text.first == "#" && rest.first?.isBlank == true
    }
}

extension Unicode.Scalar {
    fileprivate var isBlank: Bool { self == " " || self == "\t" }
}

extension Substring.UnicodeScalarView {
    fileprivate var trimmed: Self {
        let start = drop { $0.isBlank }
        let end = start.lastIndex { !$0.isBlank }
        return end.map { start[...$0] } ?? start[start.endIndex...]
    }
}
