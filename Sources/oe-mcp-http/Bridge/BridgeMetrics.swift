import Clock
import Commands
import HTTP
import HTTPServer
import MCP
import Telemetry

/// What is counted, as text for who collects it.
struct BridgeMetrics: Sendable {
    private let telemetry: Telemetry
    let remote = RemoteMetrics(OperationNames.mcp(tools: [], transport: "tcp"))
    private let started = SystemClock.secondsSince1970()

    init(_ telemetry: Telemetry) { self.telemetry = telemetry }

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
