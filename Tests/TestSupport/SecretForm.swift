/// The ways in which a secret may be written, made without the code that redacts them.
package enum SecretForm {
    package static func all(of secret: String) -> [(name: String, text: String)] {
        [("plain", secret)] + escapes.map { ($0, $1(secret)) } + encodings.map { ($0, $1(secret)) } + parts(of: secret)
    }

    private typealias Form = (name: String, write: @Sendable (String) -> String)

    private static let escapes: [Form] = [
        ("percent-encoded", { percentEncoded($0) }),
        ("percent-encoded in small letters", { percentEncoded($0, uppercase: false) }),
        ("percent-encoded as a path", { percentEncoded($0, keeping: "-._~/") }),
        ("percent-encoded by JavaScript", { percentEncoded($0, keeping: "-._~!'()*") }),
        ("percent-encoded by Java", { percentEncoded($0, keeping: "-._*").replacing("%20", with: "+") }),
        ("percent-encoded twice", { percentEncoded(percentEncoded($0)) }),
        ("percent-encoded three times", { percentEncoded(percentEncoded(percentEncoded($0))) }),
        ("decoded as a form", { $0.replacing("+", with: " ") }),
        ("in JSON", { escaped($0, #""\"#) }),
        ("in JSON with slashes escaped", { escaped($0, #""\/"#) }),
        ("in JSON twice", { escaped(escaped($0, #""\"#), #""\"#) }),
        ("in JSON by Gson", { unicode(escaped($0, #""\"#)) { "<>&='".contains($0) } }),
        ("in JSON by Gson, twice", { escaped(unicode(escaped($0, #""\"#)) { "<>&='".contains($0) }, #""\"#) }),
        ("in JSON by Jackson", { unicode(escaped($0, #""\"#)) { !$0.isASCII } }),
        (
            "in JSON in capital letters",
            { unicode($0, uppercase: true) { !$0.isASCII || !$0.isLetter && !$0.isNumber } }
        ),
        ("in JavaScript", { scalars($0) { "\\x" + hexadecimal($0.value, width: 2) } }),
        ("in C", { scalars($0) { "\\" + octal($0.value) } }),
        ("in HTML", { html($0, apostrophe: "&#39;") }),
        ("in HTML with names in capital letters", { html($0, apostrophe: "&APOS;", capitals: true) }),
        ("in HTML by Spring", { html($0, apostrophe: "&#x27;") }),
        ("in HTML by OWASP", { scalars($0) { "&#x\(hexadecimal($0.value));" } }),
        ("in HTML by OWASP, in capital letters", { scalars($0) { "&#X\(hexadecimal($0.value).uppercased());" } }),
        ("in HTML in decimal", { scalars($0) { "&#\($0.value);" } }),
        ("in HTML twice", { html(scalars($0) { "&#x\(hexadecimal($0.value));" }, apostrophe: "&#39;") }),
        ("in HTML in JSON", { unicode(html($0, apostrophe: "&#39;")) { $0 == "&" } }),
    ]

    private static let encodings: [Form] = [
        ("in Base64", { base64($0) }),
        ("in Base64 behind a name", { base64("u:" + $0) }),
        ("in Base64 behind another name", { base64("me:" + $0) }),
        ("in Base64 for addresses", { base64($0).map { $0.forAddresses }.joined() }),
        ("in Base64, percent-encoded", { percentEncoded(base64("x" + $0)) }),
        ("in hexadecimal", { $0.utf8.map { hexadecimal(UInt32($0), width: 2) }.joined() }),
        ("in hexadecimal capitals", { $0.utf8.map { hexadecimal(UInt32($0), width: 2).uppercased() }.joined() }),
        ("in hexadecimal of UTF-16", { $0.utf16.map { hexadecimal(UInt32($0), width: 4) }.joined() }),
        (
            "in hexadecimal of UTF-16, the low byte first",
            { $0.utf16.map { hexadecimal(UInt32($0.byteSwapped), width: 4).uppercased() }.joined() }
        ),
        ("in small letters", { asciiLetters($0, 0x41...0x5A) }),
        ("in capital letters", { asciiLetters($0, 0x61...0x7A) }),
    ]

    /// A secret that was cut off.
    private static func parts(of secret: String) -> [(name: String, text: String)] {
        [
            ("the first twelve", String(secret.prefix(12))), ("the first twenty", String(secret.prefix(20))),
            ("all but the last", String(secret.dropLast())),
        ]
    }

    package static func percentEncoded(_ text: String, uppercase: Bool = true, keeping kept: String = "-._~") -> String
    {
        text.utf8.reduce(into: "") { result, byte in
            let character = Character(Unicode.Scalar(byte))
            let isPlain = character.isASCII && (character.isLetter || character.isNumber || kept.contains(character))
            let digits = hexadecimal(UInt32(byte), width: 2)
            result += isPlain ? String(character) : "%" + (uppercase ? digits.uppercased() : digits)
        }
    }

    private static func escaped(_ text: String, _ special: String) -> String {
        text.reduce(into: "") { $0 += special.contains($1) ? "\\\($1)" : String($1) }
    }

    private static func html(_ text: String, apostrophe: String, capitals: Bool = false) -> String {
        let names: [Character: String] = ["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;", "'": apostrophe]
        return text.reduce(into: "") { text, character in
            let name = names[character].map { capitals ? $0.uppercased() : $0 }
            text += name ?? String(character)
        }
    }

    /// `\uXXXX` for every character that needs it.
    private static func unicode(
        _ text: String,
        uppercase: Bool = false,
        where needsIt: (Character) -> Bool
    ) -> String {
        text.reduce(into: "") { result, character in
            guard needsIt(character) else { return result += String(character) }
            for unit in String(character).utf16 {
                let digits = hexadecimal(UInt32(unit), width: 4)
                result += "\\u" + (uppercase ? digits.uppercased() : digits)
            }
        }
    }

    /// Everything but letters, digits and a few signs as `written`; what is not ASCII as it is.
    private static func scalars(_ text: String, _ written: (Unicode.Scalar) -> String) -> String {
        text.unicodeScalars.reduce(into: "") { result, scalar in
            let character = Character(scalar)
            let isPlain = !scalar.isASCII || character.isLetter || character.isNumber || ",.-_ ".contains(character)
            result += isPlain ? String(character) : written(scalar)
        }
    }

    private static func hexadecimal(_ value: UInt32, width: Int = 1) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: max(width - digits.count, 0)) + digits
    }

    private static func octal(_ value: UInt32) -> String {
        let digits = String(value, radix: 8)
        return String(repeating: "0", count: max(3 - digits.count, 0)) + digits
    }

    private static func asciiLetters(_ text: String, _ range: ClosedRange<UInt8>) -> String {
        String(decoding: text.utf8.map { range.contains($0) ? $0 ^ 0x20 : $0 }, as: UTF8.self)
    }

    package static func base64(_ text: String) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        let bits = text.utf8.flatMap { byte in (0..<8).map { byte >> (7 - $0) & 1 } }
        let groups = stride(from: 0, to: bits.count, by: 6).map { start in
            (0..<6).reduce(0) { $0 << 1 | (start + $1 < bits.count ? Int(bits[start + $1]) : 0) }
        }
        return String(groups.map { alphabet[$0] }) + String(repeating: "=", count: (4 - groups.count % 4) % 4)
    }
}

extension Character {
    fileprivate var forAddresses: String { self == "+" ? "-" : self == "/" ? "_" : self == "=" ? "" : String(self) }
}
