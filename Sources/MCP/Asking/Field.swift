import JSON

/// One field of a form: flat and primitive, as every revision with forms requires it.
package struct Field: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// `length` in characters.
        case text(length: ClosedRange<Int>? = nil, format: Format? = nil, default: String? = nil)
        case number(ClosedRange<Double>? = nil, default: Double? = nil)
        case integer(ClosedRange<Int>? = nil, default: Int? = nil)
        case flag(default: Bool? = nil)
        case choice([Option], default: String? = nil, titles: Titles = .each)
        /// Several of them; before 2025-11-25 written in one text with commas.
        case choices([Option], default: [String] = [])
    }

    package enum Format: String, Sendable {
        case email, uri, date
        case dateTime = "date-time"
    }

    /// How a choice names its options to people.
    package enum Titles: Sendable {
        /// With the option (2025-11-25 on; before, as `parallel`).
        case each
        /// In a second list, `enumNames`, which later revisions keep for older clients.
        case parallel
    }

    package struct Option: Hashable, Sendable {
        package let value: String
        package let title: String?

        package init(_ value: String, title: String? = nil) {
            self.value = value
            self.title = title
        }
    }

    package let name: String
    package let title: String?
    package let description: String?
    package let isRequired: Bool
    package let kind: Kind

    package init(
        _ name: String,
        _ kind: Kind = .text(),
        title: String? = nil,
        description: String? = nil,
        isRequired: Bool = false
    ) {
        self.name = name
        self.kind = kind
        self.title = title
        self.description = description
        self.isRequired = isRequired
    }
}

extension Field {
    /// What was filled in, as this field's kind; nil when it is something else.
    func value(_ raw: JSON) -> JSON? {
        switch kind {
        case .text(let length, _, _):
            guard let text = raw.string else { return nil }
            // JSON Schema counts code points.
            return length?.contains(text.unicodeScalars.count) ?? true ? raw : nil
        case .number(let limits, _):
            guard let number = raw.double else { return nil }
            return limits?.contains(number) ?? true ? raw : nil
        case .integer(let limits, _):
            guard let number = raw.int else { return nil }
            return limits?.contains(number) ?? true ? .int(number) : nil
        case .flag: return raw.bool.map { .bool($0) }
        case .choice(let options, _, _):
            return options.contains { $0.value == raw.string } ? raw : nil
        case .choices(let options, _):
            let values = raw.array?.map { $0.string } ?? raw.string.map { Self.list($0) } ?? [nil]
            let isKnown = values.allSatisfy { value in options.contains { $0.value == value } }
            return isKnown ? .strings(values.compactMap { $0 }) : nil
        }
    }

    private static func list(_ text: String) -> [String?] {
        text.split(separator: ",").map { part in
            var part = part.drop { $0 == " " }
            while part.last == " " { part.removeLast() }
            return String(part)
        }
    }
}
