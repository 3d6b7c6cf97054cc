import JSON
import JSONRPC
import MCPClient

/// A call that a server of 2026-07-28 may want answers for before it has a result ("Multi round-trip requests").
struct Rounds {
    /// After so many a server that asks on and on is left.
    private static let most = 10

    private let first: RemoteCall

    init(_ first: RemoteCall) { self.first = first }

    /// `answer` is asked for each request of the server.
    func result(
        in session: any RemoteSession,
        answer: (String, JSON?) async -> Outcome
    ) async throws(RemoteFailure) -> JSON {
        var call = first
        for _ in 0..<Self.most {
            let result = try await session.call(call)
            guard result["resultType"]?.string == "input_required" else { return result }
            var responses = JSONObject()
            for member in result["inputRequests"]?.object?.members ?? [] {
                switch await answer(member.value["method"]?.string ?? "", member.value["params"]) {
                case .success(let answer): responses[member.name] = (try? JSON(parsing: answer.bytes)) ?? [:]
                case .failure(let error): throw .refused(error)
                }
            }
            call.params = params(responses, result["requestState"])
        }
        throw .protocolFault(detail: "The server asks on and on.")
    }

    private func params(_ responses: JSONObject, _ state: JSON?) -> JSONObject {
        var params = first.params ?? JSONObject()
        if !responses.isEmpty { params["inputResponses"] = .object(responses) }
        params["requestState"] = state
        return params
    }
}
