package import JSON

/// An argument whose value a client repeats in a header field, so that what stands between can route by it.
///
/// The schema of the argument names the field with `x-mcp-header` (2026-07-28, server/tools).
package struct HeaderParameter: Hashable, Sendable {
    /// `Mcp-Param-` and the name in the schema.
    package let field: String
    /// The members of the arguments that lead to the value.
    package let path: [String]

    package static let prefix = "Mcp-Param-"
    private static let annotation = "x-mcp-header"

    /// The value in `arguments`; nil where it is missing, null, or nothing that a field could say.
    package func value(in arguments: JSON) -> JSON? {
        var value: JSON? = arguments
        for name in path { value = value?[name] }
        return switch value {
        case .string?, .number?, .bool?: value
        case .null?, .array?, .object?, nil: nil
        }
    }

    /// Whether a field that says `text` repeats `value`: a text byte for byte, a whole number as a number.
    package static func isSame(_ text: String, _ value: JSON) -> Bool {
        switch value {
        case .string(let expected): text.utf8.elementsEqual(expected.utf8)
        case .bool(let flag): text == (flag ? "true" : "false")
        case .number(let number):
            text == number.text || number.int.map { $0 == (try? JSON(parsing: text))?.int } ?? false
        case .null, .array, .object: false
        }
    }

    /// All that a schema names; nil where one of them breaks the rules, so that clients would drop the tool.
    package static func all(in schema: JSON) -> [HeaderParameter]? {
        var found: [HeaderParameter] = []
        guard schema[annotation] == nil, collect(schema, at: [], into: &found) else { return nil }
        let names = found.map { $0.field.lowercased() }
        return Set(names).count == names.count ? found : nil
    }

    private static func collect(_ schema: JSON, at path: [String], into found: inout [HeaderParameter]) -> Bool {
        for property in schema["properties"]?.object?.members ?? [] {
            let path = path + [property.name]
            if let name = property.value[annotation] {
                guard let name = name.string, isToken(name), hasPlainType(property.value) else { return false }
                found.append(HeaderParameter(field: prefix + name, path: path))
            }
            guard collect(property.value, at: path, into: &found) else { return false }
        }
        // Only what `properties` lead to has one place in the arguments.
        return !(schema.object?.members ?? []).contains { !plain.contains($0.name) && isAnnotated($0.value) }
    }

    /// What of a schema is followed above, or holds values and no schemas.
    private static let plain: Set<String> = ["properties", "default", "const", "enum", "examples"]

    private static func isAnnotated(_ json: JSON) -> Bool {
        switch json {
        case .object(let object): object.members.contains { $0.name == annotation || isAnnotated($0.value) }
        case .array(let items): items.contains { isAnnotated($0) }
        default: false
        }
    }

    private static func hasPlainType(_ schema: JSON) -> Bool {
        ["string", "integer", "boolean"].contains(schema["type"]?.string)
    }

    /// RFC 9110 §5.6.2.
    private static func isToken(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }
}
