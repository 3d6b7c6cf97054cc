import Files
import Logging
import TestSupport
import Testing

@testable import Telemetry

@Suite struct `Clients that were seen` {
    private let place = TemporaryDirectory()
    private var seen: SeenClients { SeenClients(place.path + "/seen") }

    private func sighting(_ source: String = "--sandbox") -> ClientSighting {
        ClientSighting(seen, source: source, log: Log(.error) { _ in })
    }

    @Test func `need no folder before one has said its name`() {
        sighting().finish()
        #expect(seen.all == [] && place.names() == [])
    }

    @Test func `are noted once for a process, by the first name`() throws {
        let sighting = sighting()
        for name in ["first", "second"] { sighting.heard(name) }
        sighting.finish()
        let sight = try #require(seen.all.first)
        #expect(
            seen.all.count == 1 && sight.client == "first" && sight.source == "--sandbox" && sight.time > 1_000_000_000
        )
        #expect(place.mode("seen") == 0o700)
    }

    @Test func `have one place for each client and source, the newest first`() throws {
        for (time, client) in [(1.0, "a"), (3, "b"), (2, "a")] {
            try seen.note(SeenClients.Sight(client: client, source: "x", time: time))
        }
        try seen.note(SeenClients.Sight(client: "a", source: "y", time: 4))
        #expect(
            seen.all.map { [$0.client, $0.source, "\($0.time)"] } == [
                ["a", "y", "4.0"], ["b", "x", "3.0"], ["a", "x", "2.0"],
            ]
        )
    }

    @Test func `are forgotten, the oldest first, where there are too many`() throws {
        for number in 0..<60 {
            try seen.note(SeenClients.Sight(client: "c\(number)", source: "x", time: Double(number)))
        }
        #expect(seen.all.map { $0.client } == (10..<60).reversed().map { "c\($0)" })
    }

    @Test func `have names that are not longer than is shown`() throws {
        try seen.note(SeenClients.Sight(client: String(repeating: "é", count: 5000), source: "x", time: 1))
        #expect(seen.all.map { $0.client } == [String(repeating: "é", count: 64)])
    }

    @Test func `are noted in turn where many are at once`() async throws {
        let seen = seen
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask { try seen.note(SeenClients.Sight(client: "a", source: "x", time: Double(number))) }
            }
            try await group.waitForAll()
        }
        #expect(seen.all.map { $0.client } == ["a"])
    }

    @Test func `are no reason to fail where nothing can be kept`() {
        place.write([], to: "seen")
        let sighting = sighting()
        sighting.heard("first")
        sighting.finish()
        #expect(seen.all == [])
    }
}
