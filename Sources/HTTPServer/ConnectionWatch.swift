import CMicroHTTPD
import Synchronization
import Threads

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Knows all connections, notices those whose other end hangs up, and ends those on which a request comes too slowly.
///
/// The library does not look at a connection that rests, and to it any byte is a sign of life; so there is a thread of
/// ours. The kernel reports hang-ups to it, and it looks at the clock only while something is waited for: then it goes
/// over all connections a few times in the time that is allowed. A request costs no lock and no call of the system.
final class ConnectionWatch: Sendable {
    private let limits: HTTPServerLimits
    private let interval: Duration
    private let events: oe_hangups
    private let all = Mutex<[UInt64: HTTPConnection]>([:])
    private let retired = Mutex<[Daemon]>([])
    /// Whether the thread looks at the clock.
    private let looks = Atomic(false)
    private let isStopped = Atomic(false)

    /// Nil when the system has no descriptors or threads left.
    init?(_ limits: HTTPServerLimits) {
        self.limits = limits
        interval = min(max(min(limits.head, limits.body) / 8, .milliseconds(10)), .seconds(1))
        var events = oe_hangups(set: -1, waker: -1)
        let isOpen = oe_hangups_open(&events) == 0
        self.events = events
        guard isOpen, Threads.start({ [self] in run() }) else {
            return nil
        }
    }

    deinit { oe_hangups_close(events) }

    var count: Int { all.withLock { $0.count } }
    var connections: [HTTPConnection] { all.withLock { Array($0.values) } }

    /// A connection has been taken; where there are too many, the one that has been silent longest has to leave.
    func opened(_ connection: HTTPConnection) {
        all.withLock { all in
            // None is closed by the library before `closed`, so that a descriptor is still that of its connection.
            if all.count >= limits.connections { Self.longestSilent(all.values).map { Self.cut($0.descriptor) } }
            all[connection.number] = connection
        }
        _ = oe_hangups_add(events, connection.descriptor, connection.number)
        keepsLooking()
    }

    func closed(_ connection: HTTPConnection) {
        _ = all.withLock { $0.removeValue(forKey: connection.number) }
        if connection.daemon.isRetiredAndEmpty { wake() }
    }

    /// To be stopped once its last connection has ended.
    func retire(_ daemon: Daemon) {
        retired.withLock { $0.append(daemon) }
        wake()
    }

    /// Called for whatever is waited for: wakes the thread up where it does not look at the clock.
    func keepsLooking() {
        if !looks.load(ordering: .sequentiallyConsistent) { wake() }
    }

    /// Ends the thread, and gives the daemons that have not ended by themselves.
    func stop() -> [Daemon] {
        isStopped.store(true, ordering: .sequentiallyConsistent)
        oe_hangups_wake(events)
        return retired.withLock { retired in
            defer { retired = [] }
            return retired
        }
    }

    private func wake() {
        if !looks.exchange(true, ordering: .sequentiallyConsistent) { oe_hangups_wake(events) }
    }
}

extension ConnectionWatch {
    private func run() {
        var next = ContinuousClock.now
        var quietLooks = 0
        while !isStopped.load(ordering: .sequentiallyConsistent) {
            let now = ContinuousClock.now
            if looks.load(ordering: .sequentiallyConsistent) && now >= next {
                quietLooks = look(at: now) ? 0 : quietLooks + 1
                next = now + interval
                if quietLooks > 1 { doze() }
            }
            hearHangUps(looks.load(ordering: .sequentiallyConsistent) ? Self.milliseconds(next - now) : -1)
        }
    }

    private func hearHangUps(_ milliseconds: Int32) {
        let numbers = withUnsafeTemporaryAllocation(of: UInt64.self, capacity: Int(oe_hangups_room)) { numbers in
            let count = oe_hangups_wait(events, numbers.baseAddress, milliseconds)
            return Array(numbers.prefix(Int(max(count, 0))))
        }
        for number in numbers {
            let connection = all.withLock { all in all[number].flatMap { $0.otherEndHasClosed() ? $0 : nil } }
            if connection?.exchange.withLock({ $0 })?.clientHungUp() == true {
                // The library would wait for a client that does not read.
                all.withLock { $0[number].map { Self.cut($0.descriptor) } }
            }
        }
    }

    /// Ends what is overdue; false when nothing is waited for.
    private func look(at now: ContinuousClock.Instant) -> Bool {
        let (isWaiting, slow) = all.withLock { all in
            var (isWaiting, slow) = (false, [SlowSender]())
            for connection in all.values {
                let wait = connection.wait
                let since = since(wait, of: connection, now)
                guard let limit = limit(of: wait.kind) else {
                    // A connection that has done something is soon to do more.
                    isWaiting = isWaiting || since == now
                    continue
                }
                isWaiting = true
                connection.repeatEnd()
                if now - since >= limit, connection.isOverdue(wait) { slow.append(SlowSender(connection, wait.kind)) }
            }
            return (isWaiting, slow)
        }
        for sender in slow { sender.leave() }
        return reap() || isWaiting
    }

    /// When this wait was first seen; no request has to look at the clock for that.
    private func since(_ wait: Wait, of connection: HTTPConnection, _ now: ContinuousClock.Instant)
        -> ContinuousClock.Instant
    {
        if let seen = connection.seen, seen.wait == wait { return seen.at }
        connection.seen = (wait, now)
        return now
    }

    /// Looks at the clock no more, unless something has come in between.
    private func doze() {
        looks.store(false, ordering: .sequentiallyConsistent)
        let isWaiting = all.withLock { $0.values.contains { limit(of: $0.wait.kind) != nil } }
        if isWaiting { looks.store(true, ordering: .sequentiallyConsistent) }
    }

    /// Stops the daemons that have no connection left; true while one of them is about to be.
    private func reap() -> Bool {
        let (ended, isWaiting) = retired.withLock { retired in
            let ended = retired.filter { $0.isRetiredAndEmpty && $0.wasEmptyBefore() }
            retired.removeAll { daemon in ended.contains { $0 === daemon } }
            return (ended, retired.contains { $0.isRetiredAndEmpty })
        }
        for daemon in ended { daemon.stop() }
        return isWaiting
    }

    private func limit(of kind: Wait.Kind) -> Duration? {
        switch kind {
        case .firstHead, .head: limits.head
        case .body: limits.body
        case .nothing, .nextRequest, .overdue: nil
        }
    }

    private static func milliseconds(_ duration: Duration) -> Int32 {
        Int32(max((duration / .milliseconds(1)).rounded(.up), 0))
    }

    private static func cut(_ descriptor: Int32) { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// Who sends a body has at least said what it is for.
    private static func longestSilent(_ all: some Collection<HTTPConnection>) -> HTTPConnection? {
        var longest: (rank: (Int, UInt64), connection: HTTPConnection)?
        for connection in all {
            let wait = connection.wait
            if wait.kind == .nothing || wait.kind == .overdue { continue }
            let rank = (wait.kind == .body ? 1 : 0, wait.number)
            if longest.map({ rank < $0.rank }) ?? true { longest = (rank, connection) }
        }
        return longest?.connection
    }
}

/// A connection whose time is over, on a descriptor of its own: the library may close the other at any moment.
private struct SlowSender {
    private let descriptor: Int32
    private let exchange: HTTPExchange?
    private let isSecure: Bool

    init(_ connection: HTTPConnection, _ kind: Wait.Kind) {
        descriptor = fcntl(connection.descriptor, F_DUPFD_CLOEXEC, 0)
        exchange = kind == .body ? connection.exchange.withLock { $0 } : nil
        isSecure = connection.daemon.isSecure
    }

    /// Says why where that can be said, and ends.
    func leave() {
        if let text = exchange?.bodyIsOverdue(), !isSecure { oe_send_at_once(descriptor, text, text.count) }
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }
}
