import HTTP
import JSON

/// Which releases of OvalEdge the sandbox answers like.
package enum SandboxGeneration: String, CaseIterable, Sendable {
    case current
    /// The search by parameters, and access in two endpoints.
    case transition
    /// As OvalEdge 8.1 does, with an endpoint for each purpose.
    case classic
}

/// What is said of a path that the release does not have; what is in front of an OvalEdge differs in it.
package enum UnknownPath: String, CaseIterable, Sendable {
    /// 404 or 405 in the product's own words.
    case refusal
    /// 404 or 405 as the framework below the product writes it.
    case json
    /// 405 with `Allow`, and no more.
    case method
    /// A page with status 200.
    case html
    /// 302 to a sign-in.
    case redirect

    /// `methods` are those that the path has.
    func answer(to call: SandboxCall, methods: [HTTPMethod]) -> HTTPResponse {
        switch self {
        case .refusal: .noEndpoint(for: call, methods: methods)
        case .json: Self.framework(call, methods)
        case .method:
            HTTPResponse(
                .methodNotAllowed,
                fields: ["Allow": Self.list(methods.isEmpty ? [call.method == .get ? .post : .get] : methods)]
            )
        case .html: SandboxFault(.html).response ?? HTTPResponse(.ok)
        case .redirect: SandboxFault(.redirect).response ?? HTTPResponse(.found)
        }
    }

    private static func framework(_ call: SandboxCall, _ methods: [HTTPMethod]) -> HTTPResponse {
        let status: HTTPStatus = methods.isEmpty ? .notFound : .methodNotAllowed
        var response = HTTPResponse.json(
            [
                "timestamp": "2026-11-21T09:00:00.000+00:00", "status": .int(status.rawValue),
                "error": methods.isEmpty ? "Not Found" : "Method Not Allowed", "path": .string(call.path),
            ],
            status: status
        )
        if !methods.isEmpty { response.fields["Allow"] = list(methods) }
        return response
    }

    private static func list(_ methods: [HTTPMethod]) -> String { methods.map { $0.rawValue }.joined(separator: ", ") }
}
