import JSON
import Text

/// Where schemas are inside a schema, so that what only looks like one (a default, an example) is left as it is.
enum SchemaPlaces {
    static let maps: Set<String> = ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"]
    static let lists: Set<String> = ["allOf", "anyOf", "oneOf", "prefixItems"]
    static let single: Set<String> = [
        "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames", "unevaluatedItems",
        "unevaluatedProperties", "contentSchema",
    ]
    static let definitions = ["$defs", "definitions"]

    /// The same schema with each one directly inside it replaced; `change` gets the steps to it.
    static func mapped(_ schema: JSONObject, _ change: (JSON, [String]) -> JSON) -> JSONObject {
        var schema = schema
        for index in schema.members.indices {
            let member = schema.members[index]
            switch member.value {
            case .object(let inner) where maps.contains(member.name):
                schema.members[index].value = .object(
                    JSONObject(inner.members.map { .init($0.name, change($0.value, [member.name, $0.name])) })
                )
            case .array(let items) where lists.contains(member.name) || member.name == "items":
                schema.members[index].value = .array(
                    items.enumerated().map { change($1, [member.name, String($0)]) }
                )
            case let value where single.contains(member.name) || member.name == "items":
                schema.members[index].value = change(value, [member.name])
            default: break
            }
        }
        return schema
    }
}

/// The schemas of one tool as components of a document: its definitions are components as well, and references lead there.
struct ComponentSchemas {
    /// Names and schemas, the whole one first.
    private(set) var components: [JSONObject.Member] = []
    private let root: JSON
    private let name: String
    /// Definitions, with the components that they become, by their pointers.
    private var moved: [String: (component: String, schema: JSON)] = [:]
    private var order: [String] = []
    private var names = ComponentNames()

    static let deepest = 64

    /// `name` is made of what a component's name may have: `A-Za-z0-9._-`.
    init(_ schema: JSON, named name: String) {
        root = schema.object == nil && schema.bool == nil ? [:] : schema
        self.name = name
        collect(root, [], 0)
        components = [.init(name, rewritten(root, 0))]
        for case let place? in order.map({ moved[$0] }) {
            components.append(.init(place.component, rewritten(place.schema, 0)))
        }
    }

    private mutating func collect(_ schema: JSON, _ steps: [String], _ depth: Int) {
        guard let object = schema.object, depth < Self.deepest else { return }
        for keyword in SchemaPlaces.definitions {
            for member in object[keyword]?.object?.members ?? [] {
                let pointer = (steps + [keyword, member.name]).map { "/" + $0.pointerStep }.joined()
                guard moved[pointer] == nil else { continue }
                moved[pointer] = ("\(name).\(names.unique(member.name))", member.value)
                order.append(pointer)
            }
        }
        var found: [(JSON, [String])] = []
        _ = SchemaPlaces.mapped(object) { inner, more in
            found.append((inner, more))
            return inner
        }
        for (inner, more) in found { collect(inner, steps + more, depth + 1) }
    }

    /// Without definitions, and with references that lead to components.
    private func rewritten(_ schema: JSON, _ depth: Int) -> JSON {
        guard var object = schema.object else { return schema }
        guard depth < Self.deepest else { return [:] }
        object = SchemaPlaces.mapped(object) { inner, _ in rewritten(inner, depth + 1) }
        object.members.removeAll { member in
            SchemaPlaces.definitions.contains(member.name) && member.value.object != nil
                || ["$id", "$schema", "$anchor", "$dynamicAnchor", "$dynamicRef", "$vocabulary"].contains(member.name)
        }
        guard let reference = object["$ref"] else { return .object(object) }
        // What is elsewhere is never fetched because a server says so; what is nowhere says nothing.
        object["$ref"] = reference.string.flatMap { component($0) }.map { .string("#/components/schemas/" + $0) }
        return .object(object)
    }

    private func component(_ reference: String) -> String? {
        guard reference.hasPrefix("#") else { return nil }
        let pointer = reference.dropFirst()
        // The innermost definition around it.
        var outer = pointer
        while let slash = outer.lastIndex(of: "/") {
            if let place = moved[String(outer)] {
                let rest = pointer[outer.endIndex...]
                return place.schema.target(of: "#" + rest) == nil ? nil : place.component + rest
            }
            outer = outer[..<slash]
        }
        return root.target(of: reference) == nil ? nil : name + pointer
    }
}

/// Names for the definitions of one schema, each given once: `A-Za-z0-9._-`.
private struct ComponentNames {
    private var taken: Set<String> = []
    /// What the next of the same name ends with.
    private var numbers: [String: Int] = [:]

    mutating func unique(_ text: String) -> String {
        let base = String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? $0 : "_" })
        var (candidate, number) = (base, numbers[base] ?? 2)
        while !taken.insert(candidate).inserted {
            candidate = "\(base)_\(number)"
            number += 1
        }
        numbers[base] = number
        return candidate
    }
}

extension String {
    /// One step of a JSON pointer in a fragment of an address.
    var pointerStep: String {
        let text = replacing(every: "~", with: "~0").replacing(every: "/", with: "~1")
        let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"%\"<>\\^`{|}#".utf8.contains($0) }
        return isPlain ? text : PercentEncoding.encoded(text)
    }
}
