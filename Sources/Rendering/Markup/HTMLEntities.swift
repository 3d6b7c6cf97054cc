/// The characters that HTML writes as names and numbers between `&` and `;`.
enum HTMLEntities {
    /// `text` with every entity replaced that is known; others stay as they are written.
    static func decoded(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var rest = text
        while let start = rest.firstIndex(of: UInt8(ascii: "&")) {
            result += rest[..<start]
            rest = rest[start...]
            let name = rest.dropFirst().prefix(longestName).prefix {
                $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "&")
            }
            if name.endIndex < rest.endIndex, rest[name.endIndex] == UInt8(ascii: ";"),
                let character = character(String(decoding: name, as: UTF8.self))
            {
                result += String(character).utf8
                rest = rest[name.endIndex...].dropFirst()
            } else {
                result.append(UInt8(ascii: "&"))
                rest = rest.dropFirst()
            }
        }
        return result + rest
    }

    private static let longestName = 10

    private static func character(_ name: String) -> Character? {
        guard name.first == "#" else { return named[name] }
        let digits = name.dropFirst()
        let isHexadecimal = digits.first == "x" || digits.first == "X"
        let value = isHexadecimal ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        return value.flatMap { Unicode.Scalar($0) }.map { Character($0) }
    }

    private static let named: [String: Character] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ", "ensp": " ", "emsp": " ",
        "ndash": "–", "mdash": "—", "hellip": "…", "lsquo": "‘", "rsquo": "’", "ldquo": "“", "rdquo": "”",
        "sbquo": "‚", "bdquo": "„", "laquo": "«", "raquo": "»", "bull": "•", "middot": "·", "copy": "©", "reg": "®",
        "trade": "™", "euro": "€", "pound": "£", "yen": "¥", "cent": "¢", "deg": "°", "plusmn": "±", "times": "×",
        "divide": "÷", "frac12": "½", "frac14": "¼", "sect": "§", "para": "¶", "micro": "µ", "rarr": "→", "larr": "←",
        "le": "≤", "ge": "≥", "ne": "≠", "auml": "ä", "ouml": "ö", "uuml": "ü", "Auml": "Ä", "Ouml": "Ö", "Uuml": "Ü",
        "szlig": "ß", "eacute": "é", "egrave": "è", "ecirc": "ê", "agrave": "à", "aacute": "á", "acirc": "â",
        "ccedil": "ç", "ntilde": "ñ", "ocirc": "ô", "oacute": "ó", "iacute": "í", "uacute": "ú", "aring": "å",
        "oslash": "ø", "aelig": "æ",
    ]
}
