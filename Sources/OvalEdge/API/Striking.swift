import HTTP
import JSON
import Logging

// What another server repeats of the secrets it was told is struck before anything of it is cut off, escaped or encoded
// anew, since it would not be recognised after that.

extension JSON {
    func struck(by finder: SecretFinder) -> JSON { repeats(finder) ? without(finder) : self }

    /// Nearly always false, and then nothing is copied.
    private func repeats(_ finder: SecretFinder) -> Bool {
        switch self {
        case .string(let text): finder.struck(text) != nil
        case .array(let items): items.contains { $0.repeats(finder) }
        case .object(let object):
            object.members.contains { finder.struck($0.name) != nil || $0.value.repeats(finder) }
        case .null, .bool, .number: false
        }
    }

    private func without(_ finder: SecretFinder) -> JSON {
        switch self {
        case .string(let text): .string(finder.struck(text) ?? text)
        case .array(let items): .array(items.map { $0.without(finder) })
        case .object(let object):
            .object(
                JSONObject(
                    object.members.map {
                        JSONObject.Member(finder.struck($0.name) ?? $0.name, $0.value.without(finder))
                    }
                )
            )
        case .null, .bool, .number: self
        }
    }
}

extension HTTPResponse {
    func fieldsStruck(by finder: SecretFinder) -> HTTPResponse {
        guard fields.all.contains(where: { finder.struck($0.value) != nil }) else { return self }
        var response = self
        response.fields = HTTPFields()
        for field in fields.all { response.fields.append(field.name, finder.struck(field.value) ?? field.value) }
        return response
    }
}
