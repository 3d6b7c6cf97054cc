import Clock
import JSON
import Synchronization

/// One request of a client, from when it was read to when its answer is known; counted once, when it ends.
package final class Operation: Sendable {
    private static let toolFailed = 1 << 8
    private static let over = 1 << 9

    private let telemetry: Telemetry
    private let began = SystemClock.nanoseconds()
    private let place: Int
    private let isCall: Bool
    /// The place of its revision, and two bits.
    private let facts: Atomic<Int>
    /// Nil where nothing is traced.
    package let span: TraceSpan?
    private let parent: String?

    /// `isCall` for one of a tool; `parent` is the `traceparent` that its client sent.
    init(_ telemetry: Telemetry, at place: Int, isCall: Bool, span: TraceSpan?, parent: String?) {
        self.telemetry = telemetry
        self.place = place
        self.isCall = isCall
        self.span = span
        self.parent = parent
        facts = Atomic(telemetry.metrics.revisions.values.count - 1)
    }

    /// The trace that it is part of, as 32 hexadecimal digits, if it is part of one.
    package var traceID: String? {
        (span?.context ?? parent.flatMap { TraceContext(traceparent: $0) })?.traceID.text
    }

    /// By which revision of the protocol it is answered; `place` is its place among ``OperationNames/revisions``.
    package func note(revision: String, at place: Int) {
        facts.store(place, ordering: .relaxed)
        span?.note("mcp.protocol.version", .string(revision))
    }

    /// Its answer is a tool's word that it failed.
    package func toolFailed() { facts.bitwiseOr(Self.toolFailed, ordering: .relaxed) }

    /// Its answer is known; with the code of the protocol's error, if it is one.
    package func finish(error code: Int? = nil) {
        if let code, let span { span.note("rpc.response.status_code", .string(String(code))) }
        close { facts in
            if let code { return String(code) }
            return facts & Self.toolFailed != 0 ? ErrorType.tool : ErrorType.none
        }
    }

    /// Its client took it back, so that it is never answered.
    package func cancelled() { close { _ in ErrorType.cancelled } }

    /// Does its work, of which further spans are part.
    package func running<Result: Sendable>(
        _ work: @Sendable () async -> Result
    ) async -> Result {
        guard let span else { return await work() }
        return await TraceSpan.$current.withValue(span) { await work() }
    }

    private func close(_ error: (Int) -> String) {
        let facts = facts.bitwiseOr(Self.over, ordering: .relaxed).oldValue
        guard facts & Self.over == 0 else { return }
        let type = error(facts)
        telemetry.metrics.ended(
            at: place,
            error: type,
            revision: facts & 0xFF,
            after: SystemClock.nanoseconds() - began,
            trace: span.flatMap { $0.context.isSampled ? $0.context : nil }
        )
        span?.finish(error: type.isEmpty ? nil : type)
        if isCall { telemetry.wasUsed() }
    }
}

extension Metrics {
    fileprivate func ended(
        at operation: Int,
        error: String,
        revision: Int,
        after nanoseconds: Int,
        trace: TraceContext?
    ) {
        let place = error.isEmpty ? 0 : errors.place(of: error)
        operations.observe(nanoseconds, in: operations.row(operation, place, revision), trace: trace)
    }
}
