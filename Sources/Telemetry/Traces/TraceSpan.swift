import Clock
package import JSON
import Synchronization

/// One piece of work in a trace: begun by a ``Tracer``, ended once.
///
/// One that is not sampled keeps nothing; what is begun below it is not sampled either.
package final class TraceSpan: Sendable {
    /// As OTLP numbers them.
    package enum Kind: Int, Sendable {
        case inside = 1
        case server = 2
        case client = 3
    }

    struct State {
        var attributes: [JSONObject.Member] = []
        /// In nanoseconds; nil while it lasts.
        var duration: Int?
        var hasFailed = false
    }

    /// What is being worked on in this task; what tasks begin goes on below it.
    @TaskLocal package static var current: TraceSpan?

    package let context: TraceContext
    let name: String
    let kind: Kind
    let parent: UInt64?
    let link: TraceContext?
    /// In seconds since 1970.
    let start: Double
    private let began: Int
    private let tracer: Tracer
    private let state: Mutex<State>

    init(
        _ name: String,
        _ kind: Kind,
        _ context: TraceContext,
        parent: UInt64?,
        link: TraceContext?,
        attributes: [JSONObject.Member],
        of tracer: Tracer
    ) {
        self.name = name
        self.kind = kind
        self.context = context
        self.parent = parent
        self.link = link
        self.tracer = tracer
        start = SystemClock.secondsSince1970()
        began = SystemClock.nanoseconds()
        state = Mutex(State(attributes: context.isSampled ? attributes : []))
    }

    package var isOver: Bool { state.withLock { $0.duration != nil } }
    var known: State { state.withLock { $0 } }

    /// Names and values that follow from this program, never what a client or OvalEdge wrote.
    package func note(_ name: String, _ value: JSON) {
        guard context.isSampled else { return }
        state.withLock { if $0.duration == nil { $0.attributes.append(.init(name, value)) } }
    }

    /// The first end counts; `error` is what sort it was, if it was one.
    package func finish(error: String? = nil) {
        let duration = max(SystemClock.nanoseconds() - began, 0)
        let isFirst = state.withLock { state in
            guard state.duration == nil else { return false }
            state.duration = duration
            state.hasFailed = error != nil
            if let error { state.attributes.append(.init("error.type", .string(error))) }
            return true
        }
        if isFirst, context.isSampled { tracer.ended(self) }
    }
}
