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
                result += character.utf8
                rest = rest[name.endIndex...].dropFirst()
            } else {
                result.append(UInt8(ascii: "&"))
                rest = rest.dropFirst()
            }
        }
        return result + rest
    }

    private static let longestName = 10

    /// Nil for what is no character; empty for one that is never seen.
    private static func character(_ name: String) -> String? {
        guard name.first == "#" else { return named[name] }
        let digits = name.dropFirst()
        let isHexadecimal = digits.first == "x" || digits.first == "X"
        let value = isHexadecimal ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        guard let value else { return nil }
        if let known = numbered[value] { return known }
        return Unicode.Scalar(value).map { String(Character($0)) }
    }

    /// What number is meant for which character, where it is another's in Unicode: those of Windows, and blank space.
    private static let numbered: [UInt32: String] = [
        130: "‚", 132: "„", 133: "…", 139: "‹", 145: "‘", 146: "’", 147: "“", 148: "”", 149: "•", 150: "–", 151: "—",
        128: "€", 153: "™", 155: "›", 160: " ", 173: "", 8203: "", 8204: "", 65279: "",
    ]

    /// The names of the characters from 160 on, in their order.
    private static let latin = """
        nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute \
        micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig \
        Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times \
        Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave \
        eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave \
        uacute ucirc uuml yacute thorn yuml
        """

    private static let others: [String: String] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ", "ensp": " ", "emsp": " ",
        "thinsp": " ", "shy": "", "zwnj": "", "zwj": "", "ndash": "–", "mdash": "—", "hellip": "…", "lsquo": "‘",
        "rsquo": "’", "ldquo": "“", "rdquo": "”", "sbquo": "‚", "bdquo": "„", "lsaquo": "‹", "rsaquo": "›",
        "bull": "•", "trade": "™", "euro": "€", "rarr": "→", "larr": "←", "uarr": "↑", "darr": "↓", "harr": "↔",
        "rArr": "⇒", "le": "≤", "ge": "≥", "ne": "≠", "asymp": "≈", "infin": "∞", "minus": "−", "sum": "∑",
        "dagger": "†", "permil": "‰", "check": "✓", "OElig": "Œ", "oelig": "œ", "Scaron": "Š", "scaron": "š",
        "Zcaron": "Ž", "zcaron": "ž", "Ccaron": "Č", "ccaron": "č", "NewLine": " ", "Tab": " ",
        "colon": ":", "comma": ",", "period": ".", "lpar": "(", "rpar": ")", "num": "#", "sol": "/", "lowbar": "_",
    ]

    private static let named: [String: String] = {
        var named = others
        for (index, name) in latin.split(separator: " ").enumerated() where named[String(name)] == nil {
            named[String(name)] = Unicode.Scalar(UInt32(160 + index)).map { String(Character($0)) }
        }
        return named
    }()
}
