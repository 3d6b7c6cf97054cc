import HTTP
import OvalEdge
import OvalEdgeTools
import Rendering
import Sandbox
import Text

extension FuzzTarget {
    /// HTML of any kind is read as lines without line breaks; no line is empty, and all together are not much longer.
    static let html = FuzzTarget("html") { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        let read = HTMLText(text)
        for line in read.lines {
            try hold(!line.text.isEmpty, "A line is empty.")
            try hold(line.text.utf8.allSatisfy { $0 >= 0x20 }, "A line has a control character: \(line.text)")
        }
        // An item of five bytes, `<li>a`, has at most ten blanks, its number and its line end with it.
        try hold(read.plain.utf8.count <= text.utf8.count * 5, "It became much longer: \(read.plain)")
        for format in [RichText.Format.html, .plain] {
            let lines = SizeLimits(characters: 100).of(RichText(text, format).lines)
            try hold(lines.count <= 100, "A limits has \(lines.count) lines.")
        }
    }

    /// Base64 and percent-encoding give back what they were given; a date is a finite number.
    static let encodings = FuzzTarget("encodings") { bytes in
        for alphabet in [Base64.Alphabet.standard, .urlSafe] {
            try hold(Base64.decoded(Base64.encoded(bytes, alphabet)) == bytes, "Base64 lost something.")
        }
        let text = String(decoding: bytes, as: UTF8.self)
        if let decoded = Base64.decoded(text) {
            try hold(Base64.decoded(Base64.encoded(decoded)) == decoded, "Base64 lost what it had read.")
        }
        let encoded = PercentEncoding.encoded(text)
        try hold(PercentEncoding.decoded(encoded)?.utf8.elementsEqual(text.utf8) == true, "Percent-encoding lost it.")
        _ = PercentEncoding.decoded(text)
        _ = Suggestion.nearest(to: text, among: ["object_type", text, ""])
        try hold(HTTPDate.seconds(text)?.isFinite ?? true, "A date is no number: \(text)")
        let wait = HTTPResponse(.ok, fields: ["Retry-After": text, "Date": text], body: []).retryAfterSeconds
        try hold(wait.map { $0 >= 0 } ?? true, "A wait is less than nothing: \(text)")
    }

    /// What is read of an address is of use: a host, a port, a path.
    static let urls = FuzzTarget("urls") { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        let pairs = URLText.queryItems(text)
        let again = URLText.queryItems(URLText.query(pairs))
        try hold(pairs.elementsEqual(again) { $0 == $1 }, "A query is not what it was: \(text)")
        guard let url = URLText(text) else { return }
        try hold(!url.host.isEmpty && (1...65_535).contains(url.port), "There is no host or no port: \(text)")
        try hold(url.path.utf8.first == UInt8(ascii: "/"), "The path has no slash: \(text)")
        try hold(!(url.host + url.path).utf8.contains { $0 <= 0x20 || $0 == 0x7F }, "A blank is in it: \(text)")
    }

    /// A script of faults is read or refused in two sentences.
    static let faults = FuzzTarget("faults") { bytes in
        do throws(SandboxFaultsError) {
            _ = try SandboxFaults(parsing: String(decoding: bytes, as: UTF8.self))
        } catch {
            try hold(error.what.hasSuffix(".") && error.advice.hasSuffix("."), "No sentence: \(error)")
        }
    }
}
