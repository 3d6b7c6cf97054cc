/// A script of faults that cannot be read: what is wrong, and what to write.
package struct SandboxFaultsError: Error, Hashable, CustomStringConvertible {
    package let what: String
    package let advice: String

    init(_ what: String, _ advice: String) {
        self.what = what
        self.advice = advice
    }

    package var description: String { "\(what) \(advice)" }
}

extension SandboxFaults {
    package init(parsing text: String) throws(SandboxFaultsError) { self.init(try SandboxFault.all(in: text)) }
}

extension SandboxFault {
    /// Reads `503*2,html@asset-details,slow=2000ms`: a kind, and optionally `=value`, `*count` and `@route`.
    ///
    /// `*` without a number is always. Spaces around a fault do not count; an empty text is no fault.
    package static func all(in text: String) throws(SandboxFaultsError) -> [SandboxFault] {
        if text.nonBlank == nil { return [] }
        var faults: [SandboxFault] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let part = String(part).nonBlank else {
                throw SandboxFaultsError("The faults `\(text)` hold an empty entry.", "Remove the extra comma.")
            }
            faults.append(try SandboxFault(parsing: part))
        }
        return faults
    }

    init(parsing text: String) throws(SandboxFaultsError) {
        let name = text.prefix { !Self.marks.contains($0) }
        guard let kind = Kind(rawValue: String(name)) else {
            let known = Kind.allCases.map { $0.rawValue }.joined(separator: ", ")
            throw SandboxFaultsError("`\(name)` is not a fault.", "Use one of \(known).")
        }
        self.init(kind)
        var rest = text[name.endIndex...]
        var seen: Set<Character> = []
        while let mark = rest.popFirst() {
            guard seen.insert(mark).inserted else {
                throw SandboxFaultsError("`\(text)` has more than one `\(mark)`.", "Write it once.")
            }
            let value = rest.prefix { !Self.marks.contains($0) }
            rest = rest[value.endIndex...]
            switch mark {
            case "*": count = try Self.count(value, in: text)
            case "@": route = try Self.route(value, in: text)
            default: try take(String(value), in: text)
            }
        }
    }

    private static let marks: Set<Character> = ["=", "*", "@"]

    private static func count(_ value: Substring, in text: String) throws(SandboxFaultsError) -> Int? {
        if value.isEmpty { return nil }
        guard let count = Int(value), count > 0 else {
            throw SandboxFaultsError(
                "The count in `\(text)` is not a positive whole number.",
                "Write `*2` for twice or `*` for always."
            )
        }
        return count
    }

    private static func route(_ value: Substring, in text: String) throws(SandboxFaultsError) -> String {
        guard !value.isEmpty else {
            throw SandboxFaultsError("`\(text)` names no route.", "Write a part of its path, as in `@asset-details`.")
        }
        return String(value)
    }

    private mutating func take(_ value: String, in text: String) throws(SandboxFaultsError) {
        switch kind {
        case .slow, .tooMany, .unavailable:
            guard let seconds = Self.seconds(value) else {
                throw SandboxFaultsError(
                    "`\(value)` in `\(text)` is not a time.",
                    "Write milliseconds or seconds, as in `\(kind.rawValue)=2000ms` or `\(kind.rawValue)=2s`."
                )
            }
            number = seconds
        case .cut:
            guard let bytes = Int(value), bytes >= 0 else {
                throw SandboxFaultsError(
                    "`\(value)` in `\(text)` is not a number of bytes.",
                    "Write it as in `cut=100`."
                )
            }
            number = Double(bytes)
        case .redirect where !value.isEmpty: address = value
        default:
            throw SandboxFaultsError("`\(kind.rawValue)` takes no value as in `\(text)`.", "Leave out `=\(value)`.")
        }
    }

    /// `2000ms`, `2s`, `1.5s`, or a bare number of seconds.
    private static func seconds(_ text: String) -> Double? {
        let (number, unit): (Substring, Double) =
            if text.hasSuffix("ms") { (text.dropLast(2), 0.001) } else if text.hasSuffix("s") {
                (text.dropLast(), 1)
            } else {
                (text[...], 1)
            }
        guard let value = Double(number), value >= 0, value <= 86_400 else { return nil }
        return value * unit
    }
}
