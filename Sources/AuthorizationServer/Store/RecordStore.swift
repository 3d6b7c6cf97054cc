/// Keeps records by name until they end: all that is different between one store and another.
package protocol RecordStore: Sendable {
    /// In the order of `names`; nil for what is not there, or has ended.
    func records(_ names: [String]) async throws(GrantsUnavailable) -> [[UInt8]?]

    /// The same without waiting; nil where another machine has to be asked.
    func recordsAtHand(_ names: [String]) -> [[UInt8]?]?

    /// All records that are in a list, in no order.
    func records(inList list: String) async throws(GrantsUnavailable) -> [[UInt8]]

    /// Makes all of a change, or none of it and returns false where something is not as the change expects it.
    ///
    /// When it returns, what it made outlives the process, unless the change is volatile. It is called for a change
    /// with nothing in it, too: then it returns when all that was there before outlives the process.
    func apply(_ change: RecordChange) async throws(GrantsUnavailable) -> Bool
}

/// What happens to records in one step.
package struct RecordChange: Sendable {
    package struct Put: Sendable {
        package let name: String
        /// Text, and never empty.
        package let value: [UInt8]
        /// In seconds since 1970.
        package let end: Double
        package let lists: [RecordList]

        package init(_ name: String, _ value: [UInt8], end: Double, lists: [RecordList] = []) {
            self.name = name
            self.value = value
            self.end = end
            self.lists = lists
        }
    }

    /// What records have to be for anything to happen; nil for those that must not be there.
    package var expected: [String: [UInt8]?] = [:]
    package var puts: [Put] = []
    package var drops: [String] = []
    /// Whether it may be lost with the process.
    package var isVolatile = false

    var isEmpty: Bool { expected.isEmpty && puts.isEmpty && drops.isEmpty }

    package init() {}
}

/// A list that a record is in for as long as it is there.
package struct RecordList: Hashable, Sendable {
    package let name: String
    /// How many it holds, where there is a limit; the one that ends first makes room.
    package let most: Int?

    package init(_ name: String, most: Int? = nil) {
        self.name = name
        self.most = most
    }
}

/// The store cannot be asked at the moment, which says nothing of what is in it.
package struct GrantsUnavailable: Error, Hashable, Sendable {
    /// A sentence for the log.
    package let reason: String

    package init(_ reason: String) { self.reason = reason }
}
