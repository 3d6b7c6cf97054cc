package import HTTP
import JSON
import MCPClient
package import StreamableHTTP
import Telemetry

// Calls whose progress is reported.
extension RESTServer {
    /// Begins the call that `request` is, and reports its progress on the stream that `open` makes; what cannot be begun
    /// is answered as ever.
    package func stream(_ request: RESTRequest, into open: @Sendable () -> EventStream) async -> HTTPResponse? {
        guard case .toolStream(let name)? = RESTRoute(request.steps), request.method == .post else {
            return await resolve(request)
        }
        let begun: Begun
        let ahead = EarlyEvents()
        do throws(RESTError) {
            begun = try await self.begun(name, request, session: nil) { ahead.report(Self.line(of: $0)) }
        } catch {
            return Self.response(error, requestID: request.id)
        }
        let stream = open()
        ahead.flow(into: stream)
        let last = await last(of: begun, request)
        stream.sendData(last.bytes)
        stream.end()
        return nil
    }

    private static func line(of event: ToolRun.Event) -> JSON {
        switch event {
        case .progress(let params):
            .members(
                ("type", "progress"),
                ("progress", params["progress"]),
                ("total", params["total"]),
                ("message", params["message"])
            )
        case .log(let params):
            .members(
                ("type", "log"),
                ("level", params["level"]),
                ("data", params["data"]),
                ("logger_name", params["logger"])
            )
        }
    }

    private func last(of begun: Begun, _ request: RESTRequest) async -> JSON {
        do throws(RESTError) {
            switch await begun.run.next() {
            case .asked(let questions):
                var json = try parkedAnswer(questions, begun, request)
                json["type"] = "feedback_required"
                return json
            case .ended(.failure(let failure)):
                let error = await error(failure, begun, request)
                begun.span?.finish(error: error.code)
                throw error
            case .ended(.success(let result)):
                begun.span?.finish(error: result["isError"] == true ? "tool_error" : nil)
                guard configuration.maxResponseBytes == 0 || result.bytes.count <= configuration.maxResponseBytes else {
                    throw RESTError.tooLarge
                }
                return ["type": "result", "data": result]
            }
        } catch {
            let message: JSON = error.detail.string.map { .string($0) } ?? .string(error.code)
            return ["type": "error", "data": ["message": message, "details": error.body(requestID: request.id)]]
        }
    }
}
