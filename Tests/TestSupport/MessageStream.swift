import JSON
import JSONRPC
import Synchronization

/// Where the messages go that belong to one message of the client, as over HTTP those that belong to one POST.
///
/// In place of a message that has no business there, it delivers one that says so, for which no test waits.
final class MessageStream: MessageSink {
    private let sink: StallingSink
    /// The requests of the client's message that have no response yet.
    private let open: Mutex<[JSON]>

    init(of message: String, to sink: StallingSink) {
        self.sink = sink
        let json = (try? JSON(parsing: message)) ?? .null
        // A list without messages is answered as one.
        let messages = json.array.flatMap { $0.isEmpty ? nil : $0 } ?? [json]
        // What cannot be read is answered under no id.
        open = Mutex(messages.filter { $0["method"] == nil || $0["id"] != nil }.map { $0["id"] ?? .null })
    }

    var isCongested: Bool { sink.isCongested }

    func send(_ message: [UInt8], as kind: MessageKind, written: (@Sendable () -> Void)?) {
        let json = (try? JSON(parsing: message)) ?? .null
        let fault = open.withLock { open in
            for message in json.array ?? [json] {
                if let fault = Self.fault(message, &open) { return fault as String? }
            }
            return nil
        }
        guard let fault else { return sink.send(message, as: kind, written: written) }
        sink.send(JSON.members(("fault", .string(fault)), ("message", json)).bytes, as: kind, written: written)
    }

    /// Why a message does not belong here; nil for one that does.
    private static func fault(_ message: JSON, _ open: inout [JSON]) -> String? {
        guard !open.isEmpty else { return "the stream has ended" }
        guard message["method"] == nil else { return nil }
        let id = message["id"] ?? .null
        guard let place = open.firstIndex(of: id) ?? (id.isNull ? open.indices.first : nil) else {
            return "the response belongs to another stream"
        }
        open.remove(at: place)
        return nil
    }
}
