import Text

/// A setting as it is written.
package struct WrittenSetting: Hashable, Sendable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

// Files that are read back as they were meant.
extension DotEnv {
    /// The line that says it; nil for a value that no line can have.
    package static func line(_ setting: WrittenSetting) -> String? {
        let (name, value) = (setting.name, setting.value)
        let escaped = value.map { ["\\": "\\\\", "\"": "\\\"", "\n": "\\n", "\t": "\\t"][$0] ?? String($0) }.joined()
        let forms = [value, "'\(value)'", "\"\(escaped)\""]
        return forms.map { "\(name)=\($0)" }.first { line in
            let read = DotEnv(parsing: Array(line.utf8))
            return read.badLines.isEmpty && read.assignments.map { WrittenSetting($0.name, $0.value) } == [setting]
        }
    }

    /// The text with these settings in it: in place of what it said of them, else at its end; all else stays.
    ///
    /// Nil where a value cannot be written.
    package static func text(_ bytes: [UInt8], changing settings: [WrittenSetting]) -> [UInt8]? {
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { Array($0) }
        if lines.last == [] { lines.removeLast() }
        // The last one counts, so that a line before it may stay.
        let places = Dictionary(DotEnv(parsing: bytes).assignments.map { ($0.name.uppercased(), $0.line - 1) }) { $1 }
        for setting in settings {
            guard let line = line(setting) else { return nil }
            if let place = places[setting.name.uppercased()] {
                lines[place] = Array(line.utf8)
            } else {
                lines.append(Array(line.utf8))
            }
        }
        return lines.flatMap { $0 + [UInt8(ascii: "\n")] }
    }
}
