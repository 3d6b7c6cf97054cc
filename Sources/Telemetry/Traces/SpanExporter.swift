import Clock
package import HTTP
import JSON
package import Logging
import Synchronization
import Threads

/// Sends spans to a collector, in batches and behind the back of every call.
///
/// No one ever waits for it: past 2,048 spans the oldest leave, and what a collector does not take is counted and gone.
/// While nothing is traced, nothing of it runs.
package final class SpanExporter: Sendable {
    private struct State {
        var queue = SpanQueue<TraceSpan>()
        /// The process ends: nothing pauses any more.
        var isEnding = false
        var hasWarned = false
    }

    private static let batchSize = 512
    private static let mostAttempts = 4
    /// So that what comes together is sent together.
    private let delay: Duration
    private let collector: Collector
    private let client: @Sendable () -> any HTTPClient
    private let metrics: Metrics
    private let log: Log
    private let pause: @Sendable (Duration) async throws -> Void
    private let state = Monitor(State())

    /// `client` is asked for when there is something to send, and must not be one whose requests are traced.
    package init(
        _ collector: Collector,
        client: @escaping @Sendable () -> any HTTPClient,
        metrics: Metrics,
        log: Log,
        delay: Duration = .seconds(1),
        pause: @escaping @Sendable (Duration) async throws -> Void = SystemClock.sleep
    ) {
        self.collector = collector
        self.client = client
        self.metrics = metrics
        self.log = log
        self.delay = delay
        self.pause = pause
    }

    func enqueue(_ span: TraceSpan) {
        let addition = state.withLock { $0.queue.added(span) }
        if addition.dropsOldest { metrics.counted(.dropped) }
        guard addition.startsSending else { return }
        Task(executorPreference: WorkerPool.shared) {
            try? await self.pause(self.delay)
            await self.export(by: self.client())
        }
    }

    /// Sends what is left, and returns once it is sent or time is over.
    package func flush(within limit: Duration) {
        let isDone = state.withLock { state in
            state.isEnding = true
            return state.queue.isDone
        }
        if isDone { return }
        Task(executorPreference: WorkerPool.shared) { await self.export(by: self.client()) }
        _ = state.wait(seconds: limit / .seconds(1)) { $0.queue.isDone ? true : nil }
    }

    private func export(by client: any HTTPClient) async {
        while true {
            let batch = state.withLock { $0.queue.batch(upTo: Self.batchSize) }
            guard !batch.isEmpty else { break }
            await deliver(batch, by: client)
            state.withLock { $0.queue.settled() }
        }
        state.notify()
    }

    private func deliver(_ batch: [TraceSpan], by client: any HTTPClient) async {
        let request = collector.request(with: batch)
        var attempt = 1
        while true {
            let failure: Failure
            do throws(HTTPFailure) {
                let response = try await client.send(request)
                guard !response.status.isSuccess else { return taken(batch.count, response) }
                failure = Failure(response)
            } catch {
                failure = Failure(error)
            }
            guard failure.mayPass, attempt < Self.mostAttempts, !state.withLock({ $0.isEnding }) else {
                return lost(batch.count, failure)
            }
            try? await pause(failure.pause ?? .seconds(1 << attempt))
            attempt += 1
        }
    }

    /// A success may say that some of them were not taken.
    private func taken(_ count: Int, _ response: HTTPResponse) {
        let partial = (try? JSON(parsing: response.body))?["partialSuccess"]?["rejectedSpans"]
        let rejected = min(max(partial?.int ?? partial?.string.flatMap { Int($0) } ?? 0, 0), count)
        metrics.counted(.sent, count - rejected)
        metrics.counted(.refused, rejected)
        state.withLock { $0.hasWarned = false }
    }

    /// One line, until some are taken again.
    private func lost(_ count: Int, _ failure: Failure) {
        metrics.counted(failure.outcome, count)
        let isFirst = state.withLock { state in
            defer { state.hasWarned = true }
            return !state.hasWarned
        }
        if isFirst { log.warning("traces are not sent", ("reason", failure.reason)) }
    }

    /// Why spans were not taken.
    private struct Failure {
        let outcome: Metrics.SpanOutcome
        let reason: String
        let mayPass: Bool
        /// As long as the collector asks for, up to half a minute.
        let pause: Duration?

        /// OTLP 1.0, "Retryable Response Codes".
        init(_ response: HTTPResponse) {
            outcome = .refused
            reason = "status \(response.status)"
            mayPass = [429, 502, 503, 504].contains(response.status.rawValue)
            pause = response.retryAfterSeconds.map { .seconds(min(max($0, 0), 30)) }
        }

        init(_ failure: HTTPFailure) {
            outcome = .failed
            reason = failure.description
            mayPass = failure != .cancelled
            pause = nil
        }
    }
}
