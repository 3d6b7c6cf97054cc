import Files
import Logging
import OAuth
import TestSupport
import Testing

@testable import AuthorizationServer

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

private typealias Fixture = AuthorizationFixture

@Suite struct `Sign-ins in a folder` {
    private let folder = TemporaryDirectory()
    private let clock = TestClock()

    /// As a server does that starts; waits for the one before to have ended.
    private func opened(_ path: String? = nil) async throws -> RecordsInFolder {
        while true {
            do throws(FolderFault) {
                return try RecordsInFolder(path ?? folder.path + "/store", now: { [clock] in clock.now })
            } catch {
                guard case .inUse = error else { throw error }
                try Task.checkCancellation()
                await Task.yield()
            }
        }
    }

    private var log: String { "store/sign-ins.log" }

    @Test func `outlive the server`() async throws {
        let tokens: IssuedTokens
        do {
            let fixture = Fixture(try await opened(), clock: clock)
            tokens = try await fixture.signedIn()
        }
        do {
            let fixture = Fixture(try await opened(), clock: clock)
            #expect(try await fixture.issuer.opened(tokens.access).content == Fixture.content)
            _ = try await fixture.refreshed(tokens.refresh)
            #expect(try await fixture.store.grants(of: [Fixture.person]).map { $0.id } == [tokens.grant])
        }
        clock.advance(by: 200)
        let fixture = Fixture(try await opened(), clock: clock)
        #expect(try await errorCode { try await fixture.refreshed(tokens.refresh) } == .invalidGrant)
        #expect(try await fixture.store.grants() == [])
    }

    @Test func `are all there after a start, however many lines they take`() async throws {
        let names = (0..<250).map { "access:\($0)" }
        do {
            let records = try await opened()
            var change = RecordChange()
            change.puts = names.map { .init($0, Array("{\"of\":\"\($0)\"}".utf8), end: clock.now + 60) }
            #expect(try await records.apply(change))
        }
        // The first start writes the file again, the second reads what it wrote.
        for _ in 0..<2 {
            let found = await (try await opened()).records(names)
            #expect(found == names.map { Array("{\"of\":\"\($0)\"}".utf8) })
        }
    }

    @Test func `take no more memory than their bytes`() throws {
        var value = Array("{}".utf8)
        value.reserveCapacity(4096)
        var table = RecordTable()
        table.insert(RecordChange.Put("access:1", value, end: 1))
        #expect(try #require(table.rows["access:1"]).value.capacity < 64)
    }

    @Test func `stay revoked`() async throws {
        let (first, second): (IssuedTokens, IssuedTokens)
        do {
            let fixture = Fixture(try await opened(), clock: clock)
            (first, second) = (try await fixture.signedIn(), try await fixture.signedIn())
            try await fixture.issuer.revoke(first.access, by: "client")
            try await fixture.store.revokeGrant(second.grant, for: .operator)
        }
        let fixture = Fixture(try await opened(), clock: clock)
        #expect(await !fixture.isGood(first.access))
        #expect(await !fixture.isGood(second.access))
        #expect(try await errorCode { try await fixture.refreshed(first.refresh) } == nil)
        #expect(try await errorCode { try await fixture.refreshed(second.refresh) } == .invalidGrant)
    }

    @Test func `are for one server at a time`() async throws {
        let first = try await opened()
        let path = folder.path + "/store"
        #expect(throws: FolderFault.inUse(path: path)) { _ = try RecordsInFolder(path, now: { 0 }) }
        withExtendedLifetime(first) {}
    }

    @Test func `are for this user alone`() async throws {
        let fixture = Fixture(try await opened(), clock: clock)
        _ = try await fixture.signedIn()
        #expect(folder.mode("store") == 0o700)
        for name in folder.names(in: "store") { #expect(folder.mode("store/" + name) == 0o600, "\(name)") }
    }

    /// Whatever was written when the process was killed: what was answered before is there, and what was taken back
    /// stays so.
    @Test func `are as they were answered wherever the file was cut off`() async throws {
        var steps: [(size: Int, isGood: [Secret: Bool])] = []
        do {
            let fixture = Fixture(try await opened(), clock: clock)
            let (first, second) = (try await fixture.signedIn(), try await fixture.signedIn())
            let good = [first.access: true, second.access: true]
            steps.append((folder.contents(log).count, good))
            let third = try await fixture.refreshed(first.refresh)
            steps.append((folder.contents(log).count, good.merging([third.access: true]) { $1 }))
            try await fixture.issuer.revoke(second.refresh ?? Secret(""), by: "client")
            steps.append((folder.contents(log).count, [first.access: true, third.access: true, second.access: false]))
            try await fixture.issuer.revoke(third.access, by: "client")
            steps.append((folder.contents(log).count, [first.access: true, third.access: false, second.access: false]))
        }
        let whole = folder.contents(log)
        let copy = folder.path + "/copy"
        for size in stride(from: steps[0].size, through: whole.count, by: 7) {
            _ = try PrivateDirectory(copy)
            folder.write(Array(whole[..<size]), to: "copy/sign-ins.log")
            folder.close("copy/sign-ins.log")
            let records = try await opened(copy)
            let isCut = whole[..<size].last != UInt8(ascii: "\n")
            #expect(records.wasCutOff == isCut)
            let fixture = Fixture(records, clock: clock)
            let step = try #require(steps.last { $0.size <= size })
            let next = steps.first { $0.size > size }
            for (token, isGood) in step.isGood {
                // What was on its way may have arrived.
                if let next, next.isGood[token] != isGood { continue }
                #expect(await fixture.isGood(token) == isGood, "cut off at \(size)")
            }
        }
    }

    @Test func `that were altered are refused, and nothing is changed`() async throws {
        do {
            let fixture = Fixture(try await opened(), clock: clock)
            for _ in 1...3 { _ = try await fixture.signedIn() }
        }
        _ = try await opened()
        let whole = folder.contents(log)
        var altered = whole
        altered[whole.count / 2] ^= 1
        folder.write(altered, to: log)
        await #expect(throws: FolderFault.damaged(path: folder.path + "/" + log, line: 2)) { _ = try await opened() }
        #expect(folder.contents(log) == altered)
        let lines = whole.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        folder.write(Array(lines[1...].joined(separator: [UInt8(ascii: "\n")])), to: log)
        await #expect(throws: FolderFault.unknownFormat(path: folder.path + "/" + log)) { _ = try await opened() }
    }

    @Test func `that cannot be written are an error and no lost sign-in`() async throws {
        let fixture = Fixture(try await opened(), clock: clock)
        let tokens = try await fixture.signedIn()
        let file = folder.path + "/" + log
        // A directory in place of the file takes no lines, and cannot be replaced by a file.
        #expect(remove(file) == 0 && mkdir(file, 0o700) == 0)
        #expect(try await errorCode { try await fixture.refreshed(tokens.refresh) } == .temporarilyUnavailable)
        await #expect(throws: GrantsUnavailable.self) {
            try await fixture.store.revokeGrant(tokens.grant, for: .operator)
        }
        #expect(await fixture.isGood(tokens.access))
        #expect(rmdir(file) == 0)
        let next = try await fixture.refreshed(tokens.refresh)
        #expect(await fixture.isGood(next.access))
    }

    /// A directory in place of the file takes no lines, and cannot be replaced by a file.
    private func withoutRoom(_ body: () async throws -> Void) async throws {
        let file = folder.path + "/" + log
        #expect(rename(file, file + ".kept") == 0 && mkdir(file, 0o700) == 0)
        try await body()
        #expect(rmdir(file) == 0 && rename(file + ".kept", file) == 0)
    }

    @Test func `are what they were where a change could not be written`() async throws {
        let (good, code, revoked): (IssuedTokens, Secret, IssuedTokens)
        do {
            let fixture = Fixture(try await opened(), clock: clock)
            (good, revoked) = (try await fixture.signedIn(), try await fixture.signedIn())
            code = try await fixture.code()
            try await withoutRoom {
                for _ in 1...12 {
                    let refreshing = try await errorCode { try await fixture.refreshed(good.refresh) }
                    let exchanging = try await errorCode { try await fixture.exchanged(code) }
                    #expect((refreshing, exchanging) == (.temporarilyUnavailable, .temporarilyUnavailable))
                    await #expect(throws: GrantsUnavailable.self) {
                        try await fixture.store.revokeGrant(revoked.grant, for: .operator)
                    }
                }
                #expect(await fixture.isGood(revoked.access))
                #expect(try await fixture.store.grants().map { $0.id }.contains(revoked.grant))
            }
        }
        do {
            // As after an end without a last write.
            let fixture = Fixture(try await opened(), clock: clock)
            #expect(await fixture.isGood(revoked.access))
            clock.advance(by: 55)
            try await withoutRoom {
                let exchanging = try await errorCode { try await fixture.exchanged(code) }
                #expect(exchanging == .temporarilyUnavailable)
            }
            #expect(await fixture.isGood(try await fixture.exchanged(code).access))
            clock.advance(by: 300)
            #expect(await fixture.isGood(try await fixture.refreshed(good.refresh).access))
            #expect(try await fixture.store.revokeGrant(revoked.grant, for: .operator))
        }
        let fixture = Fixture(try await opened(), clock: clock)
        #expect(await !fixture.isGood(revoked.access))
        #expect(try await fixture.store.grants().count == 2)
    }

    @Test func `that many change at once are changed by each in turn`() async throws {
        let records = try await opened()
        let first = RecordChange(putting: "assertion:1", end: clock.now + 60)
        let made = await atOnce(20) { try await records.apply(first) }
        #expect(made.filter { $0 == true }.count == 1)
        #expect(made.filter { $0 == false }.count == 19)
    }

    @Test func `take no more room for all that has ended`() async throws {
        do {
            let fixture = Fixture(try await opened(), clock: clock)
            for _ in 1...20 {
                _ = try await fixture.signedIn()
                clock.advance(by: 100 * 86_400)
            }
        }
        _ = try await opened()
        #expect(folder.contents(log).count < 8000)
    }
}

extension RecordChange {
    /// Where it is not there yet.
    fileprivate init(putting name: String, end: Double) {
        self.init()
        expected.updateValue(nil, forKey: name)
        puts = [Put(name, Array("{}".utf8), end: end)]
    }
}
