/// Server-sent events out of bytes that are cut anywhere (HTML Living Standard, §9.2.6).
///
/// Lines end with CR, LF or both; a byte order mark before the first is dropped; unknown fields and comments are skipped.
package struct SSEParser: Sendable {
    package struct Event: Hashable, Sendable {
        /// `message` where the stream names none.
        package var type: String
        /// The lines of `data`, with a line feed between them.
        package var data: [UInt8]
        /// Its own `id`, or that of an event before it.
        package var id: String?
        /// Whether the stream gave it an `id` of its own.
        package var hasOwnID: Bool
    }

    /// The last `id`, by which a stream is asked to go on; nil before the first, empty where the stream took it back.
    package private(set) var lastID: String?
    /// How long to wait before a stream is asked for again, in milliseconds.
    package private(set) var retry: Int?
    /// Whether an event was longer than the limit; nothing more is read then.
    package private(set) var isTooLong = false

    private let limit: Int
    private var line: [UInt8] = []
    private var isFirstLine = true
    private var endedWithCR = false
    private var type = ""
    private var data: [UInt8] = []
    private var hasData = false
    private var id: String?

    /// `limit` is in bytes, for one event.
    package init(limit: Int) { self.limit = limit }

    /// Takes the next bytes, and returns the events that they complete; one without `data` is left out.
    package mutating func append(_ bytes: UnsafeRawBufferPointer) -> [Event] {
        var events: [Event] = []
        var rest = bytes[...]
        while !rest.isEmpty, !isTooLong {
            if endedWithCR {
                endedWithCR = false
                if rest.first == Self.lf { rest = rest.dropFirst() }
                continue
            }
            let piece = rest.prefix { $0 != Self.lf && $0 != Self.cr }
            guard line.count + data.count + piece.count <= limit else {
                isTooLong = true
                break
            }
            line.append(contentsOf: piece)
            rest = rest[piece.endIndex...]
            guard let end = rest.first else { break }
            endedWithCR = end == Self.cr
            rest = rest.dropFirst()
            if let event = takeLine() { events.append(event) }
        }
        return events
    }

    private mutating func takeLine() -> Event? {
        defer { line.removeAll(keepingCapacity: line.capacity <= 1 << 16) }
        if isFirstLine {
            isFirstLine = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        }
        if line.isEmpty { return dispatch() }
        let name = line.prefix { $0 != UInt8(ascii: ":") }
        var value = line[name.endIndex...].dropFirst()
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        takeField(name, value)
        return nil
    }

    private mutating func takeField(_ name: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) {
        if name.elementsEqual("data".utf8) {
            if hasData { data.append(Self.lf) }
            hasData = true
            data.append(contentsOf: value)
        } else if name.elementsEqual("event".utf8) {
            type = String(decoding: value, as: UTF8.self)
        } else if name.elementsEqual("id".utf8) {
            if !value.contains(0) { id = String(decoding: value, as: UTF8.self) }
        } else if name.elementsEqual("retry".utf8), !value.isEmpty, value.count < 10,
            value.allSatisfy({ (48...57).contains($0) })
        {
            retry = Int(String(decoding: value, as: UTF8.self))
        }
    }

    private mutating func dispatch() -> Event? {
        defer {
            type = ""
            data = []
            hasData = false
            id = nil
        }
        if let id { lastID = id }
        guard hasData else { return nil }
        return Event(type: type.isEmpty ? "message" : type, data: data, id: lastID, hasOwnID: id != nil)
    }

    private static let lf = UInt8(ascii: "\n")
    private static let cr = UInt8(ascii: "\r")
}
