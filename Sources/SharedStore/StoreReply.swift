import CHiredis

/// What the store answers to one command.
package enum StoreReply: Hashable, Sendable {
    case bytes([UInt8])
    case integer(Int)
    case nothing
    case list([StoreReply])
    /// In the store's words, which begin with a code: `OOM command not allowed`.
    case error(String)

    package var integer: Int? { if case .integer(let number) = self { number } else { nil } }
    package var bytes: [UInt8]? { if case .bytes(let bytes) = self { bytes } else { nil } }
    package var list: [StoreReply]? { if case .list(let list) = self { list } else { nil } }

    init(_ reply: OpaquePointer) {
        switch oe_reply_kind_of(reply) {
        case oe_reply_integer: self = .integer(Int(oe_reply_number(reply)))
        case oe_reply_nothing: self = .nothing
        case oe_reply_list:
            self = .list((0..<oe_reply_count(reply)).map { StoreReply(oe_reply_part(reply, $0)) })
        case oe_reply_error: self = .error(String(decoding: Self.bytes(of: reply), as: UTF8.self))
        default: self = .bytes(Self.bytes(of: reply))
        }
    }

    private static func bytes(of reply: OpaquePointer) -> [UInt8] {
        var length = 0
        let start = oe_reply_bytes(reply, &length)
        return Array(UnsafeRawBufferPointer(start: start, count: length))
    }
}

/// Puts replies together from what arrives in pieces; belongs to one connection.
final class ReplyReader {
    private let reader: OpaquePointer
    private var fed = 0

    /// What one reply may have.
    private static let mostBytes = 4 << 20

    init() throws(StoreFailure) {
        try HiredisLibrary.prepare()
        guard let reader = oe_reader_make() else { throw .notUnderstood("there is no memory for a reply") }
        self.reader = reader
    }

    deinit { oe_reader_free(reader) }

    func feed(_ bytes: [UInt8]) throws(StoreFailure) {
        fed += bytes.count
        guard fed <= Self.mostBytes, oe_reader_feed(reader, bytes, bytes.count) == 1 else {
            throw .notUnderstood("a reply is too long")
        }
    }

    /// Nil until it has arrived whole.
    func next() throws(StoreFailure) -> StoreReply? {
        var isBroken: Int32 = 0
        let reply = oe_reader_next(reader, &isBroken)
        guard isBroken == 0 else { throw .notUnderstood("what answers does not speak the protocol of Redis") }
        guard let reply else { return nil }
        defer { oe_reply_free(reply) }
        fed = 0
        return StoreReply(reply)
    }
}
