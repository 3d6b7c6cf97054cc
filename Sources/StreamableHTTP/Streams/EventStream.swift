package import HTTP
package import HTTPServer

/// One answer as server-sent events: a message an event, and a comment where there is nothing to say for a while.
package final class EventStream: Sendable {
    private let body: HTTPBodyStream
    private let keepAlive: KeepAlive

    /// Past it, a client has not read for so long that its stream ends.
    private static let mostWaiting = 8 << 20

    /// `fields` are all of its head; a comment is sent at once, so that whatever stands between sees that the answer has begun.
    package init(_ exchange: HTTPExchange, _ fields: HTTPFields, keepAlive: KeepAlive) {
        body = exchange.stream(Self.response(fields))
        self.keepAlive = keepAlive
        keepAlive.opened(self)
    }

    package var isOver: Bool { body.isOver }
    var isCongested: Bool { body.waitingBytes > 1 << 20 }

    /// `id` is by what a client can go on after it.
    func send(_ message: [UInt8], id: String? = nil, written: (@Sendable () -> Void)? = nil) {
        body.write(Self.event(message, id: id), written: written)
        if body.waitingBytes > Self.mostWaiting { end() }
    }

    /// Sends what is no message of MCP: one line of JSON, in an event without a name.
    package func sendData(_ json: [UInt8]) {
        body.write(Array("data: ".utf8) + json + Array("\n\n".utf8))
        if body.waitingBytes > Self.mostWaiting { end() }
    }

    /// Says to a client of 2025-11-25 from where it can go on, and how soon, before there is anything to send.
    func prime(id: String) { body.write(Array("id: \(id)\nretry: 1000\ndata: \n\n".utf8)) }

    /// Says to a client of 2024-11-05 where its messages are taken.
    func sendPlace(_ path: String) { body.write(Array("event: endpoint\ndata: \(path)\n\n".utf8)) }

    func sendComment() {
        if body.waitingBytes == 0 { body.write(Self.comment) }
    }

    package func end() {
        keepAlive.closed(self)
        body.end()
    }

    /// What all streams begin with, and the whole of one that has `message` alone; `fields` are all of its head.
    static func response(_ fields: HTTPFields, with message: [UInt8]? = nil) -> HTTPResponse {
        HTTPResponse(.ok, fields: fields, body: opening + (message.map { event($0) } ?? []))
    }

    /// The fields that make an answer a stream, which nothing between may hold back or change, after `own`.
    package static func fields(_ own: HTTPFields = [:]) -> HTTPFields {
        var fields = own
        fields.append("Content-Type", "text/event-stream")
        fields.append("Cache-Control", "no-cache, no-transform")
        fields.append("X-Accel-Buffering", "no")
        return fields
    }

    private static let opening = Array(": stream\n\n".utf8)
    private static let comment = Array(": keep-alive\n\n".utf8)

    /// A message is one line, as all our JSON is.
    static func event(_ message: [UInt8], id: String? = nil) -> [UInt8] {
        var event: [UInt8] = []
        event.reserveCapacity(message.count + 64)
        if let id { event += "id: \(id)\n".utf8 }
        event += "event: message\ndata: ".utf8
        event += message
        event += "\n\n".utf8
        return event
    }
}
