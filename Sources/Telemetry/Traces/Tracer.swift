package import JSON

/// Begins spans and hands on those that have ended, as many of them as are to be kept.
package final class Tracer: Sendable {
    private let sampling: TraceSampling
    private let exporter: SpanExporter

    package init(_ sampling: TraceSampling, exporter: SpanExporter) {
        self.sampling = sampling
        self.exporter = exporter
    }

    /// Below `parent`, which is in another process; without one it begins a trace.
    package func begin(
        _ name: String,
        _ kind: TraceSpan.Kind,
        below parent: TraceContext? = nil,
        link: TraceContext? = nil,
        _ attributes: [JSONObject.Member] = []
    ) -> TraceSpan {
        let traceID = parent?.traceID ?? TraceContext.newTraceID()
        let context = TraceContext(
            traceID,
            span: TraceContext.newSpanID(),
            isSampled: sampling.takes(traceID, parent: parent)
        )
        return TraceSpan(
            name,
            kind,
            context,
            parent: parent?.spanID,
            link: link,
            attributes: attributes,
            of: self
        )
    }

    /// Below what is being worked on, if that has not ended; otherwise it begins a trace, as work does that no call waits
    /// for.
    package func beginBelowCurrent(
        _ name: String,
        _ kind: TraceSpan.Kind,
        _ attributes: [JSONObject.Member] = []
    ) -> TraceSpan {
        guard let current = TraceSpan.current, !current.isOver else { return begin(name, kind, attributes) }
        let context = TraceContext(
            current.context.traceID,
            span: TraceContext.newSpanID(),
            isSampled: current.context.isSampled
        )
        return TraceSpan(
            name,
            kind,
            context,
            parent: current.context.spanID,
            link: nil,
            attributes: attributes,
            of: self
        )
    }

    private func begin(_ name: String, _ kind: TraceSpan.Kind, _ attributes: [JSONObject.Member]) -> TraceSpan {
        begin(name, kind, below: nil, link: nil, attributes)
    }

    func ended(_ span: TraceSpan) { exporter.enqueue(span) }

    /// Sends what is left, for at most so long.
    package func flush(within limit: Duration) { exporter.flush(within: limit) }
}

/// Which traces are kept.
package struct TraceSampling: Hashable, Sendable {
    /// The share of traces that begin here, from 0 to 1.
    let share: Double
    /// Whether a trace that began elsewhere is kept if it is kept there.
    let followsParent: Bool

    package init(share: Double = 1, followsParent: Bool = true) {
        self.share = share
        self.followsParent = followsParent
    }

    func takes(_ traceID: TraceContext.TraceID, parent: TraceContext?) -> Bool {
        if followsParent, let parent { return parent.isSampled }
        if share >= 1 { return true }
        // By the id alone, so that all who see a trace decide alike.
        return Double(traceID.low >> 1) < share * 0x1p63
    }
}
