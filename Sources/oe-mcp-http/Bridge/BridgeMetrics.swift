import Clock
import Commands
import HTTP
import HTTPServer
import Telemetry

/// What is counted, as text for who collects it.
struct BridgeMetrics: Sendable {
    private let telemetry: Telemetry
    private let remote: RemoteMetrics
    private let started = SystemClock.secondsSince1970()

    init(_ wiring: RemoteWiring, _ remote: RemoteMetrics) {
        telemetry = wiring.telemetry
        self.remote = remote
    }

    @Sendable func exposition(_ head: HTTPRequestHead) -> HTTPResponse {
        let format = Exposition(accept: head.fields["Accept"])
        let readings =
            remote.readings + telemetry.metrics.readings + ProcessFigures.readings(startTime: started)
        return HTTPResponse(
            .ok,
            fields: ["Cache-Control": "no-store"],
            text: format.rendered(readings),
            type: format.mediaType
        )
    }
}
