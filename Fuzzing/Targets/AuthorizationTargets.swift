import AuthorizationServer
import HTTP

extension FuzzTarget {
    /// What passes as a redirect address is what a browser takes it for, and no other matches it.
    static let redirects = FuzzTarget("redirects") { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        guard let redirect = RedirectURI(text) else { return }
        try hold(
            redirect.text == text && text.utf8.allSatisfy { (0x21...0x7E).contains($0) },
            "It was changed: \(text)"
        )
        try hold(redirect.matches(redirect), "It does not match itself: \(text)")
        try hold(!["javascript", "data", "file", "blob"].contains(redirect.scheme), "It is a script: \(text)")
        let registered = ["https://a.example/cb", "http://127.0.0.1/cb", "cursor://a/cb"].compactMap { RedirectURI($0) }
        for other in registered where redirect.matches(other) && redirect.text != other.text {
            let isOther = redirect.kind == .loopback && text.hasPrefix("http://127.0.0.1:") && text.hasSuffix("/cb")
            try hold(isOther, "\(text) passes for \(other.text)")
        }
        guard redirect.kind != .app, let url = URLText(text) else { return }
        try hold(redirect.host.filter { !"[]".contains($0) } == url.host, "Its host is another: \(text)")
    }

    /// A document is taken or refused, and what is taken leads where it may.
    static let clientDocuments = FuzzTarget("client-documents") { bytes in
        guard let id = ClientDocumentID("https://app.example/client.json") else { throw Broken("There is no address.") }
        _ = ClientDocumentID(String(decoding: bytes, as: UTF8.self))
        guard let document = try? ClientDocument(bytes, of: id, known: RedirectPolicy(exact: [])) else { return }
        try hold(!document.name.isEmpty && document.name.count <= 64, "Its name is \(document.name)")
        for redirect in document.redirects {
            let isOwn = redirect.kind == .loopback || redirect.text.hasPrefix("https://app.example/")
            try hold(isOwn, "It leads to \(redirect.text)")
        }
    }

    /// A form is read in one way, and what is written again is read as the same.
    static let forms = FuzzTarget("forms") { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        guard let form = FormFields(text) else { return }
        let type: HTTPFields = ["Content-Type": "application/x-www-form-urlencoded"]
        try hold(FormFields(body: Array(text.utf8), type) == form, "A body is read otherwise: \(text)")
        let pairs = URLText.queryItems(text).filter { !form.repeated.contains($0.name) && !$0.value.isEmpty }
        for (name, value) in pairs { try hold(form[name] == value, "\(name) is read as \(form[name] ?? "nothing")") }
    }
}
