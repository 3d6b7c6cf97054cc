import CMicroHTTPD
import HTTP
import Synchronization

/// One connection, from the moment it is taken until it is closed.
final class HTTPConnection: Sendable {
    /// Unique in the process, so that a late event finds no other connection on the same descriptor.
    let number: UInt64
    let daemon: Daemon
    let library: MHDConnection
    let descriptor: Int32
    let peer: String
    let local: String
    let localPort: Int
    /// What is being answered on it.
    let exchange = Mutex<HTTPExchange?>(nil)
    private let isHalfClosed = Atomic(false)
    /// The target of the request line that was read last; for the library's thread only.
    nonisolated(unsafe) var target = ""
    /// The number of the next exchange; for the library's thread only.
    nonisolated(unsafe) var nextID: UInt64
    /// For the watch's thread only.
    nonisolated(unsafe) var seen: (wait: Wait, at: ContinuousClock.Instant)?

    private let word: Atomic<UInt64>

    init(_ library: MHDConnection, of daemon: Daemon) {
        number = Numbers.next()
        nextID = number
        self.daemon = daemon
        self.library = library
        descriptor = library.descriptor
        (peer, _) = Self.address(of: descriptor, oe_peer_address)
        (local, localPort) = Self.address(of: descriptor, oe_local_address)
        word = Atomic(Wait(.firstHead, number).word)
    }

    /// The other end has closed its side.
    var hasHungUp: Bool { isHalfClosed.load(ordering: .sequentiallyConsistent) }

    /// False when that was known, as it is whenever the end was only repeated: to repeat it again would go on for ever.
    func otherEndHasClosed() -> Bool {
        if isHalfClosed.exchange(true, ordering: .sequentiallyConsistent) { return false }
        repeatEnd()
        return true
    }

    /// Has the library see the end of what is sent, if there is one; not to be called once the connection is closed.
    func repeatEnd() {
        if hasHungUp { oe_repeat_end(descriptor) }
    }

    /// What is waited for, as the library's thread said last.
    var wait: Wait { Wait(word: word.load(ordering: .sequentiallyConsistent)) }

    /// From now on this is waited for, and not for longer than the limits allow.
    func expects(_ kind: Wait.Kind, _ number: UInt64) {
        word.store(Wait(kind, number).word, ordering: .sequentiallyConsistent)
        daemon.watch.keepsLooking()
    }

    /// The next request may come or not; the library waits for that.
    func isIdle(since number: UInt64) { word.store(Wait(.nextRequest, number).word, ordering: .releasing) }

    /// All of a head is here, or nothing is waited for.
    func isAnswered() { word.store(0, ordering: .releasing) }

    /// All of a body is here; false when it came too late.
    func bodyIsComplete(_ number: UInt64) -> Bool { change(Wait(.body, number), to: Wait(.nothing, 0)) }

    /// Time is over for what is waited for; false when it has just come.
    func isOverdue(_ wait: Wait) -> Bool { change(wait, to: Wait(.overdue, wait.number)) }

    /// What begins with the head that has been read; for the library's thread only.
    func exchange(_ method: UnsafePointer<CChar>, version: String) -> HTTPExchange {
        var (fields, framing) = library.fields()
        framing.end(version: version, target: target, isWhole: library.endsInEmptyLine(method))
        let head = HTTPRequestHead(
            method: HTTPMethod(rawValue: String(cString: method)),
            target: target,
            version: version,
            fields: fields,
            peer: peer,
            local: local,
            isSecure: daemon.isSecure
        )
        return HTTPExchange(nextID, over: self, head, framing)
    }

    private func change(_ wait: Wait, to next: Wait) -> Bool {
        word.compareExchange(expected: wait.word, desired: next.word, ordering: .sequentiallyConsistent).exchanged
    }

    private static func address(
        of descriptor: Int32,
        _ look: (Int32, UnsafeMutablePointer<CChar>?) -> UInt16
    ) -> (String, Int) {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(oe_address_room)) { text in
            let port = look(descriptor, text.baseAddress)
            return (text.baseAddress.map { String(cString: $0) } ?? "", Int(port))
        }
    }
}

/// What a connection waits for, and since when: a later wait has a greater number.
struct Wait: Hashable, Sendable {
    enum Kind: UInt64, Sendable { case nothing, firstHead, head, body, nextRequest, overdue }

    let kind: Kind
    let number: UInt64

    init(_ kind: Kind, _ number: UInt64) {
        self.kind = kind
        self.number = number
    }

    fileprivate init(word: UInt64) { self.init(Kind(rawValue: word & 7) ?? .nothing, word >> 3) }

    fileprivate var word: UInt64 { number << 3 | kind.rawValue }
}

/// Numbers that the process gives once each.
enum Numbers {
    private static let last = Atomic<UInt64>(0)

    static func next() -> UInt64 { last.wrappingAdd(1, ordering: .relaxed).newValue }
}
