extension Sequence {
    /// The first result that is not nil; unlike `lazy.compactMap { … }.first`, it asks no element twice.
    @inlinable package func firstNonNil<Result>(_ transform: (Element) throws -> Result?) rethrows -> Result? {
        for element in self {
            if let result = try transform(element) { return result }
        }
        return nil
    }
}
