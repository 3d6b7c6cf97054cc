import CMicroHTTPD
import Synchronization
import Threads

/// The body of an answer that is sent piece by piece, for as long as there is something to say.
package final class HTTPBodyStream: Sendable {
    fileprivate struct Piece {
        let bytes: [UInt8]
        let written: (@Sendable () -> Void)?
    }

    /// A buffer that is filled under the lock.
    fileprivate struct Room: @unchecked Sendable {
        let bytes: UnsafeMutableRawBufferPointer
    }

    fileprivate struct State {
        var pieces = Queue<Piece>()
        /// How much of the first piece has been taken.
        var offset = 0
        var waitingBytes = 0
        var sentBytes = 0
        /// Nothing is taken any more.
        var isOver = false
        /// No one reads any more.
        var isGone = false
        /// The connection is suspended until there is something to send.
        var rests = false
        /// The library's buffer may have pages that were used once, and are not again while little is sent at a time.
        var hasUsedPages = true
    }

    private let carrier: any HTTPCarrier
    /// The client knows the end of the body by that of the connection.
    private let endsConnection: Bool
    private let state = Mutex(State())

    init(_ carrier: any HTTPCarrier, endsConnection: Bool) {
        self.carrier = carrier
        self.endsConnection = endsConnection
    }

    /// Sends these bytes as soon as the client takes them, and never waits.
    ///
    /// `written` is called once the library has taken the last of them for sending, or never can.
    package func write(_ bytes: [UInt8], written: (@Sendable () -> Void)? = nil) {
        let isTaken = state.withLock { state in
            if state.isOver || bytes.isEmpty { return false }
            state.pieces.append(Piece(bytes: bytes, written: written))
            state.waitingBytes += bytes.count
            resume(&state)
            return true
        }
        if !isTaken { written?() }
    }

    /// Ends the answer after what has been written; later writes are dropped.
    package func end() {
        state.withLock { state in
            state.isOver = true
            resume(&state)
        }
    }

    /// Bytes that have been written and that the library has not taken yet.
    package var waitingBytes: Int { state.withLock { $0.waitingBytes } }

    /// It was ended, or the client is gone.
    package var isOver: Bool { state.withLock { $0.isOver } }

    /// How much the library took.
    var sentBytes: Int { state.withLock { $0.sentBytes } }

    /// What is left is read by no one, and dropped.
    func breakOff() {
        let dropped: [@Sendable () -> Void] = state.withLock { state in
            state.isOver = true
            state.isGone = true
            state.waitingBytes = 0
            resume(&state)
            var written: [@Sendable () -> Void] = []
            while let piece = state.pieces.popFirst() { if let callback = piece.written { written.append(callback) } }
            return written
        }
        for callback in dropped { callback() }
    }

    /// Under the lock, so that a server that stops finds nothing suspended once it has ended all streams.
    private func resume(_ state: inout State) {
        if state.rests { carrier.resume() }
        state.rests = false
    }
}

extension HTTPBodyStream: BodyReader {
    func read(at position: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let room = Room(bytes: buffer)
        let (count, written): (Int, [@Sendable () -> Void]) = state.withLock { state in
            // An end, since after an error the library forgets a connection that has rested until its idle time is over.
            if state.isGone { return (oe_mhd_end(), []) }
            let (count, written) = state.fill(room)
            if count > 0 { return (count, written) }
            if state.isOver { return (oe_mhd_end(), []) }
            state.rest(room, carrier)
            return (0, [])
        }
        for callback in written { callback() }
        if count == oe_mhd_end() && endsConnection { carrier.endsWithBody() }
        return count
    }
}

extension HTTPBodyStream.State {
    /// What so many streams wait with is most of the memory of a server, so it is as little as can be.
    fileprivate mutating func rest(_ room: HTTPBodyStream.Room, _ carrier: any HTTPCarrier) {
        carrier.suspend()
        rests = true
        if hasUsedPages { oe_give_back(room.bytes.baseAddress, room.bytes.count) }
        hasUsedPages = false
    }

    /// Moves as much as there is room for; gives what is to be called because nothing is left of its piece.
    fileprivate mutating func fill(_ room: HTTPBodyStream.Room) -> (Int, [@Sendable () -> Void]) {
        let buffer = room.bytes
        var count = 0
        var written: [@Sendable () -> Void] = []
        while count < buffer.count, let piece = pieces.first {
            let part = piece.bytes[offset...].prefix(buffer.count - count)
            UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).copyBytes(from: part)
            count += part.count
            offset += part.count
            if offset == piece.bytes.count {
                offset = 0
                _ = pieces.popFirst()
                if let callback = piece.written { written.append(callback) }
            }
        }
        waitingBytes -= count
        sentBytes += count
        hasUsedPages = hasUsedPages || count > 4096
        return (count, written)
    }
}
