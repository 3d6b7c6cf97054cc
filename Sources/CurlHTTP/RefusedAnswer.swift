import HTTP
import Text

extension HTTPResponse? {
    /// The answer, unless it comes from a proxy in front of the server and says that there is no way to it.
    func judged(from host: String) -> CurlTransfer.Outcome {
        guard let response = self else { return .failure(.cutOff(detail: "the header of the answer is not complete")) }
        return response.refusal(from: host).map { .failure($0) } ?? .success(response)
    }
}

extension HTTPResponse {
    fileprivate func refusal(from host: String) -> HTTPFailure? {
        if status == 407 { return CurlFailure.proxyWantsCredentials }
        guard status == 400, mediaType == "text/html", body.count < 8192 else { return nil }
        let page = text
        guard let (words, reason) = Self.pages.first(where: { page.holds($0.words) }) else { return nil }
        return .notTrusted(host: host, issuer: nil, detail: "it answered: \(words)", because: reason)
    }

    /// What nginx and Apache say in a page of their own where others end the connection.
    private static let pages: [(words: String, reason: TLSFailureReason)] = [
        ("No required SSL certificate was sent", .client),
        ("The SSL certificate error", .client),
        ("The plain HTTP request was sent to HTTPS port", .handshake),
        ("speaking plain HTTP to an SSL-enabled server port", .handshake),
    ]
}
