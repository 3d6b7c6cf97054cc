import HTTP
import Logging
import Synchronization

/// What all requests to a server share.
final class ServerCore: Sendable {
    let service: any HTTPService
    let limits: HTTPServerLimits
    let log: Log
    let isStopping = Atomic(false)
    /// Bytes of all bodies that are being sent or answered.
    private let bodies = Atomic(0)

    init(service: any HTTPService, limits: HTTPServerLimits, log: Log) {
        self.service = service
        self.limits = limits
        self.log = log
    }

    /// False when there is no room for so many bytes more; what was taken has to be given back.
    func takeRoom(_ bytes: Int) -> Bool {
        if bodies.wrappingAdd(bytes, ordering: .relaxed).newValue <= limits.allBodies { return true }
        giveRoom(bytes)
        return false
    }

    func giveRoom(_ bytes: Int) { bodies.wrappingSubtract(bytes, ordering: .relaxed) }

    /// What the server says by itself; the connection ends after it.
    func refusal(_ problem: HTTPProblem, of head: HTTPRequestHead?) -> HTTPResponse {
        var response = service.refusal(problem, of: head)
        response.fields["Connection"] = "close"
        return response
    }
}
