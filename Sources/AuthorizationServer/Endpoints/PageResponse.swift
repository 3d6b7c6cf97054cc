import HTTP

/// How pages are sent: to be seen once, by one person, in no one's frame, and to send what is typed nowhere else.
extension HTTPResponse {
    /// `cookies` are whole `Set-Cookie` values.
    static func page(
        _ status: HTTPStatus,
        _ page: SignInPage,
        isSecure: Bool,
        cookies: [String] = [],
        fields: HTTPFields = [:]
    ) -> HTTPResponse {
        var response = HTTPResponse(status, fields: fields, text: page.html, type: "text/html; charset=utf-8")
        response.fields.protectPage(isSecure: isSecure)
        for cookie in cookies { response.fields.append("Set-Cookie", cookie) }
        return response
    }

    /// To an address of ours; 303, so that the browser does not send again what was typed (RFC 9700 §4.12).
    static func seeOther(_ address: String, isSecure: Bool, cookies: [String] = []) -> HTTPResponse {
        var response = HTTPResponse(303, fields: ["Location": address])
        response.fields.protectPage(isSecure: isSecure)
        for cookie in cookies { response.fields.append("Set-Cookie", cookie) }
        return response
    }
}

extension HTTPFields {
    fileprivate mutating func protectPage(isSecure: Bool) {
        let style = SignInStyle.digest.map { "style-src '\($0)'; " } ?? ""
        append(
            "Content-Security-Policy",
            "default-src 'none'; \(style)img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
        )
        append("X-Frame-Options", "DENY")
        // With no-referrer, browsers send `Origin: null` with a form.
        append("Referrer-Policy", "same-origin")
        append("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
        append("Cross-Origin-Resource-Policy", "same-origin")
        append("Cache-Control", "no-store")
        append("X-Robots-Tag", "noindex, nofollow")
        if isSecure { append("Strict-Transport-Security", "max-age=31536000") }
    }
}
