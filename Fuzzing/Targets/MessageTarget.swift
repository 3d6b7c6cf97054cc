import JSON
import JSONRPC

extension FuzzTarget {
    /// Any JSON is a message, or is refused with the reason; its id comes back as it came.
    static let messages = FuzzTarget("messages") { bytes in
        guard let json = try? JSON(parsing: bytes) else { return }
        let id = json["id"].flatMap { RequestID($0) }
        if let id { try hold(id.json.bytes == json["id"]?.bytes, "The id \(id) is not what it was.") }
        let message: Message
        do throws(Message.Malformed) {
            message = try Message(json)
        } catch {
            return try hold(error.id == id, "A message that is none is answered under another id.")
        }
        switch message {
        case .request(let request):
            try hold(request.id == id, "A request has another id.")
            try hold(.string(request.method) == json["method"], "A request has another method.")
        case .notification(let notification):
            let again = try Message(try JSON(parsing: notification.encoded))
            try hold(again == message, "A notification is not what it was: \(json.text)")
        case .response: try hold(json["method"] == nil, "A response has a method.")
        }
    }
}
