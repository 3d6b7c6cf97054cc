import Testing

@testable import Telemetry

@Suite struct `What crosses from one process to the next` {
    private static let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    @Test func `names the trace, the span and whether it is kept`() throws {
        let context = try #require(TraceContext(traceparent: Self.good))
        #expect(context.traceID.text == "0af7651916cd43dd8448eb211c80319c")
        #expect(context.spanText == "b7ad6b7169203331")
        #expect(context.isSampled)
    }

    @Test func `may say more in versions to come`() {
        #expect(TraceContext(traceparent: "01" + Self.good.dropFirst(2) + "-more") != nil)
    }

    @Test(arguments: [
        "", "00", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331", good + "-more", "ff" + good.dropFirst(2),
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0g",
        "00-+af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-０af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    ])
    func `is nothing where it is not as the standard says`(text: String) {
        #expect(TraceContext(traceparent: text) == nil)
    }

    @Test func `is kept where it began, if the sampler follows that`() throws {
        let kept = try #require(TraceContext(traceparent: Self.good))
        let left = try #require(TraceContext(traceparent: Self.good.dropLast() + "0"))
        let never = TraceSampling(share: 0)
        #expect(never.takes(kept.traceID, parent: kept) && !never.takes(kept.traceID, parent: nil))
        #expect(!TraceSampling().takes(left.traceID, parent: left))
        #expect(TraceSampling(share: 1, followsParent: false).takes(left.traceID, parent: left))
    }

    @Test func `is kept in about the share that is asked for, and by the id alone`() {
        let half = TraceSampling(share: 0.5)
        let ids = (0..<2000).map { _ in TraceContext.newTraceID() }
        let taken = ids.filter { half.takes($0, parent: nil) }
        #expect((800...1200).contains(taken.count))
        #expect(taken.allSatisfy { half.takes($0, parent: nil) })
    }
}
