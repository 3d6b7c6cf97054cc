import Clock
import Commands
import HTTP
import HTTPServer
import Logging
import Settings
import SharedStore
import Telemetry

/// What the operator of a server sees, on a port of its own: `/metrics` for programs, `/status` for a person.
struct OperatorService: HTTPService {
    let wiring: Wiring
    /// What instances share; nil for one that stands alone.
    let store: StoreClient?
    /// Whether only this machine can reach it.
    let isLoopback: Bool
    /// In seconds since 1970.
    let started: Double

    /// Nil where no port is set.
    static func listen(_ wiring: Wiring, _ store: StoreClient?) throws(HTTPServerError) -> HTTPServer? {
        let settings = wiring.settings.metrics
        guard let port = settings.port else { return nil }
        let service = OperatorService(
            wiring: wiring,
            store: store,
            isLoopback: settings.host.isLoopback,
            started: SystemClock.secondsSince1970()
        )
        let place = HTTPServerConfiguration(address: settings.host.text, port: port)
        let server = try HTTPServer(place, log: wiring.log, service: service)
        let host = server.address.contains(":") ? "[\(server.address)]" : server.address
        wiring.log.info("metrics", ("address", "http://\(host):\(server.port)/metrics"))
        return server
    }

    func receive(_ exchange: HTTPExchange) { exchange.reply(response(to: exchange.head)) }

    private func response(to head: HTTPRequestHead) -> HTTPResponse {
        guard !isLoopback || Self.namesLoopback(head) else {
            return Self.plain(.forbidden, "This server does not answer under that name. Use its own address.")
        }
        guard head.method == .get || head.method == .head else {
            var response = Self.plain(.methodNotAllowed, "This method is not served here. Use GET.")
            response.fields["Allow"] = "GET, HEAD"
            return response
        }
        switch head.path {
        case "/metrics": return metrics(Exposition(accept: head.fields["Accept"]))
        case "/status", "/status.css":
            guard Self.isOperator(head) else {
                return Self.plain(.forbidden, "This page is for this machine alone. Open it there.")
            }
            return head.path == "/status" ? page : Self.style
        default: return Self.plain(.notFound, "There is nothing at this path. Try /metrics or /status.")
        }
    }

    private func metrics(_ format: Exposition) -> HTTPResponse {
        let readings = wiring.telemetry.metrics.readings + ProcessFigures.readings(startTime: started)
        return HTTPResponse(.ok, fields: Self.fields, text: format.rendered(readings), type: format.mediaType)
    }

    private var page: HTTPResponse {
        let page = StatusPage(wiring, store?.health, started: started, now: SystemClock.secondsSince1970())
        var fields = Self.fields
        fields["Content-Security-Policy"] =
            "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        fields["Referrer-Policy"] = "no-referrer"
        return HTTPResponse(.ok, fields: fields, text: page.html, type: "text/html; charset=utf-8")
    }

    private static var style: HTTPResponse {
        HTTPResponse(.ok, fields: fields, text: StatusPage.style, type: "text/css; charset=utf-8")
    }

    /// From this machine, under a name of this machine, and not passed on by a proxy, behind which anyone could be.
    private static func isOperator(_ head: HTTPRequestHead) -> Bool {
        let isPassedOn = ["X-Forwarded-For", "Forwarded", "Via"].contains { head.fields[$0] != nil }
        return isLoopback(head.peer) && namesLoopback(head) && !isPassedOn
    }

    /// A page of another site reaches a server of this machine under a name of its own (DNS rebinding).
    private static func namesLoopback(_ head: HTTPRequestHead) -> Bool {
        let host = head.fields["Host"].flatMap { URLText("http://\($0)/") }?.host.lowercased()
        return host.map { HTTPServer.loopbackNames.contains($0) } ?? false
    }

    private static func isLoopback(_ address: String) -> Bool {
        address == "::1" || address.hasPrefix("127.") || address.hasPrefix("::ffff:127.")
    }

    private static let fields: HTTPFields = [
        "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
    ]

    private static func plain(_ status: HTTPStatus, _ text: String) -> HTTPResponse {
        HTTPResponse(status, fields: fields, text: "\(text)\n")
    }
}
