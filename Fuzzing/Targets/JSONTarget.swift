import JSON

extension FuzzTarget {
    /// What can be read is written so that it reads the same; what cannot is reported with a place inside the text.
    static let json = FuzzTarget("json") { bytes in
        let value: JSON
        do throws(JSONSyntaxError) {
            value = try JSON(parsing: bytes)
        } catch {
            return try placed(error, in: bytes)
        }
        try rewritten(value)
    }

    private static func rewritten(_ value: JSON) throws {
        let written = value.bytes
        try hold(!written.contains { $0 < 0x20 }, "A written value has a control character: \(value.text)")
        let again = try JSON(parsing: written)
        // Equal texts may differ in bytes, as `é` in one character and in two.
        try hold(again == value && again.bytes == written, "A value is not what it was written as: \(value.text)")
        let pretty = try JSON(parsing: value.prettyText)
        try hold(pretty.bytes == written, "An indented value is not what it was: \(value.text)")
        try visit(value)
    }

    /// What others do with a value must not trap, either.
    private static func visit(_ value: JSON) throws {
        switch value {
        case .number(let number):
            guard let int = number.int else { break }
            // A number beyond 2^53 is exact only in digits.
            try hold(number.double == Double(int), "\(number.text) is \(int) and something else, too.")
        case .array(let items): for item in items { try visit(item) }
        case .object(let object):
            for member in object.members {
                try hold(object[member.name] != nil, "The member \(member.name) is not found.")
                try visit(member.value)
            }
        case .null, .bool, .string: break
        }
    }

    private static func placed(_ error: JSONSyntaxError, in bytes: [UInt8]) throws {
        try hold((0...bytes.count).contains(error.offset), "\(error.offset) is outside of \(bytes.count) bytes.")
        let lines = bytes[..<error.offset].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        try hold(error.line == max(lines.count, 1), "The line is \(lines.count), not \(error.line).")
        try hold(error.column == (lines.last?.count ?? 0) + 1, "The column is not \(error.column).")
    }
}
