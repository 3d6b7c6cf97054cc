/// Text inside of HTML, between tags and in quoted attributes.
package enum HTMLEscaping {
    /// Nothing of it can become markup.
    package static func escaped(_ text: String) -> String {
        // Scalars, since a sign with an accent is another character.
        text.unicodeScalars.reduce(into: "") { html, scalar in
            switch scalar {
            case "&": html += "&amp;"
            case "<": html += "&lt;"
            case ">": html += "&gt;"
            case "\"": html += "&quot;"
            case "'": html += "&#39;"
            default: html.unicodeScalars.append(scalar)
            }
        }
    }
}
