/// What a schema says of a value.
enum SchemaVerdict: Hashable, Sendable {
    case valid
    /// Something in the schema is not understood here, and all that is understood allows the value.
    case unknown
    /// `path` says where, such as `filters[0].name`; `what` reads on from it.
    case invalid(path: String, what: String)

    var isInvalid: Bool { if case .invalid = self { true } else { false } }

    /// Of two that both have to hold.
    func and(_ other: @autoclosure () -> SchemaVerdict) -> SchemaVerdict {
        if isInvalid { return self }
        let other = other()
        if other.isInvalid { return other }
        return self == .unknown ? .unknown : other
    }
}

/// Where in a value something is checked, and how far inside of a schema the rule for it stands.
struct SchemaPlace {
    private(set) var path = ""
    private(set) var depth = 0

    func member(_ name: String) -> SchemaPlace { at(path.isEmpty ? name : "\(path).\(name)") }
    func item(_ index: Int) -> SchemaPlace { at("\(path)[\(index)]") }
    var inward: SchemaPlace { SchemaPlace(path: path, depth: depth + 1) }

    private func at(_ path: String) -> SchemaPlace { SchemaPlace(path: path, depth: depth) }

    /// `what` reads on from the path.
    func fault(_ what: String) -> SchemaVerdict { .invalid(path: path, what: what) }
}
