import Files
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Telemetry

@Suite struct `A process that counts` {
    private let place = TemporaryDirectory()
    private let metrics = Metrics(.test, version: "1")
    private var path: String { place.path + "/stats" }

    private func use(_ keeper: CounterKeeper) {
        Telemetry(metrics, whenUsed: keeper.used).begin("tools/call", tool: "find", id: "1").finish()
    }

    private var calls: Int {
        let sum = try? CounterFolder.existing(path)?.folded(counting: true)?.sum
        return sum.map { CounterReport($0).rows.reduce(0) { $0 + $1.calls } } ?? 0
    }

    @Test func `keeps nothing until it is used`() {
        let keeper = CounterKeeper(path, metrics, log: .none)
        keeper.close()
        #expect(place.names() == [])
    }

    @Test func `writes a second after the first use, and every ten from then on`() async throws {
        let pauses = LockedList<Double>()
        let gate = Mutex(true)
        let keeper = CounterKeeper(path, metrics, log: .none) { seconds in
            pauses.add(seconds)
            while gate.withLock({ $0 }) { await Task.yield() }
        }
        use(keeper)
        use(keeper)
        try await wait { pauses.all.count == 1 }
        gate.withLock { $0 = false }
        // Who sums up may sweep a lock away that is about to be held: then the numbers are written ten seconds later.
        try await wait { place.names(in: "stats").contains { $0.hasPrefix("p") && $0.hasSuffix(".json") } }
        try await wait { calls == 2 }
        use(keeper)
        try await wait { calls == 3 }
        #expect(pauses.all.count == 2 && pauses.all[0] == 1 && pauses.all[1] > 1 && pauses.all[1] <= 10)
    }

    @Test func `writes its last numbers at its end, and leaves no file of its own`() {
        let keeper = CounterKeeper(path, metrics, log: .none)
        use(keeper)
        keeper.close()
        keeper.close()
        #expect(calls == 1 && place.names(in: "stats") == ["sum.json", "sum.lock"])
    }

    @Test func `goes on where there is no place for a file`() {
        place.write([], to: "stats")
        let keeper = CounterKeeper(path, metrics, log: .none)
        use(keeper)
        keeper.close()
        #expect(metrics.count("mcp_server_operation_duration_seconds") == 1)
    }
}
