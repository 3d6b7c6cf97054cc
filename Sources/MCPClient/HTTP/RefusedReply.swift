import HTTP
import JSON
import JSONRPC
import Text

/// A response with a status that is no success, and what it means for the request.
struct RefusedReply {
    private let reply: RemoteReply
    private let hadSession: Bool
    private let id: Int

    /// The reply to request `id`; `hadSession` says whether that named a session.
    init(_ reply: RemoteReply, of id: Int, hadSession: Bool) {
        self.id = id
        self.reply = reply
        self.hadSession = hadSession
    }

    private var status: HTTPStatus { reply.head.status }

    /// `own` are the credentials that were sent.
    func callEnd(_ own: HTTPFields) -> CallEnd {
        let json = try? JSON(parsing: reply.body, within: .message)
        let error = json?["error"].flatMap { $0.object == nil ? nil : $0 }
        let text = error?["message"]?.string ?? detail(json)
        let code = json?["id"]?.int == id || status == .badRequest ? error?["code"]?.int : nil
        if hadSession, CallEnd.isSessionLoss(status: status, code: code, text: text ?? "") {
            return .sessionLost(detail: text ?? "HTTP \(status)")
        }
        if isAboutCredentials { return .unauthorized(own, challenge: challenge, status, failure(text)) }
        if let seconds = retryAfter, status == .tooManyRequests || status == .serviceUnavailable {
            return .later(seconds: seconds, failure(text))
        }
        guard let error, let code = error["code"]?.int, status.rawValue != 429 else { return .failed(failure(text)) }
        let refusal = RPCError(code: code, text ?? "The server gave no reason.", data: error["data"])
        return .answered(.failure(refusal), status: status)
    }

    private var challenge: String? { reply.head.fields["WWW-Authenticate"] }

    /// A 403 is one where it asks for a wider scope (RFC 6750 §3.1).
    private var isAboutCredentials: Bool {
        status == .unauthorized || status == .forbidden && challenge?.holds("insufficient_scope") == true
    }

    /// A number of seconds, or until a date (RFC 9110 §10.2.3).
    private var retryAfter: Double? { HTTPResponse(status, fields: reply.head.fields).retryAfterSeconds }

    private func failure(_ text: String?) -> RemoteFailure {
        if status.isRedirect, let place = reply.head.fields["Location"] {
            let shown = String(place.prefix { $0 != "?" && $0 != "#" }.prefix(300))
            let words = "The server has moved to \(shown). Configure that address if you trust it."
            return .status(status, detail: words)
        }
        return .status(status, retryAfter: reply.head.fields["Retry-After"], challenge: challenge, detail: text)
    }

    /// What the body says of the reason, if that is short enough to be meant for people.
    private func detail(_ json: JSON?) -> String? {
        if let json {
            let words = [json["error_description"], json["message"], json["detail"], json["error"], json["title"]]
            return words.lazy.compactMap { $0?.string }.first.map { String($0.prefix(300)) }
        }
        guard reply.head.mediaType == "text/plain", reply.body.count <= 1000 else { return nil }
        let text = String(decoding: reply.body, as: UTF8.self)
        return text.isEmpty ? nil : String(text.prefix(300))
    }
}

/// Where a server says that it is.
enum Redirect {
    /// The address that `place` names, which may be relative; nil for anything else.
    static func target(_ place: String, from url: String) -> String? {
        guard let base = URLText(url) else { return nil }
        if URLText(place) != nil { return place }
        guard !place.holds("://") else { return nil }
        if place.hasPrefix("//") { return URLText("\(base.scheme):\(place)").map { _ in "\(base.scheme):\(place)" } }
        let host = base.host.contains(":") ? "[\(base.host)]" : base.host
        let origin = "\(base.scheme)://\(host):\(base.port)"
        if place.hasPrefix("/") { return origin + place }
        let slash = base.path.lastIndex(of: "/") ?? base.path.startIndex
        if place.hasPrefix("?") { return origin + base.path + place }
        return origin + base.path[...slash] + place
    }

    static func isSameOrigin(_ a: String, _ b: String) -> Bool {
        guard let a = URLText(a), let b = URLText(b) else { return false }
        return a.scheme == b.scheme && a.host.lowercased() == b.host.lowercased() && a.port == b.port
    }
}

extension HTTPFields {
    /// Sets each of `others`, in place of what has the same name.
    mutating func put(_ others: HTTPFields) {
        for field in others.all { self[field.name] = nil }
        for field in others.all { append(field.name, field.value) }
    }
}
