package import JSON
import Text

/// The arguments of one call, read by name — or, with no call at hand, the list of what would be read.
///
/// One initializer reads each argument once, in a straight line: run with arguments it yields the call and all mistakes,
/// run on `describing` it yields the schema. It must not branch on a value just read, or the schema would miss one arm.
package struct Arguments: Sendable {
    /// How many an object may have; no more are looked at.
    package static let most = 1_000
    /// How many mistakes of one kind are reported one by one.
    static let mostTold = 20

    private let given: JSONObject?
    /// How many there are where they are too many; none of them is read then.
    private let excess: Int?
    /// Whose arguments these are, for sentences: a tool's name, or `sort` in quotes.
    private let owner: String
    /// What is before a name in sentences: `sort.` for the members of that object.
    private let prefix: String
    private let withheld: Set<String>
    /// Filled while describing only; a call does not pay for the schema.
    private var properties: [JSONObject.Member] = []
    private var required: [String] = []
    private var listed: [String] = []
    private var unlisted: [String] = []
    private var taken: [String] = []
    private var noted: [String] = []
    /// The arguments that were given wrongly, or not at all where they must be.
    private var mistaken: Set<String> = []

    package static let describing = Arguments.describing(withholding: [])

    /// Describes arguments without these choices.
    package static func describing(withholding withheld: Set<String>) -> Arguments {
        Arguments(nil, owner: "", prefix: "", withheld)
    }

    /// `withheld` are choices that exist and may not be made here.
    package init(_ given: JSONObject, of tool: String, withholding withheld: Set<String> = []) {
        self.init(given, owner: tool, prefix: "", withheld)
    }

    init(_ given: JSONObject, inside name: String) { self.init(given, owner: "`\(name)`", prefix: "\(name).", []) }

    private init(_ given: JSONObject?, owner: String, prefix: String, _ withheld: Set<String>) {
        excess = given.flatMap { $0.members.count > Self.most ? $0.members.count : nil }
        self.given = excess == nil ? given : JSONObject()
        self.owner = owner
        self.prefix = prefix
        self.withheld = withheld
    }

    /// Reads one argument; it may be left out when there is a `fallback` or its type is optional.
    package mutating func read<Value: ArgumentValue>(
        _ name: String,
        _ about: String = "",
        default fallback: Value? = nil
    ) -> Value {
        // Most arguments of most calls are left out.
        if Value.isOptional, isLeftOut(name) {
            listed.append(name)
            return .placeholder
        }
        return readOrDescribe(name, about, default: fallback)
    }

    private mutating func readOrDescribe<Value: ArgumentValue>(
        _ name: String,
        _ about: String,
        default fallback: Value?
    ) -> Value {
        describe(name, about, Value.schema, default: fallback?.literal)
        return value(name, about, fallback: fallback) { json, path throws(ArgumentMistakes) in
            try Value.read(json, as: path)
        }
    }

    /// A whole number within limits.
    package mutating func read(
        _ name: String,
        _ about: String = "",
        in limits: ClosedRange<Int>,
        default fallback: Int? = nil
    ) -> Int {
        describe(name, about, Int.schema(in: limits), default: fallback?.literal)
        return value(name, about, fallback: fallback) { json, path throws(ArgumentMistakes) in
            try Int.read(json, as: path, in: limits)
        }
    }

    /// A whole number within limits, which may be left out.
    package mutating func read(_ name: String, _ about: String = "", in limits: ClosedRange<Int>) -> Int? {
        describe(name, about, Int.schema(in: limits), default: nil)
        return value(name, about, fallback: .some(nil)) { json, path throws(ArgumentMistakes) -> Int?? in
            try Int.read(json, as: path, in: limits)
        }
    }

    /// Reads an argument that is accepted but not listed in the schema, because another one is the better way to say it.
    package mutating func readUnlisted<Value: ArgumentValue>(_ name: String) -> Value? {
        unlisted.append(name)
        return value(name, "", fallback: .some(nil)) { json, path throws(ArgumentMistakes) -> Value?? in
            try Value.read(json, as: path)
        }
    }

    /// Records a mistake that only shows when several arguments are seen together.
    package mutating func note(_ mistake: String) {
        if given != nil { noted.append(mistake) }
    }

    /// The same about one argument: `note("min", "must not be above `max`.")`.
    package mutating func note(_ name: String, _ problem: String) {
        mistaken.insert(name)
        note("`\(prefix)\(name)` \(problem)")
    }
}

extension Arguments {
    /// All that is wrong with this call, each a sentence; empty when it may go ahead.
    package var mistakes: [String] {
        if let excess {
            return [
                "\(owner) was given \(excess) arguments, and at most \(Self.most) are read. Send only those it lists."
            ]
        }
        return noted + unknown
    }

    /// Whether something is wrong with this argument already, so that nothing need be said of its absence.
    package func isMistaken(_ name: String) -> Bool { mistaken.contains(name) }

    /// The names that were read, in order; what a test compares with a tool's properties.
    package var names: [String] { listed + unlisted }

    /// JSON Schema 2020-12 in the plain subset that every client's model understands: no unions, no combinators.
    package var schema: JSON {
        var schema: JSON = ["type": "object"]
        if !properties.isEmpty { schema["properties"] = .object(JSONObject(properties)) }
        if !required.isEmpty { schema["required"] = .strings(required) }
        // Where more is accepted than listed, the schema must not forbid it.
        if unlisted.isEmpty { schema["additionalProperties"] = false }
        return schema
    }

    private mutating func describe(
        _ name: String,
        _ about: String,
        _ schema: @autoclosure () -> JSON,
        default fallback: JSON?
    ) {
        listed.append(name)
        guard given == nil else { return }
        var schema = schema()
        if !withheld.isEmpty, let choices = schema["enum"]?.array {
            schema["enum"] = .array(choices.filter { !withheld.contains($0.string ?? "") })
        }
        if !about.isEmpty { schema["description"] = .string(about) }
        if let fallback { schema["default"] = fallback }
        properties.append(JSONObject.Member(name, schema))
    }

    private mutating func value<Value: ArgumentValue>(
        _ name: String,
        _ about: String,
        fallback: Value?,
        _ read: (JSON, String) throws(ArgumentMistakes) -> Value?
    ) -> Value {
        let isRequired = fallback == nil && !Value.isOptional
        if isRequired && given == nil { required.append(name) }
        do {
            if let raw = take(name), !raw.isNull, let value = try read(raw, prefix + name) {
                if !withheld.isEmpty, let choice = (value as? any ArgumentChoice)?.literal?.string,
                    withheld.contains(choice)
                {
                    note(name, "cannot be `\(choice)` here: it would write, and this server may not.")
                }
                return value
            }
            if isRequired { note(name, about.isEmpty ? "is missing." : "is missing: \(about)") }
        } catch {
            mistaken.insert(name)
            noted += error.sentences
        }
        return fallback ?? .placeholder
    }

    /// The argument of that name; `objectId` is taken for `object_id`, which it can only mean.
    private mutating func take(_ name: String) -> JSON? {
        guard let given, let spelling = spelling(of: name) else { return nil }
        taken.append(spelling)
        return given[spelling]
    }

    private func isLeftOut(_ name: String) -> Bool { given != nil && spelling(of: name) == nil }

    /// How the caller spells `name`; nil when it is not given, or nothing is left that has not been read.
    private func spelling(of name: String) -> String? {
        guard let members = given?.members, taken.count < members.count else { return nil }
        let same = members.first { $0.name == name } ?? members.first { Suggestion.isSame($0.name, name) }
        return same?.name
    }

    private var unknown: [String] {
        guard let given, given.members.count > taken.count else { return [] }
        var seen = Set(taken)
        let others = given.names.filter { seen.insert($0).inserted }
        let known = names
        let sentences = others.prefix(Self.mostTold).map { sentence(about: $0, known) }
        let untold = others.count - sentences.count
        return untold == 0 ? sentences : sentences + ["\(untold) more are not arguments of \(owner) either."]
    }

    private func sentence(about name: String, _ known: [String]) -> String {
        let start = "`\(prefix)\(ArgumentMistakes.shown(name))` is not an argument of \(owner)"
        if let nearest = Suggestion.nearest(to: name, among: known) {
            return "\(start); did you mean `\(nearest)`?"
        }
        return known.isEmpty
            ? "\(start), which takes none." : "\(start); it takes \(known.joined(separator: ", "))."
    }
}

/// What is wrong with one argument, in whole sentences.
package struct ArgumentMistakes: Error, Hashable, Sendable {
    package let sentences: [String]

    package init(_ sentences: [String]) { self.sentences = sentences }

    /// Makes a sentence such as: `limit` must be a whole number; it was "many".
    package init(_ name: String, mustBe expectation: String, not found: JSON) {
        sentences = ["`\(name)` must be \(expectation); it was \(Self.shown(found.text))."]
    }

    /// A few characters of what was given, on one line.
    static func shown(_ text: String) -> String {
        // Cut before it is looked at: a character may be as long as its sender likes, and have a backtick in it.
        let beginning = String(text.unicodeScalars.prefix(240))
        let line = String(beginning.map { $0.isNewline || $0.unicodeScalars.contains("`") ? " " : $0 })
        return line.count > 60 ? line.prefix(57) + "…" : line
    }
}
