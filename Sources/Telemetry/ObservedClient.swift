import Clock
package import HTTP
import JSON

/// A client whose requests are counted and traced, each attempt by itself: with its status, and never with its query.
package struct ObservedClient: HTTPClient {
    private let client: any HTTPClient
    private let telemetry: Telemetry

    package init(_ client: any HTTPClient, _ telemetry: Telemetry) {
        self.client = client
        self.telemetry = telemetry
    }

    package func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        let span = telemetry.tracer.map { $0.beginBelowCurrent("\(request.method)", .client, Self.attributes(request)) }
        do throws(HTTPFailure) {
            let response = try await client.send(request)
            let status = response.status.rawValue
            telemetry.metrics.requested(status: status)
            span?.note("http.response.status_code", .int(status))
            span?.finish(error: status >= 400 ? String(status) : nil)
            return response
        } catch {
            telemetry.metrics.requested(status: nil)
            span?.finish(error: error.kind)
            throw error
        }
    }

    private static func attributes(_ request: HTTPRequest) -> [JSONObject.Member] {
        let url = URLText(request.url)
        return [
            .init("http.request.method", .string(request.method.rawValue)),
            .init("server.address", .string(url?.host ?? "")), .init("server.port", .int(url?.port ?? 0)),
            .init("url.path", .string(url?.path ?? "")),
        ]
    }
}

extension HTTPFailure {
    /// What sort it is, without a word of where.
    fileprivate var kind: String {
        switch self {
        case .addressNotValid: "address_not_valid"
        case .nameNotResolved: "name_not_resolved"
        case .connectionRefused: "connection_refused"
        case .notReached: "not_reached"
        case .notTrusted: "not_trusted"
        case .fileNotUsable: "file_not_usable"
        case .proxyFailed: "proxy_failed"
        case .timedOut: "timeout"
        case .cutOff: "cut_off"
        case .tooLarge, .tooMuchAtOnce: "too_large"
        case .cancelled: "cancelled"
        case .noClient: "no_client"
        }
    }
}
