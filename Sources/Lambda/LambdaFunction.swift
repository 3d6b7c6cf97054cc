package import HTTP
package import HTTPServer
import JSON
package import Logging

/// An HTTP service as a function of AWS Lambda: takes one invocation after the other, and answers each.
package struct LambdaFunction: Sendable {
    /// So long before the runtime ends an invocation, what has no answer gets one.
    private static let reserve = Duration.seconds(1)
    /// The body of the request is one text in it.
    private static let eventLimits = JSON.Limits(depth: 64, values: 50_000)

    private let runtime: LambdaRuntime
    private let server: InProcessServer
    private let streams: Bool
    private let afterwards: @Sendable () -> Void
    private let log: Log

    /// `streams` says whether the caller of the function takes answers as they come into being; `afterwards` is called
    /// after each, since until the next invocation nothing runs.
    package init(
        _ runtime: LambdaRuntime,
        _ service: any HTTPService,
        streams: Bool,
        log: Log,
        afterwards: @escaping @Sendable () -> Void = {}
    ) {
        self.runtime = runtime
        server = InProcessServer(service: service, log: log)
        self.streams = streams
        self.afterwards = afterwards
        self.log = log
    }

    /// Serves so many invocations at a time until the runtime hands over no more; nothing in an event ends it.
    package func serveAll(atOnce count: Int = 1) async -> HTTPFailure {
        await withTaskGroup(of: HTTPFailure.self) { group in
            for _ in 0..<max(count, 1) { group.addTask { await serve() } }
            defer { group.cancelAll() }
            return await group.next() ?? .cancelled
        }
    }

    private func serve() async -> HTTPFailure {
        while true {
            do throws(HTTPFailure) { await serve(try await runtime.next()) } catch { return error }
            afterwards()
        }
    }

    private func serve(_ invocation: LambdaRuntime.Invocation) async {
        do throws(LambdaError) {
            let event = try Self.event(invocation)
            let patience = invocation.timeLeft.map { max($0 - min(Self.reserve, $0 / 4), .zero) }
            await server.serve(event.head, event.body, within: patience) { response, body in
                await deliver(response, body, of: event, to: invocation.id)
            }
        } catch {
            log.warning("invocation refused", ("invocation", invocation.id), ("problem", error.type))
            _ = await isTaken(invocation.id) { () async throws(HTTPFailure) in
                try await runtime.fail(invocation.id, error.type, error.description)
            }
        }
    }

    private static func event(_ invocation: LambdaRuntime.Invocation) throws(LambdaError) -> LambdaEvent {
        guard let json = try? JSON(parsing: invocation.event, within: eventLimits) else { throw .notJSON }
        return try LambdaEvent(json, trace: invocation.trace)
    }

    private func deliver(
        _ response: HTTPResponse,
        _ body: (any HTTPBodySource)?,
        of event: LambdaEvent,
        to id: String
    ) async -> Bool {
        if streams {
            let stream = LambdaStream(response, body)
            return await isTaken(id) { () async throws(HTTPFailure) in try await runtime.stream(id, stream) }
        }
        var whole = response
        if let body { whole.body = await Self.collected(body) }
        let answer = LambdaAnswer.whole(whole, for: event.form) ?? tooLarge(event)
        return await isTaken(id) { () async throws(HTTPFailure) in try await runtime.complete(id, answer) }
    }

    private func tooLarge(_ event: LambdaEvent) -> [UInt8] {
        let refusal = server.refusal(.answerTooLarge(limit: LambdaAnswer.limit(for: event.form)), of: event.head)
        return LambdaAnswer.whole(refusal, for: event.form) ?? []
    }

    /// A stream to its end, for who takes only what is whole.
    private static func collected(_ source: any HTTPBodySource) async -> [UInt8] {
        var body: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let (ready, isReady) = AsyncStream.makeStream(of: Void.self)
            guard let count = buffer.withUnsafeMutableBytes({ source.read(into: $0) { isReady.finish() } }) else {
                return body
            }
            if count == 0 { for await _ in ready {} }
            body += buffer.prefix(count)
        }
    }

    private func isTaken(_ id: String, _ send: () async throws(HTTPFailure) -> Void) async -> Bool {
        do throws(HTTPFailure) {
            try await send()
            return true
        } catch {
            log.warning("answer not taken", ("invocation", id), ("cause", error.description))
            return false
        }
    }
}
