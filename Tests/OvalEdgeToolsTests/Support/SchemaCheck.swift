import JSON

/// Compares a value with the plain subset of JSON Schema that tools use; each difference is a sentence with its path.
func differences(_ value: JSON, from schema: JSON, at path: String = "$") -> [String] {
    if let type = schema["type"]?.string, !isOf(type, value) { return ["\(path) is \(value.kind), not \(type)"] }
    if let choices = schema["enum"]?.array, !choices.contains(value) { return ["\(path) is none of its choices"] }
    var found: [String] = []
    for name in schema["required"]?.array ?? [] where value[name.string ?? ""] == nil {
        found.append("\(path).\(name.string ?? "") is missing")
    }
    let known = schema["properties"]?.object
    for member in value.object?.members ?? [] {
        if let schema = known?[member.name] {
            found += differences(member.value, from: schema, at: "\(path).\(member.name)")
        } else if schema["additionalProperties"] == false {
            found.append("\(path).\(member.name) is not known")
        }
    }
    if let items = schema["items"] {
        for (index, item) in (value.array ?? []).enumerated() {
            found += differences(item, from: items, at: "\(path)[\(index)]")
        }
    }
    return found
}

private func isOf(_ type: String, _ value: JSON) -> Bool {
    switch type {
    case "object": value.object != nil
    case "array": value.array != nil
    case "string": value.string != nil
    case "integer": value.int != nil
    case "number": value.double != nil
    case "boolean": value.bool != nil
    default: false
    }
}

/// Every schema inside a schema, itself included, with its path.
func subschemas(of schema: JSON, at path: String = "$") -> [(path: String, schema: JSON)] {
    var all = [(path, schema)]
    for member in schema["properties"]?.object?.members ?? [] {
        all += subschemas(of: member.value, at: "\(path).\(member.name)")
    }
    if let items = schema["items"] { all += subschemas(of: items, at: "\(path)[]") }
    return all
}
