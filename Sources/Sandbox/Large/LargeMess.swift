import JSON

/// The ways in which the large catalog writes what it knows, as catalogs do that many programs fed.
enum LargeMess {
    /// Yes and no in seven forms.
    static func flag(_ value: Bool, _ number: Int) -> JSON {
        switch number % 4 {
        case 0: .string(value ? "Y" : "N")
        case 1: .int(value ? 1 : 0)
        case 2: .bool(value)
        default: .string(value ? "yes" : "no")
        }
    }

    /// The mark of a critical data element: `None` is a third value.
    static func mark(_ value: Bool, _ number: Int) -> JSON {
        switch number % 3 {
        case 0: .string(value ? "Yes" : "None")
        case 1: .string(value ? "Y" : "N")
        default: .int(value ? 1 : 0)
        }
    }

    /// A number as itself, as a text, or with separators.
    static func number(_ value: Int?, _ number: Int) -> JSON {
        guard let value else { return .null }
        switch number % 3 {
        case 0: return .int(value)
        case 1: return .string(String(value))
        default: return .string(separated(value))
        }
    }

    /// `-1,200`.
    static func separated(_ value: Int) -> String {
        let digits = String(value.magnitude)
        var text = ""
        for (place, digit) in digits.enumerated() {
            if place > 0, (digits.count - place) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return value < 0 ? "-" + text : text
    }

    /// A vacant role is written in four ways, one of which is no member at all.
    static func person(_ person: LargePerson?, _ number: Int) -> JSON? {
        if let person { return .string(person.name) }
        switch number % 4 {
        case 0: return .null
        case 1: return ""
        case 2: return "N/A"
        default: return nil
        }
    }

    /// A day in four ways; one that is not known is full of zeros.
    static func day(_ asset: LargeAsset, _ catalog: LargeCatalog) -> JSON {
        guard catalog.created(asset) != nil else { return "0000-00-00" }
        let day = LargeDay(asset.roll(.created, below: 2860))
        switch asset.id % 4 {
        case 0: return .int(day.milliseconds)
        case 1: return .string(day.text + "T08:30:00Z")
        case 2: return .string(String(day.milliseconds))
        default: return .string(day.text)
        }
    }

    /// A description as rich text, as a bare text, or with its tags where plain text should be.
    static func description(_ text: String, _ number: Int) -> JSON {
        let marked = "<p>\(text.split(separator: " ").joined(separator: "&nbsp;"))</p>"
        switch number % 5 {
        case 0: return .string(text)
        case 1: return ["plainText": .string("<p><b>\(text)</b></p>"), "wikitext": .string(marked)]
        case 2: return ["plainText": .null, "wikitext": .string("<p>\(text)</p>")]
        default: return ["plainText": .string(text), "wikitext": .string("<p>\(text)</p>")]
        }
    }

    static func certification(_ word: String?, _ number: Int) -> JSON {
        guard let word else { return number % 2 == 0 ? .null : "None" }
        return .string(number % 3 == 0 ? word.uppercased() : word)
    }
}
