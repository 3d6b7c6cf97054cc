package import JSON
package import MCP
package import OvalEdge

extension SortField: ArgumentChoice {}
extension SortDirection: ArgumentChoice {}

/// The number of an object in the catalog; 0, which some clients send for no value, means no value.
package struct ObjectID: ArgumentValue, Hashable {
    package let number: Int

    package static var schema: JSON { ["type": "integer", "minimum": 1] }
    package static var placeholder: ObjectID { ObjectID(number: 1) }

    package static func read(_ json: JSON, as name: String) throws(ArgumentMistakes) -> ObjectID? {
        guard let number = try Int.read(json, as: name), number != 0 else { return nil }
        guard number > 0 else { throw ArgumentMistakes(name, mustBe: "the id of an object, 1 or more", not: json) }
        return ObjectID(number: number)
    }
}

/// What lineage can begin with: a table or a file, or what rests on them.
package enum LineageType: String, ArgumentChoice {
    case oetable, oefile, oechart, chartchild, oecolumn, filecolumn, oefilecolumn, oequery, oecode

    package var objectType: ObjectType { ObjectType(rawValue: rawValue) ?? .oetable }

    package static func meant(by word: String) -> LineageType? {
        ObjectType.meant(by: word).flatMap { LineageType(rawValue: $0.rawValue) }
    }
}

/// A connector id in the product's spelling, whatever its case was.
package struct ServerTypeName: ArgumentName, Hashable {
    package static let known = ServerType.known
    package static let placeholder = ServerTypeName(known: "snowflake")

    package let name: String

    package init(known name: String) { self.name = name }
}

/// A day of the calendar; what follows it in a time stamp is dropped.
package struct CalendarDate: ArgumentValue, Hashable {
    package let text: String

    package static var schema: JSON { ["type": "string"] }
    package static var placeholder: CalendarDate { CalendarDate(text: "") }

    package static func read(_ json: JSON, as name: String) throws(ArgumentMistakes) -> CalendarDate? {
        guard let text = try String.read(json, as: name) else { return nil }
        let day = String(text.prefix { $0 != "T" && $0 != " " })
        let parts = day.split(separator: "-", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part in part.allSatisfy { $0.isASCII && $0.isNumber } ? Int(part) : nil }
        guard parts.map({ $0.count }) == [4, 2, 2], numbers.count == 3, (1...12).contains(numbers[1]),
            (1...days(in: numbers[1], of: numbers[0])).contains(numbers[2])
        else { throw ArgumentMistakes(name, mustBe: "a date such as 2026-01-31", not: json) }
        return CalendarDate(text: day)
    }

    /// How many days a month has, which is from 1 to 12.
    static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && year % 100 != 0 || year % 400 == 0 ? 29 : 28
        default: 31
        }
    }
}

/// A day of the calendar, or a time on one; it is sent on as it was written.
package struct Moment: ArgumentValue, Hashable {
    package let text: String
    private let day: CalendarDate

    package static var schema: JSON { CalendarDate.schema }
    package static var placeholder: Moment { Moment(text: "", day: .placeholder) }

    package static func read(_ json: JSON, as name: String) throws(ArgumentMistakes) -> Moment? {
        guard let day = try CalendarDate.read(json, as: name) else { return nil }
        return try String.read(json, as: name).map { Moment(text: $0, day: day) }
    }

    /// Of the same day none is later: their time zones may differ.
    package func isLater(than other: Moment) -> Bool { day.text > other.day.text }
}
