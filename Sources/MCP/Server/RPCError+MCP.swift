package import JSONRPC
import Text

extension RPCError {
    /// -32602 for a name that nothing has, with the nearest that something has.
    package static func unknown(_ kind: String, _ name: String, among names: [String]) -> RPCError {
        let start = "There is no \(kind) `\(name.prefix(80))`"
        if let nearest = Suggestion.nearest(to: name, among: names) {
            return .invalidParams("\(start); did you mean `\(nearest)`?")
        }
        guard !names.isEmpty, names.count <= 20 else { return .invalidParams("\(start).") }
        return .invalidParams("\(start). There are \(names.joined(separator: ", ")).")
    }
}
