import CCurl
import HTTP

extension CurlFailure {
    /// Only a proxy answers 407; libcurl reports it of one that is asked to tunnel, not of one that is asked to fetch.
    static let proxyWantsCredentials = HTTPFailure.proxyFailed(
        detail: "it answered 407, which asks for a user name and a password"
    )

    /// Whether it is the proxy that fails, and not the server behind it.
    static func isProxyAtFault(_ code: CURLcode, easy: UnsafeMutableRawPointer, address: URLText, detail: String)
        -> Bool
    {
        if code == CURLE_COULDNT_RESOLVE_PROXY || code == CURLE_PROXY { return true }
        let answer = oe_easy_long(easy, CURLINFO_HTTP_CONNECTCODE)
        // A tunnel that was refused: whatever code follows is about that.
        if answer != 0 && !(200..<300).contains(answer) { return true }
        if oe_easy_long(easy, CURLINFO_PROXY_SSL_VERIFYRESULT) != 0 { return true }
        if answer == 0 && brokeOffAtProxy(code, easy: easy, address: address) { return true }
        guard code == CURLE_COULDNT_CONNECT else { return false }
        if oe_easy_long(easy, .usedProxy) != 0 { return true }
        // Older libraries do not report it, but name whom they called.
        return !detail.lowercased().hasPrefix("failed to connect to \(address.host.lowercased()) port")
            && detail != String(cString: oe_curl_message(code))
    }

    /// Some proxies refuse a caller without a word, or so fast that their word is lost behind the reset.
    ///
    /// Without a tunnel, or before there is one, the only connection is that to the proxy.
    private static func brokeOffAtProxy(_ code: CURLcode, easy: UnsafeMutableRawPointer, address: URLText) -> Bool {
        guard code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR || code == CURLE_GOT_NOTHING else { return false }
        let status = oe_easy_long(easy, CURLINFO_RESPONSE_CODE)
        guard status == 0 || status >= 400 else { return false }
        // Older libraries do not report that there was a proxy, but to which port they were connected.
        let port = oe_easy_long(easy, CURLINFO_PRIMARY_PORT)
        guard oe_easy_long(easy, .usedProxy) != 0 || port != 0 && port != address.port else { return false }
        return address.scheme == "http" || oe_easy_long(easy, CURLINFO_NUM_CONNECTS) != 0
    }
}
