import HTTP
import Text

/// One thing that goes wrong, how often, and where.
package struct SandboxFault: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        case unauthorized = "401"
        case revoked = "400-revoked"
        case forbidden = "403"
        case tooMany = "429"
        case serverError = "500"
        case badGateway = "502"
        case unavailable = "503"
        case gatewayTimeout = "504"
        case html, redirect, empty, slow, cut
    }

    package let kind: Kind
    /// Nil is always.
    package var count: Int?
    /// Part of the paths to which it applies.
    package var route: String?
    /// Seconds for `slow`, `429` and `503`; bytes for `cut`.
    package var number: Double?
    /// Where `redirect` leads.
    package var address: String?

    package init(_ kind: Kind, count: Int? = 1, route: String? = nil, number: Double? = nil, address: String? = nil) {
        self.kind = kind
        self.count = count
        self.route = route
        self.number = number
        self.address = address
    }

    func hits(_ path: String) -> Bool {
        guard let route else { return path != Sandbox.signInPath }
        return path.holds(route)
    }

    /// Nil for the faults that delay or cut the true answer.
    var response: HTTPResponse? {
        switch kind {
        case .unauthorized: SandboxSession.unauthorized
        case .revoked: SandboxSession.superseded
        case .forbidden: .refusal(.forbidden, "Forbidden")
        case .tooMany: retryable(.tooManyRequests, "Too many requests", after: number ?? 1)
        case .serverError: .refusal(.internalServerError, "Internal Server Error")
        case .badGateway: HTTPResponse(.badGateway, text: "<h1>502 Bad Gateway</h1>", type: "text/html")
        case .unavailable: retryable(.serviceUnavailable, "Service Unavailable", after: number)
        case .gatewayTimeout: HTTPResponse(.gatewayTimeout, text: "<h1>504 Gateway Time-out</h1>", type: "text/html")
        case .html: HTTPResponse(.ok, text: Self.signInPage, type: "text/html; charset=utf-8")
        case .redirect: HTTPResponse(.found, fields: ["Location": address ?? "https://sso.example/login"])
        case .empty: HTTPResponse(.ok)
        case .slow, .cut: nil
        }
    }

    private func retryable(_ status: HTTPStatus, _ message: String, after seconds: Double?) -> HTTPResponse {
        var response = HTTPResponse.refusal(status, message)
        response.fields["Retry-After"] = seconds.map { String(Int($0.rounded(.up))) }
        return response
    }

    private static let signInPage = """
        <!DOCTYPE html>
        <html><head><title>Sign in</title></head>
        <body><form action="/login" method="post"><input name="user"><input name="password" type="password"></form></body></html>
        """
}
