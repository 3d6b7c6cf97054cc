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
