extension JSON {
    /// The value with other texts, names of members among them; nil when `replaced` is nil for all, and then nothing is
    /// copied.
    package func replacingTexts(_ replaced: (String) -> String?) -> JSON? {
        switch self {
        case .string(let text): replaced(text).map { .string($0) }
        case .array(let items): items.replacing { $0.replacingTexts(replaced) }.map { .array($0) }
        case .object(let object):
            object.members.replacing { member in
                let name = replaced(member.name)
                let value = member.value.replacingTexts(replaced)
                return name == nil && value == nil ? nil : .init(name ?? member.name, value ?? member.value)
            }
            .map { .object(JSONObject($0)) }
        case .null, .bool, .number: nil
        }
    }
}

extension Array {
    /// The list with those elements for which `replaced` is not nil; nil when it is for all.
    package func replacing(_ replaced: (Element) -> Element?) -> [Element]? {
        var result: [Element]?
        for index in indices {
            guard let element = replaced(self[index]) else { continue }
            if result == nil { result = self }
            result?[index] = element
        }
        return result
    }
}
