/// Header fields in order; names compare without regard to case.
package struct HTTPFields: Hashable, Sendable, ExpressibleByDictionaryLiteral {
    package struct Field: Hashable, Sendable {
        package let name: String
        package let value: String
    }

    package private(set) var all: [Field] = []

    package init() {}

    package init(dictionaryLiteral elements: (String, String)...) {
        for (name, value) in elements { append(name, value) }
    }

    /// The first value under `name`; setting replaces them all, setting nil removes them.
    package subscript(_ name: String) -> String? {
        get { all.firstIndex { $0.isNamed(name) }.map { all[$0].value } }
        set {
            all.removeAll { $0.isNamed(name) }
            if let newValue { append(name, newValue) }
        }
    }

    package func values(_ name: String) -> [String] {
        var values: [String] = []
        for field in all where field.isNamed(name) { values.append(field.value) }
        return values
    }

    /// Makes room for so many fields at once.
    package mutating func reserveCapacity(_ count: Int) { all.reserveCapacity(count) }

    /// Adds a field; characters that would end the line are dropped, so that a value can never add another field.
    package mutating func append(_ name: String, _ value: String) {
        all.append(Field(name: Self.oneLine(name), value: Self.oneLine(value)))
    }

    /// Adds a field of which is known that it has no character that ends a line.
    package mutating func appendOneLine(_ name: String, _ value: String) { all.append(Field(name: name, value: value)) }

    private static func oneLine(_ text: String) -> String {
        var text = text
        guard text.withUTF8({ $0.contains { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F } }) else { return text }
        return String(text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F || $0 == "\t" })
    }
}

extension HTTPFields {
    /// The media type of the body without its parameters, in lower case.
    package var mediaType: String? {
        guard let type = self["Content-Type"] else { return nil }
        let name = type[..<(type.utf8.firstIndex(of: UInt8(ascii: ";")) ?? type.utf8.endIndex)]
        // Nearly everyone writes it like this, and each message is asked.
        let isPlain = name.utf8.allSatisfy { $0 > 0x20 && !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
        return isPlain ? String(name) : name.lowercased().filter { $0 != " " && $0 != "\t" }
    }
}

extension HTTPFields.Field {
    /// Most names differ in length or at their beginning, and most others are written alike: the bytes are rarely looked at
    /// one by one.
    package func isNamed(_ other: String) -> Bool {
        guard name.utf8.count == other.utf8.count,
            name.utf8.first.map(Self.lowercased) == other.utf8.first.map(Self.lowercased)
        else { return false }
        return name == other || name.utf8.elementsEqual(other.utf8) { Self.lowercased($0) == Self.lowercased($1) }
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
