import JSON

/// What was found when a recording was replayed.
package struct ReplayReport: Sendable {
    /// One message that is not what it was.
    package struct Difference: Hashable, Sendable {
        package let message: String
        /// A line for each place in it.
        package let places: [String]
    }

    /// How many messages of the server were compared.
    package private(set) var compared = 0
    package private(set) var differences: [Difference] = []
    /// What was not sent.
    package internal(set) var leftOut: [String] = []

    package var isSame: Bool { differences.isEmpty }

    mutating func add(_ places: [String], of message: String) {
        compared += 1
        if !places.isEmpty { differences.append(Difference(message: message, places: places)) }
    }

    mutating func miss(_ message: String) {
        compared += 1
        differences.append(Difference(message: message, places: ["recorded, and does not come now"]))
    }

    mutating func addUnasked(_ message: String) {
        differences.append(Difference(message: message, places: ["recorded, and nothing had asked for it"]))
    }

    mutating func giveUp(with left: Int) {
        let place = "\(left) not sent, since too many answers did not come"
        differences.append(Difference(message: "the rest of what the client said", places: [place]))
    }

    mutating func addStranger(_ label: String, _ message: JSON) {
        let place = "comes now, and was not recorded: \(JSONComparison.excerpt(message))"
        differences.append(Difference(message: label, places: [place]))
    }
}

/// Two messages in the same place, one recorded and one of now.
struct JSONComparison {
    let rules: ReplayRules
    let carried: CarriedTexts

    private static let mostPlaces = 10
    private static let longest = 100

    /// A line for each place that differs, and how many there are beyond those.
    func differences(_ recorded: JSON, _ current: JSON) -> [String] {
        var places: [String] = []
        compare(rules.neutral(carried.replaced(in: recorded)), rules.neutral(current), at: "", &places)
        guard places.count > Self.mostPlaces else { return places }
        return places.prefix(Self.mostPlaces) + ["and \(places.count - Self.mostPlaces) more"]
    }

    private func compare(_ recorded: JSON, _ current: JSON, at path: String, _ places: inout [String]) {
        switch (recorded, current) {
        case (.object(let recorded), .object(let current)): compare(recorded, current, at: path, &places)
        case (.array(let recorded), .array(let current)):
            for (index, pair) in zip(recorded, current).enumerated() {
                compare(pair.0, pair.1, at: "\(path)[\(index)]", &places)
            }
            if recorded.count != current.count {
                places.append("\(path): \(recorded.count) items recorded, \(current.count) now")
            }
        case (.string(let recorded), .string(let current)):
            if recorded != current { places += Self.lines(recorded, current, at: path) }
        default:
            if recorded != current {
                places.append("\(path): \(Self.excerpt(recorded)) recorded, \(Self.excerpt(current)) now")
            }
        }
    }

    private func compare(_ recorded: JSONObject, _ current: JSONObject, at path: String, _ places: inout [String]) {
        for member in recorded.members where !isFree(member.name, at: path) {
            let place = path.isEmpty ? member.name : "\(path).\(member.name)"
            if let other = current[member.name] {
                compare(member.value, other, at: place, &places)
            } else {
                places.append("\(place): \(Self.excerpt(member.value)) recorded, missing now")
            }
        }
        for member in current.members where recorded[member.name] == nil {
            places.append("\(path.isEmpty ? "" : path + ".")\(member.name): new now, \(Self.excerpt(member.value))")
        }
    }

    /// Ids of questions and the version of the server are others each time.
    private func isFree(_ name: String, at path: String) -> Bool {
        name == "id" && path.isEmpty || name == "version" && path.hasSuffix("serverInfo")
    }

    /// The first line that differs.
    private static func lines(_ recorded: String, _ current: String, at path: String) -> [String] {
        let old = recorded.split(separator: "\n", omittingEmptySubsequences: false)
        let new = current.split(separator: "\n", omittingEmptySubsequences: false)
        let same = zip(old, new).prefix { $0 == $1 }.count
        let where_ = old.count > 1 || new.count > 1 ? "\(path), line \(same + 1)" : path
        let (was, now) = (old[from: same], new[from: same])
        return [
            "\(where_): \(was.map { "“\(cut($0))”" } ?? "nothing") recorded, \(now.map { "“\(cut($0))”" } ?? "nothing") now"
        ]
    }

    static func excerpt(_ json: JSON) -> String { cut(json.text[...]) }

    private static func cut(_ text: Substring) -> String {
        text.count > longest ? "\(text.prefix(longest))…" : String(text)
    }
}

extension [Substring] {
    fileprivate subscript(from place: Int) -> Substring? { place < count ? self[place] : nil }
}
