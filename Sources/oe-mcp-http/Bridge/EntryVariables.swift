import JSON
import Text

/// Fills in what a file of servers leaves to the environment, as clients write it: `${NAME}`, `${NAME:-default}` and
/// `${env:NAME}`.
struct EntryVariables {
    let environment: [String: String]

    /// Each text in an entry with its variables; what is another kind of variable is refused, and never sent as it is.
    func filled(_ json: JSON) throws(EntryReader.Fault) -> JSON {
        switch json {
        case .object(var object):
            for index in object.members.indices {
                object.members[index].value = try filled(object.members[index].value)
            }
            return .object(object)
        case .array(let items):
            var all: [JSON] = []
            for item in items { all.append(try filled(item)) }
            return .array(all)
        default: return try json.string.map { text throws(EntryReader.Fault) in .string(try filled(text)) } ?? json
        }
    }

    private func filled(_ text: String) throws(EntryReader.Fault) -> String {
        var result = ""
        var rest = text[...]
        while let start = rest.range(ofFirst: "${") {
            guard let end = rest[start.upperBound...].firstIndex(of: "}") else { break }
            result += rest[..<start.lowerBound]
            result += try value(of: rest[start.upperBound..<end])
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }

    private func value(of inner: Substring) throws(EntryReader.Fault) -> String {
        let bare = inner.hasPrefix("env:") ? inner.dropFirst(4) : inner
        let separator = bare.range(ofFirst: ":-")
        let name = String(separator.map { bare[..<$0.lowerBound] } ?? bare)
        let usual = separator.map { String(bare[$0.upperBound...]) }
        guard let first = name.utf8.first, !(0x30...0x39).contains(first),
            name.utf8.allSatisfy({
                $0 == UInt8(ascii: "_") || Character(.init($0)).isLetter || (0x30...0x39).contains($0)
            })
        else {
            throw EntryReader.Fault(
                what: "has a variable `${\(inner.prefix(40))}`, which is not known here",
                advice: "Write ${NAME} for a variable of the environment, or ${NAME:-default}."
            )
        }
        // As in a shell, an empty one counts as missing where there is a default.
        let found = environment[name].flatMap { $0.isEmpty && usual != nil ? nil : $0 }
        if let value = found ?? usual { return value }
        throw EntryReader.Fault(
            what: "names the variable \(name), which is not set",
            advice: "Set it, or write ${\(name):-default}."
        )
    }
}
